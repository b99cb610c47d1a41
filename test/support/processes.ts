import { readFileSync } from 'node:fs';

/** The file's text, or nothing when it can't be read. */
export function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** When the process was started, in ticks since the boot, so that another one with its id is not taken for it; null when it is gone. */
export function startOf(pid: number): string | null {
  const stat = readIfThere(`/proc/${pid}/stat`);
  // The name before it may have blanks and brackets of its own.
  return stat === '' ? null : (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null);
}
