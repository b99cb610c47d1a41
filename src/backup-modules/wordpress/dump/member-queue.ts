import type { DatabasePart } from '../../../engine/snapshot/manifest/types.js';
import { MemberNames } from './member-names.js';
import type { SpillBuffer, SpilledContent } from './spill-buffer.js';

/** A finished member, waiting to be given to the sink. */
export interface Piece {
  path: string;
  part: DatabasePart;
  table?: string;
  rows?: number;
  /** Of the content, where it is known already. */
  sha256?: string;
  body: SpilledContent;
}

/** The members of one table so far. */
export interface TableMembers {
  readonly table: string;
  readonly stem: string;
  /** How many have their names. */
  pieces: number;
}

/** In the place of a table's rows: they are to be read now. */
export interface RowsWanted {
  members: TableMembers;
  /** Columns of the primary key, one character per byte. */
  key: readonly string[];
  /** Fingerprint of the table's definition. */
  definition: string;
  /** To be told when they were read. */
  counted: (rows: number) => void;
}

type Waiting = (Omit<Piece, 'path'> & { path: string | TableMembers }) | { rowsOf: RowsWanted };

/** Keeps finished members in order until they are taken, and names them then. */
export class MemberQueue {
  private readonly waiting: Waiting[] = [];
  private readonly names: MemberNames;

  /** `objects`: upper bound of tables, views and sections. */
  constructor(objects: number) {
    this.names = new MemberNames(objects);
  }

  /** The next one, if any. Its body is the caller's to dispose of. */
  next(): { piece: Piece } | { rowsOf: RowsWanted } | null {
    const first = this.waiting.shift();
    if (first === undefined) return null;
    if ('rowsOf' in first) return first;
    const path = typeof first.path === 'string' ? first.path : this.nameOf(first.path);
    return { piece: { ...first, path } };
  }

  /** The name of a table's next member; in their order. */
  nameOf(members: TableMembers): string {
    const path = this.names.piece(members.stem, members.pieces);
    members.pieces += 1;
    return path;
  }

  preamble(content: Buffer): void {
    this.waiting.push({ path: this.names.preamble(), part: 'preamble', body: inMemory(content) });
  }

  epilogue(content: Buffer): void {
    this.waiting.push({ path: this.names.epilogue(), part: 'epilogue', body: inMemory(content) });
  }

  table(name: string): TableMembers {
    return { table: name, stem: this.names.next(name), pieces: 0 };
  }

  /** The table's next piece. */
  piece(members: TableMembers, part: DatabasePart, body: Buffer | SpilledContent, rows?: number): void {
    this.waiting.push({
      path: members,
      part,
      table: members.table,
      body: Buffer.isBuffer(body) ? inMemory(body) : body,
      ...(rows === undefined ? {} : { rows }),
    });
  }

  /** Here belong the table's rows, which are read from somewhere else. */
  rowsOf(wanted: RowsWanted): void {
    this.waiting.push({ rowsOf: wanted });
  }

  /** A view of its own name. */
  view(name: string, content: Buffer): void {
    const path = this.names.piece(this.names.next(name), 0);
    this.waiting.push({ path, part: 'view', table: name, body: inMemory(content) });
  }

  /** What was gathered for the whole database, if anything. */
  section(name: string, part: DatabasePart, buffer: SpillBuffer): void {
    if (buffer.size === 0) return;
    this.waiting.push({ path: this.names.piece(this.names.next(name), 0), part, body: buffer.take() });
  }

  discard(): void {
    for (const waiting of this.waiting.splice(0)) if ('body' in waiting) waiting.body.dispose();
  }
}

function inMemory(content: Buffer): SpilledContent {
  return { size: content.length, path: null, content, dispose: () => undefined };
}
