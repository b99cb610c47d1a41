/**
 * Calls `tell` when work has not ended so long after its signal was raised (or is already), and again after each such time. `afterMs` is
 * asked when it is, and anew when `sooner` is raised: who cancels what was stopped before does not wait for the longer of the two times.
 * The function that is returned ends it.
 */
export function watchHearing(
  signal: AbortSignal,
  afterMs: () => number,
  tell: () => void,
  sooner: AbortSignal = signal,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    clearInterval(timer);
    timer = setInterval(tell, afterMs()).unref();
  };
  const signals = new Set([signal, sooner]);
  for (const each of signals) each.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  return () => {
    for (const each of signals) each.removeEventListener('abort', onAbort);
    clearInterval(timer);
  };
}
