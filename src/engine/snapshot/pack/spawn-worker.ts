import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

const LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 };

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
