import { accessSync, constants } from 'node:fs';
import { runPlain, word } from './run-command.js';

const DROP_CACHES = '/proc/sys/vm/drop_caches';

/** Everything that was written is on disk: no run pays for an earlier one. */
export async function settle(): Promise<void> {
  await runPlain('sync');
}

/** Reads files into the page cache. */
export async function warm(...folders: readonly string[]): Promise<void> {
  for (const folder of folders)
    // GNU tar does not read what it writes to /dev/null; cat does.
    await runPlain(`find ${word(folder)} -type f -print0 | xargs -0 -r -n 500 cat > /dev/null`);
}

/** Whether this user may empty the page cache. */
export function mayDropCaches(): boolean {
  try {
    accessSync(DROP_CACHES, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Empties the page cache and the caches of names and inodes. */
export async function dropCaches(): Promise<void> {
  await runPlain(`sync; echo 3 > ${DROP_CACHES}`);
}
