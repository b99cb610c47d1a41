import {
  comparePaths,
  displayPath,
  entryPath,
  entryTarget,
  type EntryType,
  type ManifestEntry,
} from '../manifest/index.js';
import { AppError } from '../../../common/errors/index.js';
import { entryNotFound } from './errors.js';
import type { StoredBackup } from './open-backup.js';

/** One name in a folder of a backup. */
export interface FolderItem {
  /** For showing: control characters and bytes that are not UTF-8 as `\xNN`. */
  name: string;
  /** The path to ask for next: UTF-8, or absent with `pathBase64`. */
  path?: string;
  pathBase64?: string;
  type: EntryType;
  /** Of a file its size; of a folder the sum of all files below. */
  size: number;
  /** Files below a folder. */
  files: number;
  /** Absent for a folder that has no entry of its own. */
  mode?: number;
  uid?: number;
  gid?: number;
  user?: string;
  group?: string;
  mtime?: string;
  target?: string;
  changed?: true;
}

export interface FolderListing {
  items: FolderItem[];
  /** Give it back to get the next items; null at the end. */
  nextCursor: string | null;
}

export interface ListFolderOptions {
  cursor?: string | null;
  /** 1 to 1000, default 200. */
  limit?: number;
}

const SLASH = 0x2f;
const NOTHING = Buffer.alloc(0);
const MAX_LIMIT = 1000;
const DEFAULT_LIMIT = 200;

/**
 * The direct children of a folder of a backup (`''` = the top: `backupd`, `database`, `external`, `files`), in path order,
 * with the sizes of subfolders. Streams the manifest from there (from the cursor) on, holding one page. Throws BACKUP_PATH_NOT_FOUND.
 */
export async function listFolder(
  backup: StoredBackup,
  folder: Buffer,
  options: ListFolderOptions = {},
): Promise<FolderListing> {
  const limit = Math.min(Math.max(1, options.limit ?? DEFAULT_LIMIT), MAX_LIMIT);
  const after = parseCursor(options.cursor);
  const prefix = folder.length === 0 ? folder : Buffer.concat([folder, Buffer.of(SLASH)]);
  const items: FolderItem[] = [];
  let current: { name: Buffer; item: FolderItem } | null = null;
  let found = folder.length === 0;

  for await (const entry of backup.manifest.entriesFrom(Buffer.concat([prefix, after ?? NOTHING]))) {
    const path = entryPath(entry);
    if (!path.subarray(0, prefix.length).equals(prefix)) {
      if (path.equals(folder)) found = isFolder(entry, folder);
      if (comparePaths(path, folder) > 0) break;
      continue;
    }
    found = true;
    const rest = path.subarray(prefix.length);
    const slash = rest.indexOf(SLASH);
    const name = slash < 0 ? rest : rest.subarray(0, slash);
    if (after !== null && Buffer.compare(name, after) <= 0) continue;
    if (current === null || !current.name.equals(name)) {
      if (items.length === limit) return { items, nextCursor: current?.name.toString('base64url') ?? null };
      current = { name, item: newItem(prefix, name, slash < 0 ? entry : null) };
      items.push(current.item);
    }
    if (slash >= 0 && entry.type === 'file') {
      current.item.size += entry.size;
      current.item.files += 1;
    }
  }
  if (!found) throw entryNotFound(displayPath(folder));
  return { items, nextCursor: null };
}

function isFolder(entry: ManifestEntry, folder: Buffer): boolean {
  if (entry.type === 'dir') return true;
  throw new AppError({
    code: 'BACKUP_PATH_NOT_A_FOLDER',
    kind: 'usage',
    message: `${displayPath(folder)} is a ${entry.type}, not a folder.`,
    hint: 'Ask for its content instead.',
    retry: 'never',
    context: { path: displayPath(folder) },
  });
}

function newItem(prefix: Buffer, name: Buffer, entry: ManifestEntry | null): FolderItem {
  const full = Buffer.concat([prefix, name]);
  const text = full.toString('utf8');
  const path = Buffer.from(text, 'utf8').equals(full) ? { path: text } : { pathBase64: full.toString('base64') };
  const shown = { name: displayPath(name), ...path };
  if (entry === null) return { ...shown, type: 'dir', size: 0, files: 0 };
  const target = entryTarget(entry);
  return {
    ...shown,
    type: entry.type,
    size: entry.type === 'file' ? entry.size : 0,
    files: 0,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    ...(entry.user === undefined ? {} : { user: entry.user }),
    ...(entry.group === undefined ? {} : { group: entry.group }),
    mtime: entry.mtime,
    ...(target === null ? {} : { target: displayPath(target) }),
    ...(entry.changed === undefined ? {} : { changed: true }),
  };
}

function parseCursor(cursor: string | null | undefined): Buffer | null {
  if (cursor === null || cursor === undefined || cursor === '') return null;
  return Buffer.from(cursor, 'base64url');
}
