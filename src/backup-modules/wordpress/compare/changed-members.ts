import type { BackupSource } from '../../../engine/ports/index.js';
import type { ManifestEntry } from '../../../engine/snapshot/manifest/index.js';
import { DigestTable, DigestWords } from './digest-table.js';
import { dumpEntries } from './dump-survey.js';

/** What of the two dumps is to be looked into: names of tables, and sections. */
export interface Wanted {
  /** Tables whose pieces of rows are not all the same, with the number of pieces in the earlier backup. */
  data: ReadonlyMap<string, number>;
  schema: ReadonlySet<string>;
  triggers: ReadonlySet<string>;
  sections: ReadonlySet<string>;
}

export interface ChangeLimits {
  /** Pieces whose digests are held at a time: 33 bytes each, so about 70 MB for 48 GB of dump. */
  listed: number;
  /** Pieces that are read, of one table and of all; each is held by its entry of about 500 bytes. */
  readOfTable: number;
  read: number;
}

export const CHANGE_LIMITS: ChangeLimits = { listed: 2_000_000, readOfTable: 50_000, read: 100_000 };

/** One side of a table. */
export interface SideMembers {
  schema: ManifestEntry[];
  triggers: ManifestEntry[];
  /** Pieces that the other side does not have; none when there are too many. */
  pieces: ManifestEntry[];
  /** Rows in these, also when there are too many. */
  rows: number;
}

export interface TableMembers {
  before: SideMembers;
  after: SideMembers;
  /** False when there were too many pieces to compare or to read. */
  whole: boolean;
}

export interface ChangedMembers {
  tables: Map<string, TableMembers>;
  /** The members of each section. */
  sections: Map<string, { before: ManifestEntry[]; after: ManifestEntry[] }>;
}

/**
 * Finds the members that must be read: pieces that are on both sides cancel out by their SHA-256, as often as they come. The
 * manifests are read again rather than held.
 */
export async function findChangedMembers(
  before: BackupSource,
  after: BackupSource,
  wanted: Wanted,
  signal: AbortSignal,
  limits: ChangeLimits = CHANGE_LIMITS,
): Promise<ChangedMembers> {
  const finder = new Finder(wanted, limits);
  if (wanted.data.size > 0) for await (const entry of dumpEntries(before, signal)) finder.list(entry);
  for await (const entry of dumpEntries(after, signal)) finder.take('after', entry);
  for await (const entry of dumpEntries(before, signal)) finder.take('before', entry);
  return finder.found;
}

class Finder {
  readonly found: ChangedMembers = { tables: new Map(), sections: new Map() };
  /** Of the earlier side: pieces that are not cancelled yet. */
  private readonly pieces: DigestTable;
  private readonly id = new DigestWords(4);
  /** Tables with too many pieces to list: nothing of them cancels out. */
  private readonly unlisted = new Set<string>();
  private read = 0;

  constructor(
    private readonly wanted: Wanted,
    private readonly limits: ChangeLimits,
  ) {
    let listed = 0;
    // Small tables first, so that a huge one does not take the room of all others.
    for (const [name, pieces] of [...wanted.data].toSorted(([, a], [, b]) => a - b)) {
      if (listed + pieces <= limits.listed) listed += pieces;
      else {
        this.unlisted.add(name);
        this.table(name).whole = false;
      }
    }
    this.pieces = new DigestTable(4, 1, listed);
  }

  list(entry: ManifestEntry): void {
    const { table, part } = entry;
    if (part !== 'data' || table === undefined || !this.wanted.data.has(table) || this.unlisted.has(table)) return;
    if (this.pieces.full) this.pieces.makeRoom();
    this.id.takeHex(entry.sha256 ?? '');
    const at = this.pieces.slot(this.id.words);
    this.pieces.words[at] = (this.pieces.words[at] ?? 0) + 1;
  }

  take(side: 'before' | 'after', entry: ManifestEntry): void {
    const { table, part } = entry;
    if (table === undefined) {
      if (part !== undefined && this.wanted.sections.has(part)) this.section(part)[side].push(slim(entry));
    } else if (part === 'schema' && this.wanted.schema.has(table)) this.table(table)[side].schema.push(slim(entry));
    else if (part === 'triggers' && this.wanted.triggers.has(table)) this.table(table)[side].triggers.push(slim(entry));
    else if (part === 'data' && this.wanted.data.has(table)) this.piece(side, table, entry);
  }

  private piece(side: 'before' | 'after', name: string, entry: ManifestEntry): void {
    if (!this.unlisted.has(name) && this.isListed(entry) === (side === 'after')) return;
    const table = this.table(name);
    table[side].rows += entry.rows ?? 0;
    if (!table.whole) return;
    this.read += 1;
    table[side].pieces.push(slim(entry));
    const ofTable = table.before.pieces.length + table.after.pieces.length;
    if (this.read <= this.limits.read && ofTable <= this.limits.readOfTable) return;
    this.read -= ofTable;
    table.before.pieces = [];
    table.after.pieces = [];
    table.whole = false;
  }

  /** Whether the piece is among those of the earlier side; then once less often. */
  private isListed(entry: ManifestEntry): boolean {
    this.id.takeHex(entry.sha256 ?? '');
    const at = this.pieces.find(this.id.words);
    const left = at < 0 ? 0 : (this.pieces.words[at] ?? 0);
    if (left > 0) this.pieces.words[at] = left - 1;
    return left > 0;
  }

  private table(name: string): TableMembers {
    let table = this.found.tables.get(name);
    if (table === undefined) {
      table = { before: emptySide(), after: emptySide(), whole: true };
      this.found.tables.set(name, table);
    }
    return table;
  }

  private section(name: string): { before: ManifestEntry[]; after: ManifestEntry[] } {
    let section = this.found.sections.get(name);
    if (section === undefined) {
      section = { before: [], after: [] };
      this.found.sections.set(name, section);
    }
    return section;
  }
}

function emptySide(): SideMembers {
  return { schema: [], triggers: [], pieces: [], rows: 0 };
}

/** What is needed to read the content, and no more: there may be many. */
function slim(entry: ManifestEntry): ManifestEntry {
  const { kind, path, type, size, mode, uid, gid, mtime, sha256, in: location, rows } = entry;
  return {
    kind,
    type,
    size,
    mode,
    uid,
    gid,
    mtime,
    ...(path === undefined ? {} : { path }),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(location === undefined ? {} : { in: location }),
    ...(rows === undefined ? {} : { rows }),
  };
}
