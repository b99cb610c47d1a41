import { readFileSync } from 'node:fs';
import { errnoOf } from '../common/errors/index.js';
import type { DataPaths } from '../config/index.js';
import type { NodeStatusFile } from '../modules/node-link/index.js';

/** A file that is older than this many heartbeats was left by a node that is gone. */
const BEATS = 8;

/** What the node of this data dir says of itself; null when none ever ran there. */
export function readNodeStatus({ nodeStatus }: DataPaths): NodeStatusFile | null {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the node of the same version
    return JSON.parse(readFileSync(nodeStatus, 'utf8')) as NodeStatusFile;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Whether a node runs on this data dir. */
export function whetherRunning(paths: DataPaths): boolean {
  const status = readNodeStatus(paths);
  return status !== null && isAlive(status);
}

/** Its process is there and goes on writing: a number alone may be another process's by now. */
export function isAlive({ pid, updatedAt, everySeconds, state }: NodeStatusFile, now = Date.now()): boolean {
  const beatSeconds = state === 'refused' ? Math.max(everySeconds, 60) : Math.max(everySeconds, 15);
  if (now - new Date(updatedAt).getTime() > beatSeconds * BEATS * 1000) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}
