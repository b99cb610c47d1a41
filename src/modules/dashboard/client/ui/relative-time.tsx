import { signal } from '@preact/signals';
import { relative } from '../lib/time.ts';

/** One clock for all times on the page. */
const tick = signal(0);
setInterval(() => {
  tick.value += 1;
}, 30_000);

/** A time of the API in words, with the exact one as its title. */
export function RelativeTime({ at, none = '–' }: { at: string | null | undefined; none?: string }) {
  if (at === null || at === undefined) return <span class="muted">{none}</span>;
  // Read, so that it is rendered anew with each tick. Not the time of the tick itself: what happened since would lie in the future.
  void tick.value;
  return (
    <time dateTime={at} title={at}>
      {relative(new Date(at))}
    </time>
  );
}
