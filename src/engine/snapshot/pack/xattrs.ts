import { listXattrs, type Xattr } from '../../native/posix.js';
import type { ManifestEntry } from '../manifest/index.js';
import type { SourceFile } from './source-file.js';

/** The attributes of a path; none where the file system can't say or the file is just gone. */
export function readXattrs(path: Buffer): Xattr[] {
  try {
    return listXattrs(path);
  } catch {
    return [];
  }
}

/** The attributes of an open file; by its path where they changed while they were read. */
export function openXattrs(file: SourceFile, path: Buffer): Xattr[] {
  try {
    return file.xattrs();
  } catch {
    return readXattrs(path);
  }
}

export function withXattrs(entry: ManifestEntry, xattrs: readonly Xattr[]): ManifestEntry {
  if (xattrs.length === 0) return entry;
  return { ...entry, xattrs: Object.fromEntries(xattrs.map(({ name, value }) => [name, value.toString('base64')])) };
}

/** The attributes of an entry, as bytes. */
export function entryXattrs(entry: ManifestEntry): Xattr[] {
  return Object.entries(entry.xattrs ?? {}).map(([name, value]) => ({ name, value: Buffer.from(value, 'base64') }));
}
