import { readdir, readlink, realpath } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Ids of the processes whose working directory is this folder. PostgreSQL's processes all work in their cluster. */
export async function processesIn(folder: string): Promise<number[]> {
  const real = await realpath(folder).catch(() => null);
  if (real === null) return [];
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // A process that ended meanwhile, or is not ours to look at, is not one of them.
    const cwd = await readlink(`/proc/${name}/cwd`).catch(() => null);
    if (cwd === real) found.push(Number(name));
  }
  return found;
}

/** Sends a signal; false when there is no such process any more. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}

/** Waits until no process works in the folder; false when the time is over. */
export async function waitUntilEmpty(folder: string, timeoutMs: number): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const left = await processesIn(folder);
    if (left.length === 0) return true;
    if (Date.now() > end) return false;
    await sleep(20);
  }
}
