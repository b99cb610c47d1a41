import { lstatSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BackupSource, RestorePreview } from '../../ports/index.js';
import { comparePaths, displayPath, entryTarget, type ManifestEntry } from '../manifest/index.js';
import { storedSize } from '../read/index.js';
import { Walk, type WalkEntry } from '../walk/index.js';
import { cleanPaths, isAtOrBelow, measureSelection, selectEntries, type TreeEntry } from './select.js';
import { checkChosenPath, checkWholeTarget, resolveTarget } from './target.js';

export interface PreviewOptions {
  /** Member path of the tree's root in the backup. Default `files`. */
  prefix?: string;
  paths?: readonly string[];
  extraFiles: 'delete' | 'keep';
  /** Absolute paths that stay as they are. */
  keep?: readonly string[];
  allowedRoots?: readonly string[];
  /** Bytes are those of the files that look different only. */
  delta?: boolean;
  signal?: AbortSignal;
}

export interface FilePreview {
  files: NonNullable<RestorePreview['files']>;
  bytesNeeded: number;
  bytesFree: number;
  warnings: string[];
}

const SAMPLE = 20;
const BLOCK = 4096;
const PREFIX = 'files';

/**
 * What a restore of files would change: the manifest and the disk are merged as two sorted streams, compared by type, size,
 * time and mode (content is not read), so that memory stays small. Folders are not counted. Changes nothing. Throws what
 * `FileRestore.prepare` throws for a target that can't be used, and BACKUP_PATH_NOT_FOUND.
 */
export async function previewFiles(
  source: BackupSource,
  target: string,
  options: PreviewOptions,
): Promise<FilePreview> {
  const paths = cleanPaths(options.paths ?? []);
  const place = resolveTarget(target, options.allowedRoots);
  if (paths.length === 0) checkWholeTarget(place);
  for (const path of paths) checkChosenPath(place, path);
  const selection = { prefix: options.prefix ?? PREFIX, paths };
  const facts = await measureSelection(source, selection);
  const tally = new Tally(options.extraFiles, options.delta === true);
  const warnings: string[] = [];
  const backup = onlyChosen(selectEntries(source, selection, facts), paths);
  const disk = place.exists ? diskEntries(source, place.real, paths, options, warnings) : nothing();
  await merge(backup, disk, tally);
  return {
    files: tally.result(),
    bytesNeeded: (options.delta === true ? tally.blockBytes : facts.bytes) + facts.entries * 512,
    bytesFree: await freeBytes(place.real),
    warnings,
  };
}

/** Without the folders above chosen paths. */
async function* onlyChosen(entries: AsyncIterable<TreeEntry>, paths: readonly string[]): AsyncGenerator<TreeEntry> {
  for await (const item of entries) {
    if (paths.length === 0 || paths.some((path) => isAtOrBelow(item.path, path))) yield item;
  }
}

async function* diskEntries(
  source: BackupSource,
  real: string,
  paths: readonly string[],
  options: PreviewOptions,
  warnings: string[],
): AsyncGenerator<{ path: string; found: WalkEntry }> {
  const walk = new Walk({
    roots: [{ prefix: PREFIX, path: real }],
    excludes: (options.prefix ?? PREFIX) === PREFIX ? source.header.excludes.map((exclude) => exclude.pattern) : [],
    neverPack: options.keep ?? [],
    report: {
      unreadable: (path, reason) => {
        if (warnings.length < SAMPLE) warnings.push(`${displayPath(path)} on disk can't be looked at: ${reason}.`);
      },
      skipped: () => undefined,
    },
    signal: options.signal ?? new AbortController().signal,
  });
  for await (const batch of walk.entries()) {
    for (const found of batch) {
      const path = found.path.toString('latin1').slice(PREFIX.length + 1);
      if (paths.length > 0 && !paths.some((chosen) => isAtOrBelow(path, chosen))) continue;
      yield { path, found };
    }
  }
}

async function* nothing(): AsyncGenerator<{ path: string; found: WalkEntry }> {
  // A target that does not exist has no entries.
}

async function merge(
  backup: AsyncGenerator<TreeEntry>,
  disk: AsyncGenerator<{ path: string; found: WalkEntry }>,
  tally: Tally,
): Promise<void> {
  let ours = await backup.next();
  let theirs = await disk.next();
  while (ours.done !== true || theirs.done !== true) {
    const order = ours.done === true ? 1 : theirs.done === true ? -1 : compareText(ours.value.path, theirs.value.path);
    if (order <= 0 && ours.done !== true) {
      tally.entry(ours.value, order === 0 && theirs.done !== true ? theirs.value.found : null);
      ours = await backup.next();
    } else if (theirs.done !== true) {
      tally.extra(theirs.value.path, theirs.value.found);
    }
    if (order >= 0 && theirs.done !== true) theirs = await disk.next();
  }
}

class Tally {
  readonly #files = { create: 0, replace: 0, unchanged: 0, delete: 0, bytes: 0 };
  readonly #sample: string[] = [];

  /** Of the files in `bytes`, in whole blocks. */
  blockBytes = 0;

  constructor(
    private readonly extraFiles: 'delete' | 'keep',
    private readonly delta: boolean,
  ) {}

  entry({ path, entry }: TreeEntry, found: WalkEntry | null): void {
    if (entry.type === 'dir') {
      if (found !== null && found.type !== 'dir') this.#count('replace', path);
      return;
    }
    const isUnchanged = found !== null && isSame(entry, found);
    if (entry.type === 'file' && !(this.delta && isUnchanged)) {
      this.#files.bytes += entry.size;
      this.blockBytes += Math.ceil(storedSize(entry) / BLOCK) * BLOCK;
    }
    if (found === null) this.#count('create', path);
    else if (isUnchanged) this.#files.unchanged += 1;
    else this.#count('replace', path);
  }

  extra(path: string, found: WalkEntry): void {
    if (this.extraFiles === 'delete' && found.type !== 'dir') this.#count('delete', path);
  }

  result(): FilePreview['files'] {
    return { ...this.#files, sample: this.#sample };
  }

  #count(what: 'create' | 'replace' | 'delete', path: string): void {
    this.#files[what] += 1;
    if (this.#sample.length < SAMPLE) this.#sample.push(`${what} ${displayPath(Buffer.from(path, 'latin1'))}`);
  }
}

/** Which of several names is the file and which the links is a matter of order. */
function isFile(type: string): boolean {
  return type === 'file' || type === 'hardlink';
}

function isSame(entry: ManifestEntry, found: WalkEntry): boolean {
  if (entry.type !== found.type && !(isFile(entry.type) && isFile(found.type))) return false;
  if (entry.type === 'symlink') return found.target !== null && entryTarget(entry)?.equals(found.target) === true;
  const sameSize = entry.type !== 'file' || found.type !== 'file' || entry.size === found.size;
  return sameSize && entry.mode === found.mode && entry.mtime === String(found.mtimeNs);
}

function compareText(a: string, b: string): number {
  return comparePaths(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'));
}

/** Free bytes of the nearest folder that exists. */
async function freeBytes(path: string): Promise<number> {
  let folder = dirname(path);
  while (lstatSync(folder, { throwIfNoEntry: false }) === undefined) folder = dirname(folder);
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
