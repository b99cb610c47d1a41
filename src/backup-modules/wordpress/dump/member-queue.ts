import type { DatabasePart } from '../../../engine/snapshot/manifest/types.js';
import { MemberNames } from './member-names.js';
import type { SpillBuffer, SpilledContent } from './spill-buffer.js';

/** A finished member, waiting to be given to the sink. */
export interface Piece {
  path: string;
  part: DatabasePart;
  table?: string;
  rows?: number;
  body: SpilledContent;
}

/** The members of one table so far. */
export interface TableMembers {
  readonly table: string;
  readonly stem: string;
  pieces: number;
}

/** Names finished members and keeps them in order until they are taken. */
export class MemberQueue {
  readonly ready: Piece[] = [];
  private readonly names: MemberNames;

  /** `objects`: upper bound of tables, views and sections. */
  constructor(objects: number) {
    this.names = new MemberNames(objects);
  }

  preamble(content: Buffer): void {
    this.ready.push({ path: this.names.preamble(), part: 'preamble', body: inMemory(content) });
  }

  epilogue(content: Buffer): void {
    this.ready.push({ path: this.names.epilogue(), part: 'epilogue', body: inMemory(content) });
  }

  table(name: string): TableMembers {
    return { table: name, stem: this.names.next(name), pieces: 0 };
  }

  /** The table's next piece. */
  piece(members: TableMembers, part: DatabasePart, body: Buffer | SpilledContent, rows?: number): void {
    const path = this.names.piece(members.stem, members.pieces);
    members.pieces += 1;
    this.ready.push({
      path,
      part,
      table: members.table,
      body: Buffer.isBuffer(body) ? inMemory(body) : body,
      ...(rows === undefined ? {} : { rows }),
    });
  }

  /** A view of its own name. */
  view(name: string, content: Buffer): void {
    const path = this.names.piece(this.names.next(name), 0);
    this.ready.push({ path, part: 'view', table: name, body: inMemory(content) });
  }

  /** What was gathered for the whole database, if anything. */
  section(name: string, part: DatabasePart, buffer: SpillBuffer): void {
    if (buffer.size === 0) return;
    this.ready.push({ path: this.names.piece(this.names.next(name), 0), part, body: buffer.take() });
  }

  discard(): void {
    for (const piece of this.ready.splice(0)) piece.body.dispose();
  }
}

function inMemory(content: Buffer): SpilledContent {
  return { size: content.length, content, dispose: () => undefined };
}
