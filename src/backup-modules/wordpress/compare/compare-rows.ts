import { AppError } from '../../../common/errors/index.js';
import type { BackupSource, EntryPieces } from '../../../engine/ports/index.js';
import type { ManifestEntry } from '../../../engine/snapshot/manifest/index.js';
import { RowHasher } from './row-hasher.js';
import { RowTally, type RowFigures } from './row-tally.js';

/** One side's pieces that the other does not have. */
export interface RowSide {
  source: BackupSource;
  pieces: readonly ManifestEntry[];
  /** Names of the table's columns, one character per byte. */
  columns: readonly string[];
}

type SideName = 'before' | 'after';

/**
 * Reads the pieces and compares their rows by `key` (names of columns; none = whole rows). Null when there are too many rows to
 * compare, or when a piece does not hold what the manifest says: then nothing is known but that rows may differ.
 */
export async function compareRows(
  before: RowSide,
  after: RowSide,
  key: readonly string[],
  signal: AbortSignal,
  maxRows?: number,
): Promise<RowFigures | null> {
  const tally = new RowTally(maxRows);
  const sides = [
    new SideReader('before', before, key, tally, signal),
    new SideReader('after', after, key, tally, signal),
  ];
  try {
    for (;;) {
      // Side by side, so that rows which both have meet soon and need not be held.
      const behind = sides.filter((side) => side.share < 1).toSorted((a, b) => a.share - b.share)[0];
      if (behind === undefined) return tally.figures();
      // oxlint-disable-next-line no-await-in-loop -- one piece after the other
      if (!(await behind.readOne())) return null;
    }
  } finally {
    await Promise.all(sides.map((side) => side.close()));
  }
}

/** Reads one side's pieces into the tally. */
class SideReader {
  private readonly entries: AsyncIterator<EntryPieces>;
  private readonly hasher: RowHasher;
  private done = 0;
  private fits = true;

  constructor(
    name: SideName,
    private readonly side: RowSide,
    key: readonly string[],
    tally: RowTally,
    signal: AbortSignal,
  ) {
    this.entries = side.source.stored(side.pieces, signal)[Symbol.asyncIterator]();
    this.hasher = new RowHasher(side.columns, key, (row, rowKey) => {
      this.fits &&= tally.add(name, row, rowKey);
    });
  }

  /** How much is read, from 0 to 1. */
  get share(): number {
    return this.side.pieces.length === 0 ? 1 : this.done / this.side.pieces.length;
  }

  /** False when the comparison can't go on. */
  async readOne(): Promise<boolean> {
    const { done, value } = await this.entries.next();
    if (done === true) return false;
    this.done += 1;
    try {
      const rows = await this.hasher.read(value.pieces);
      return this.fits && rows === (value.entry.rows ?? Math.max(0, rows));
    } catch (error) {
      if (error instanceof AppError && error.code === 'DUMP_UNREADABLE') return false;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.entries.return?.();
  }
}
