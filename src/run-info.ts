import { readFileSync } from 'node:fs';
import type { DataPaths } from './config/index.js';

/** Who runs on a data dir, as `run.json` says. */
export interface RunInfo {
  pid: number;
  url: string;
}

/** What `run.json` says, or null when no master has announced itself there. It may be out of date after a crash. */
export function readRunInfo(paths: DataPaths): RunInfo | null {
  try {
    const info: unknown = JSON.parse(readFileSync(paths.runInfo, 'utf8'));
    if (typeof info !== 'object' || info === null || !('pid' in info) || !('url' in info)) return null;
    return typeof info.pid === 'number' && typeof info.url === 'string' ? { pid: info.pid, url: info.url } : null;
  } catch {
    return null;
  }
}
