import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from '../../common/errors/index.js';

const ATTEMPTS = 5;

/**
 * The names of a folder as a place, for `placesMeet`: its real path, and where it is below each folder of its file system, by
 * device and inode, so that a link or a second mount of the same folder is known. What is not made yet is named by its parent.
 */
export async function folderPlaces(path: string): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await namesOf(path);
    } catch (error) {
      // A folder went while it was looked at.
      if (errnoOf(error) !== 'ENOENT' || attempt === ATTEMPTS) throw error;
    }
  }
}

async function namesOf(path: string): Promise<string[]> {
  const { real, below } = await deepestReal(join(path, '.'), '');
  const names = [`${real === '/' ? '' : real}/${below}`];
  const { dev } = await stat(real, { bigint: true });
  for (let folder = real, rest = below; ;) {
    const facts = await stat(folder, { bigint: true });
    // What lies above a mount point is not what is mounted there.
    if (facts.dev !== dev) break;
    names.push(`${facts.dev}:${facts.ino}/${rest}`);
    const parent = dirname(folder);
    if (parent === folder) break;
    rest = `${basename(folder)}/${rest}`;
    folder = parent;
  }
  return names;
}

/** Whether two places are the same, or one lies in the other. */
export function placesMeet(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) => others.some((other) => one.startsWith(other) || other.startsWith(one)));
}

/** The real path of the innermost folder that is there, and what is to follow it. */
async function deepestReal(path: string, below: string): Promise<{ real: string; below: string }> {
  try {
    return { real: await realpath(path), below };
  } catch (error) {
    if (path === '/') throw error;
    return deepestReal(dirname(path), `${basename(path)}/${below}`);
  }
}
