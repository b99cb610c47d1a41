import { comparePaths, entryPath, type ManifestEntry } from '../manifest/index.js';

/** What of an entry is different. `owner` and `mode` and `mtime` and `xattrs` alone leave the content as it was. */
export type ChangedFact = 'type' | 'content' | 'target' | 'mode' | 'owner' | 'mtime' | 'xattrs';

/** One path that is not the same in two backups. */
export interface FileChange {
  kind: 'added' | 'removed' | 'changed';
  /** Member path, bytes. */
  path: Buffer;
  /** Absent for an added one. */
  before?: ManifestEntry;
  /** Absent for a removed one. */
  after?: ManifestEntry;
  /** Empty for added and removed ones. */
  what: ChangedFact[];
}

export interface DiffFilesOptions {
  /** Only this path and what is below it; default all files of the site and outside it. */
  below?: Buffer;
}

const SLASH = 0x2f;
const PARTS = ['external', 'files'].map((name) => Buffer.from(name));

/**
 * What is different between two backups' files: their entries, both in path order, are walked side by side; nothing but the
 * current ones is held. Dump pieces and notes are left out.
 */
export async function* diffFiles(
  before: AsyncIterable<ManifestEntry>,
  after: AsyncIterable<ManifestEntry>,
  options: DiffFilesOptions = {},
): AsyncGenerator<FileChange> {
  const old = new Cursor(before, options.below);
  const now = new Cursor(after, options.below);
  try {
    await Promise.all([old.next(), now.next()]);
    while (old.entry !== null || now.entry !== null) {
      const order = old.entry === null ? 1 : now.entry === null ? -1 : comparePaths(old.path, now.path);
      if (order < 0 && old.entry !== null) {
        yield { kind: 'removed', path: old.path, before: old.entry, what: [] };
      } else if (order > 0 && now.entry !== null) {
        yield { kind: 'added', path: now.path, after: now.entry, what: [] };
      } else if (old.entry !== null && now.entry !== null) {
        const what = changedFacts(old.entry, now.entry);
        if (what.length > 0) yield { kind: 'changed', path: now.path, before: old.entry, after: now.entry, what };
      }
      await Promise.all([order <= 0 ? old.next() : null, order >= 0 ? now.next() : null]);
    }
  } finally {
    await Promise.all([old.close(), now.close()]);
  }
}

/** What of an entry changed that a restore would bring back. */
export function changedFacts(before: ManifestEntry, after: ManifestEntry): ChangedFact[] {
  const what: ChangedFact[] = [];
  if (before.type !== after.type) what.push('type');
  else if (before.size !== after.size || before.sha256 !== after.sha256) what.push('content');
  if (before.type === after.type && (before.target !== after.target || before.targetBase64 !== after.targetBase64))
    what.push('target');
  if (before.mode !== after.mode) what.push('mode');
  if (before.uid !== after.uid || before.gid !== after.gid) what.push('owner');
  // A folder's time changes with every name in it, which is told by itself.
  if (before.mtime !== after.mtime && !(before.type === 'dir' && after.type === 'dir')) what.push('mtime');
  if (!sameXattrs(before.xattrs, after.xattrs)) what.push('xattrs');
  return what;
}

function sameXattrs(a: Record<string, string> | undefined, b: Record<string, string> | undefined): boolean {
  const names = new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})]);
  return [...names].every((name) => a?.[name] === b?.[name]);
}

/** Steps through the entries that count. */
class Cursor {
  entry: ManifestEntry | null = null;
  path: Buffer = Buffer.alloc(0);
  private readonly entries: AsyncIterator<ManifestEntry>;

  constructor(
    entries: AsyncIterable<ManifestEntry>,
    private readonly below: Buffer | undefined,
  ) {
    this.entries = entries[Symbol.asyncIterator]();
  }

  async next(): Promise<void> {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- one entry after the other
      const { done, value } = await this.entries.next();
      if (done === true) {
        this.entry = null;
        return;
      }
      this.path = entryPath(value);
      if (!this.counts()) continue;
      this.entry = value;
      return;
    }
  }

  async close(): Promise<void> {
    await this.entries.return?.();
  }

  private counts(): boolean {
    return this.below === undefined ? PARTS.some((part) => isWithin(this.path, part)) : isWithin(this.path, this.below);
  }
}

function isWithin(path: Buffer, folder: Buffer): boolean {
  if (folder.length === 0) return true;
  if (path.length < folder.length || !path.subarray(0, folder.length).equals(folder)) return false;
  return path.length === folder.length || path[folder.length] === SLASH;
}

/** Figures of a whole comparison. */
export interface DiffTotals {
  added: number;
  removed: number;
  changed: number;
  /** Bytes of files that are new or have other content, as they are after. */
  newBytes: number;
  /** Bytes of files that are gone or had other content, as they were before. */
  goneBytes: number;
}

export function newTotals(): DiffTotals {
  return { added: 0, removed: 0, changed: 0, newBytes: 0, goneBytes: 0 };
}

/** Adds one change to the figures. */
export function countChange(totals: DiffTotals, { kind, before, after, what }: FileChange): void {
  totals[kind] += 1;
  const content = kind !== 'changed' || what.includes('content') || what.includes('type');
  if (!content) return;
  totals.newBytes += sizeOf(after);
  totals.goneBytes += sizeOf(before);
}

function sizeOf(entry: ManifestEntry | undefined): number {
  return entry?.type === 'file' ? entry.size : 0;
}
