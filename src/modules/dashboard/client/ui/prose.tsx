import { withLocalTimes } from '../lib/time.ts';

/** A sentence of the API: times in the browser's zone, commands (in backticks) as code. */
export function Prose({ text }: { text: string }) {
  const parts = withLocalTimes(text).split('`');
  // Without its pair a backtick is just one.
  if (parts.length % 2 === 0) return <>{parts.join('`')}</>;
  // oxlint-disable-next-line react/no-array-index-key -- parts of a text have nothing else, and never move
  return <>{parts.map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}
