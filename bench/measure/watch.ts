/** Calls `look` at once, every so many milliseconds, and at the end of the work. Its result is the work's. */
export async function watching<T>(look: () => void, everyMs: number, work: () => Promise<T>): Promise<T> {
  look();
  const timer = setInterval(look, everyMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    look();
  }
}
