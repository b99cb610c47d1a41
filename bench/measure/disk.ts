import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes of all files below a folder (their lengths, not their blocks); 0 where there is none. Files may vanish meanwhile. */
export function bytesBelow(folder: string): number {
  let bytes = 0;
  for (const file of filesBelow(folder)) bytes += sizeOf(file);
  return bytes;
}

/** Paths of all files below a folder, in a fixed order; links are not followed. */
export function* filesBelow(folder: string): Generator<string> {
  for (const entry of entriesOf(folder).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function sizeOf(file: string): number {
  return lstatSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Disk space that files below these folders take; a file with two names counts once. */
export function allocatedBelow(...folders: readonly string[]): number {
  const seen = new Set<number>();
  let bytes = 0;
  for (const folder of folders)
    for (const file of filesBelow(folder)) {
      const facts = lstatSync(file, { throwIfNoEntry: false });
      if (facts === undefined || seen.has(facts.ino)) continue;
      seen.add(facts.ino);
      bytes += facts.blocks * 512;
    }
  return bytes;
}
