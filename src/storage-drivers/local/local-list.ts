import { readdir } from 'node:fs/promises';
import { errnoOf } from '../../common/errors/index.js';
import { isStorageKey, type StoredObject } from '../../engine/ports/index.js';
import type { Folder } from './folder.js';

interface Name {
  name: string;
  isFolder: boolean;
}

/** A folder sorts as its keys do: with the slash. */
function sortKey(entry: Name): string {
  return entry.isFolder ? `${entry.name}/` : entry.name;
}

/**
 * Objects under a prefix in key order. One folder's names are held at a time for each level. What is not a regular file
 * with a valid key (partial files, links, other people's files) is not an object.
 */
export async function* listObjects(folder: Folder, path: string, prefix: string): AsyncGenerator<StoredObject> {
  const names: Name[] = [];
  for (const entry of await readdir(folder.path('.'), { withFileTypes: true })) {
    if (entry.isFile() || entry.isDirectory()) names.push({ name: entry.name, isFolder: entry.isDirectory() });
  }
  names.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  for (const { name, isFolder } of names) {
    const key = path + name;
    if (!isStorageKey(key)) continue;
    if (isFolder) {
      const below = `${key}/`;
      if (!below.startsWith(prefix) && !prefix.startsWith(below)) continue;
      const child = await openIfThere(folder, name);
      if (child === null) continue;
      try {
        yield* listObjects(child, below, prefix);
      } finally {
        await child.close();
      }
      continue;
    }
    if (!key.startsWith(prefix)) continue;
    const stat = await folder.stat(name);
    if (stat?.isFile() === true) {
      yield { key, size: Number(stat.size), modifiedAt: new Date(Number(stat.mtimeMs)) };
    }
  }
}

/** Null when a delete removed it meanwhile. */
async function openIfThere(folder: Folder, name: string): Promise<Folder | null> {
  try {
    return await folder.child(name);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return null;
    throw error;
  }
}
