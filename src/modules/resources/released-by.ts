import type { ResourceGate } from '../../engine/ports/index.js';

/** The gate for work that may never end: its units are free again with the signal, while it goes on. */
export function releasedBy(gate: ResourceGate, signal: AbortSignal): ResourceGate {
  const raised = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return {
    capacity: (kind) => gate.capacity(kind),
    use: async (kind, work, options) => {
      const begun: { work?: ReturnType<typeof work> } = {};
      await gate.use(
        kind,
        async () => {
          begun.work = work();
          await Promise.race([begun.work.catch(() => undefined), raised]);
        },
        options,
      );
      if (begun.work === undefined) throw new Error('The gate ended without the work having begun.');
      return begun.work;
    },
  };
}
