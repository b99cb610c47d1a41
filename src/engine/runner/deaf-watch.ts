/**
 * Calls `tell` when work has not ended so long after its signal was raised, and again after each such time. `afterMs` is asked when it is.
 * The function that is returned ends it.
 */
export function watchHearing(signal: AbortSignal, afterMs: () => number, tell: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    timer = setInterval(tell, afterMs()).unref();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return () => {
    signal.removeEventListener('abort', onAbort);
    clearInterval(timer);
  };
}
