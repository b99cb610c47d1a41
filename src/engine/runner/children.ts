import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../common/errors/index.js';
import { readJson, writeJsonDurably } from './durable-file.js';
import { childrenFolder, namesIn } from './work-folder.js';

/**
 * Remembers a child process in the job's work folder, so that the next master can end it when this one is killed. Returns
 * a function that forgets it; call it when the child has ended. Give the pid right after the spawn.
 */
export async function rememberChild(workDir: string, pid: number): Promise<() => Promise<void>> {
  const startTime = (await statusOf(pid))?.startTime ?? null;
  const file = join(childrenFolder(workDir), `${pid}.json`);
  await mkdir(childrenFolder(workDir), { recursive: true, mode: 0o700 });
  if (startTime !== null) await writeJsonDurably(file, { pid, startTime });
  return () => rm(file, { force: true });
}

/**
 * Ends the children that a killed master left behind. A process is only ended when it is the one that was remembered (pid
 * and start time); one that leads a process group of its own, with all in it. Returns how many were ended. Idempotent.
 */
export async function killLeftChildren(workDir: string): Promise<number> {
  const folder = childrenFolder(workDir);
  let killed = 0;
  for (const name of await namesIn(folder)) {
    const child = await readJson(join(folder, name));
    const now = isChildRecord(child) ? await statusOf(child.pid) : null;
    if (isChildRecord(child) && now?.startTime === child.startTime && kill(now.leadsGroup ? -child.pid : child.pid))
      killed++;
    await rm(join(folder, name), { force: true });
  }
  return killed;
}

/** Fields 5 and 22 of /proc/<pid>/stat: its group, and the clock ticks since boot at which it started. Null when there is none. */
async function statusOf(pid: number): Promise<{ startTime: string; leadsGroup: boolean } | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    // The second field is the name in parentheses and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const startTime = fields[19];
    if (fields[0] === 'Z' || startTime === undefined) return null;
    return { startTime, leadsGroup: fields[2] === String(pid) };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ESRCH') return null;
    throw error;
  }
}

function isChildRecord(value: unknown): value is { pid: number; startTime: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    Number.isSafeInteger(value.pid) &&
    Number(value.pid) > 1 &&
    'startTime' in value &&
    typeof value.startTime === 'string'
  );
}

function kill(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    // Children lead a group of their own: what they have started ends with them.
    killGroup(pid);
    return true;
  } catch (error) {
    // Gone, or another user's by now (`sudo`): that must not keep backupd from starting.
    if (errnoOf(error) === 'ESRCH' || errnoOf(error) === 'EPERM') return false;
    throw error;
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH' && errnoOf(error) !== 'EPERM') throw error;
  }
}
