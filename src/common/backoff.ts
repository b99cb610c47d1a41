/** Milliseconds to wait before the try after the given one (1, 2, …): twice as long each time, up to the longest. */
export function backoff(
  attempt: number,
  { firstMs, longestMs }: { firstMs: number; longestMs: number },
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(firstMs * 2 ** (attempt - 1), longestMs);
  // Half of it at random, so that those who failed together do not come back together.
  return ceiling * (0.5 + random() / 2);
}
