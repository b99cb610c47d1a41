import { once } from 'node:events';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

const LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 4 };

/**
 * Starts a worker thread from a module beside the caller: `spawnWorker('./x.js', import.meta.url, data)`. Works from
 * the built `.js` and from the `.ts` source (tests, development), where the worker first gets the TypeScript loader.
 */
export function spawnWorker(module: string, callerUrl: string, workerData: unknown): Worker {
  const url = new URL(module, callerUrl);
  if (!callerUrl.endsWith('.ts')) return new Worker(url, { workerData, resourceLimits: LIMITS });
  const source = url.href.replace(/\.js$/, '.ts');
  const loader = pathToFileURL(createRequire(callerUrl).resolve('tsx/esm/api')).href;
  const boot =
    `import(${JSON.stringify(loader)})` +
    `.then(({ register }) => { register(); return import(${JSON.stringify(source)}); })`;
  return new Worker(boot, { eval: true, workerData, resourceLimits: LIMITS });
}

/** What a worker is told when it shall end. */
export const CLOSE = 'close';

/**
 * Ends a worker at the next message it takes and waits until it is gone. Never `terminate()`: that tears the thread out of
 * native calls, and was seen to bring the whole process down.
 */
export async function closeWorker(worker: Worker): Promise<void> {
  if (worker.threadId === -1) return;
  const gone = once(worker, 'exit');
  worker.postMessage(CLOSE, []);
  await gone;
}
