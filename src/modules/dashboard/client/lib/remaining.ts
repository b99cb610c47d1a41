/** How much was done at a time. */
export interface Sample {
  atMs: number;
  bytes: number;
}

/** What is older says little about what comes. */
const WINDOW_MS = 30_000;
/** Before that a rate is a guess. */
const ENOUGH_MS = 4000;
/** Nothing has come for so long: nobody knows. */
const STALLED_MS = 15_000;

/** Adds a sample and drops those that are too old; a count that went back is another stage, and begins anew. */
export function withSample(samples: readonly Sample[], sample: Sample): Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && sample.bytes < last.bytes) return [sample];
  return [...samples.filter(({ atMs }) => sample.atMs - atMs <= WINDOW_MS), sample];
}

/** Bytes in a second over the window; null while that would be a guess. */
export function rateOf(samples: readonly Sample[], nowMs: number): number | null {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.atMs - first.atMs < ENOUGH_MS) return null;
  if (nowMs - last.atMs > STALLED_MS) return null;
  const rate = ((last.bytes - first.bytes) / (last.atMs - first.atMs)) * 1000;
  return rate > 0 ? rate : null;
}

/** Time that a stage still takes, no finer than it can be known: `about 40 s`, `about 3 min`, `about 2 h`. */
export function roughly(seconds: number): string {
  if (seconds < 10) return 'a few seconds';
  if (seconds < 55) return `about ${Math.ceil(seconds / 10) * 10} s`;
  if (seconds < 600) return `about ${Math.max(1, Math.round(seconds / 60))} min`;
  if (seconds < 3300) return `about ${Math.round(seconds / 300) * 5} min`;
  const hours = Math.round(seconds / 1800) / 2;
  return `about ${hours} h`;
}
