import type { PieceSizes } from '../row-cutter.js';

/** What the thread that reads rows is started with. */
export interface RowThreadData {
  /** For pieces too long for a slot. */
  workDir: string;
  pieces: PieceSizes;
  /** Memory in which finished pieces are handed over. */
  slots: readonly SharedArrayBuffer[];
  /** A word for each slot: `SLOT_FREE` or `SLOT_TAKEN`; and one that is not 0 when the thread is to give up. */
  control: SharedArrayBuffer;
}

export const SLOT_FREE = 0;
export const SLOT_TAKEN = 1;

/** Comes first: a logged-in connection in its snapshot, blocking; the thread's alone. */
export interface ConnectionGiven {
  fd: number;
}

/** Asks for the rows of a table. */
export interface RowsRequest {
  table: string;
  /** Columns of its primary key, one character per byte. */
  key: readonly string[];
  /** Fingerprint of its definition as it was dumped. */
  definition: string;
}

/** A piece of rows, ready: one complete INSERT. */
export interface RowPiece {
  rows: number;
  size: number;
  sha256: string;
}

export type RowsReply =
  /** The slot is the other side's until it is set free. */
  | { kind: 'pieces'; slot: number; pieces: RowPiece[] }
  /** In a file of its own, to be removed after use. */
  | { kind: 'long-piece'; path: string; rows: number; size: number }
  | { kind: 'done'; rows: number }
  | { kind: 'failed'; message: string; errno: number | null; code: string | null };
