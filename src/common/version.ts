import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** backupd's version, from the nearest package.json (sources and build lie at different depths). */
export const version: string = findVersion(import.meta.dirname);

function findVersion(folder: string): string {
  try {
    const found: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (typeof found === 'object' && found !== null && 'version' in found && typeof found.version === 'string')
      return found.version;
  } catch {
    // Not here: one up.
  }
  return folder === dirname(folder) ? 'unknown' : findVersion(dirname(folder));
}
