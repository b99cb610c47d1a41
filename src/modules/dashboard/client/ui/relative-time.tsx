import { signal } from '@preact/signals';
import { relative } from '../lib/time.ts';

/** One clock for all times on the page. */
const now = signal(new Date());
setInterval(() => {
  now.value = new Date();
}, 30_000);

/** A time of the API in words, with the exact one as its title. */
export function RelativeTime({ at, none = '–' }: { at: string | null | undefined; none?: string }) {
  if (at === null || at === undefined) return <span class="muted">{none}</span>;
  return (
    <time dateTime={at} title={at}>
      {relative(new Date(at), now.value)}
    </time>
  );
}
