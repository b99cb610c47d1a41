import type { BackupSource } from '../../ports/index.js';
import { entryPath, entryTarget, isSafeMemberPath, type ManifestEntry } from '../manifest/index.js';
import { storedSize } from '../read/index.js';
import { pathInvalid, pathNotInBackup } from './errors.js';

/** An entry with its place in the tree that is restored: a relative path, latin1 text of its bytes; `''` is the root. */
export interface TreeEntry {
  path: string;
  entry: ManifestEntry;
  /** Of a hard link: the relative path of its first name. */
  linkTo?: string;
}

/** What part of a backup: members below a prefix, all or chosen ones. */
export interface Selection {
  /** Member path of the tree's root, as `files`. */
  prefix: string;
  /** Relative paths, latin1; empty = all. */
  paths: readonly string[];
}

/** What a selection comes to. */
export interface SelectionFacts {
  entries: number;
  files: number;
  /** Bytes to write. */
  bytes: number;
  /** Hard links whose first name is not selected, by member path of that name: the first of them becomes the file. */
  outsideLinks: ReadonlyMap<string, { entry: ManifestEntry; path: string }>;
}

const BLOCK = 4096;

/** Cleans chosen paths as users give them. Throws RESTORE_PATH_INVALID. One that lies below another one is dropped. */
export function cleanPaths(paths: readonly string[]): string[] {
  const clean = paths.map((path) => {
    const bytes = Buffer.from(path.replace(/\/+$/, ''));
    if (!isSafeMemberPath(bytes)) throw pathInvalid(path);
    return bytes.toString('latin1');
  });
  return [...new Set(clean)].filter((path) => !clean.some((other) => path.startsWith(`${other}/`)));
}

/** Whether the path is the other one or lies below it. */
export function isAtOrBelow(path: string, other: string): boolean {
  return path === other || other === '' || path.startsWith(`${other}/`);
}

function relativeTo(prefix: string, member: string): string | null {
  if (member === prefix) return '';
  return member.startsWith(`${prefix}/`) ? member.slice(prefix.length + 1) : null;
}

function memberOf(entry: ManifestEntry): string {
  return entryPath(entry).toString('latin1');
}

function isChosen(selection: Selection, path: string): boolean {
  return selection.paths.length === 0 || selection.paths.some((chosen) => isAtOrBelow(path, chosen));
}

/** First pass: sizes, and where hard links lead. Throws BACKUP_PATH_NOT_FOUND when the backup has nothing at a chosen path. */
export async function measureSelection(source: BackupSource, selection: Selection): Promise<SelectionFacts> {
  const facts = { entries: 0, files: 0, bytes: 0 };
  const missing = new Set(selection.paths);
  const outside = new Map<string, string>();
  for await (const entry of source.entries()) {
    const path = relativeTo(selection.prefix, memberOf(entry));
    if (path === null || !isChosen(selection, path)) continue;
    for (const chosen of missing) if (isAtOrBelow(path, chosen)) missing.delete(chosen);
    facts.entries += 1;
    if (entry.type === 'file') {
      facts.files += 1;
      facts.bytes += Math.ceil(storedSize(entry) / BLOCK) * BLOCK;
    }
    const target = entry.type === 'hardlink' ? (entryTarget(entry)?.toString('latin1') ?? '') : null;
    if (target === null || outside.has(target)) continue;
    const inside = relativeTo(selection.prefix, target);
    if (inside === null || !isChosen(selection, inside)) outside.set(target, path);
  }
  const [first] = missing;
  if (first !== undefined) throw pathNotInBackup(first);
  const outsideLinks = await firstNames(source, outside);
  for (const { entry } of outsideLinks.values()) facts.bytes += storedSize(entry);
  return { ...facts, outsideLinks };
}

async function firstNames(
  source: BackupSource,
  wanted: ReadonlyMap<string, string>,
): Promise<Map<string, { entry: ManifestEntry; path: string }>> {
  const found = new Map<string, { entry: ManifestEntry; path: string }>();
  if (wanted.size === 0) return found;
  for await (const entry of source.entries()) {
    const path = wanted.get(memberOf(entry));
    if (path !== undefined && entry.type === 'file') found.set(memberOf(entry), { entry, path });
  }
  for (const [member] of wanted) if (!found.has(member)) throw pathNotInBackup(member);
  return found;
}

/** Second pass: the entries to write, in path order, and the folders above chosen ones (for their modes and owners). */
export async function* selectEntries(
  source: BackupSource,
  selection: Selection,
  facts: SelectionFacts,
): AsyncGenerator<TreeEntry> {
  for await (const entry of source.entries()) {
    const path = relativeTo(selection.prefix, memberOf(entry));
    if (path === null) continue;
    if (!isChosen(selection, path)) {
      const isAbove = selection.paths.some((chosen) => path === '' || chosen.startsWith(`${path}/`));
      if (isAbove && entry.type === 'dir') yield { path, entry };
      continue;
    }
    if (entry.type !== 'hardlink') {
      yield { path, entry };
      continue;
    }
    const target = entryTarget(entry)?.toString('latin1') ?? '';
    const substitute = facts.outsideLinks.get(target);
    if (substitute === undefined) yield { path, entry, linkTo: relativeTo(selection.prefix, target) ?? '' };
    else if (substitute.path === path) yield { path, entry: substitute.entry };
    else yield { path, entry, linkTo: substitute.path };
  }
}
