import { AppError } from '../../../common/errors/index.js';
import type { BackupSource, EntryPieces } from '../../../engine/ports/index.js';
import type { ManifestEntry } from '../../../engine/snapshot/manifest/index.js';
import { RowHasher } from './row-hasher.js';
import { RowTally, type RowFigures } from './row-tally.js';

/** Pieces of many tables, table after table: all are read in one go, as neighbours share a frame. */
export class PieceFeed {
  private readonly entries: AsyncIterator<EntryPieces>;

  constructor(source: BackupSource, pieces: Iterable<ManifestEntry>, signal: AbortSignal) {
    this.entries = source.stored(pieces, signal)[Symbol.asyncIterator]();
  }

  /** The next piece; to be read to its end, or not at all. */
  async next(): Promise<EntryPieces> {
    const { done, value } = await this.entries.next();
    if (done === true) throw new Error('a piece is read that was not announced');
    return value;
  }

  async close(): Promise<void> {
    await this.entries.return?.();
  }
}

/** The pieces of one table that the other side does not have. */
export interface RowSide {
  /** They are the next ones that it gives. */
  feed: PieceFeed;
  pieces: number;
  /** Names of the table's columns, one character per byte. */
  columns: readonly string[];
}

/**
 * Reads a table's pieces and compares their rows by `key` (names of columns; none = whole rows). Null when there are too many rows
 * to compare, or when a piece does not hold what the manifest says: then nothing is known but that rows may differ. The feeds
 * stand behind the table's pieces in any case.
 */
export async function compareRows(
  before: RowSide,
  after: RowSide,
  key: readonly string[],
  maxRows?: number,
): Promise<RowFigures | null> {
  const tally = new RowTally(maxRows);
  const sides = [new SideReader('before', before, key, tally), new SideReader('after', after, key, tally)];
  let isKnown = true;
  for (;;) {
    // Side by side, so that rows which both have meet soon and need not be held.
    const behind = sides.filter((side) => side.share < 1).toSorted((a, b) => a.share - b.share)[0];
    if (behind === undefined) return isKnown ? tally.figures() : null;
    // oxlint-disable no-await-in-loop -- one piece after the other
    if (isKnown) isKnown = await behind.readOne();
    else await behind.skipOne();
    // oxlint-enable no-await-in-loop
  }
}

/** Reads one side's pieces into the tally. */
class SideReader {
  private readonly hasher: RowHasher;
  private done = 0;
  private fits = true;

  constructor(
    name: 'before' | 'after',
    private readonly side: RowSide,
    key: readonly string[],
    tally: RowTally,
  ) {
    this.hasher = new RowHasher(side.columns, key, (row, rowKey) => {
      this.fits &&= tally.add(name, row, rowKey);
    });
  }

  /** How much is read, from 0 to 1. */
  get share(): number {
    return this.side.pieces === 0 ? 1 : this.done / this.side.pieces;
  }

  /** False when the comparison can't go on. */
  async readOne(): Promise<boolean> {
    const { entry, pieces } = await this.side.feed.next();
    this.done += 1;
    try {
      const rows = await this.hasher.read(pieces);
      return this.fits && rows === (entry.rows ?? Math.max(0, rows));
    } catch (error) {
      if (error instanceof AppError && error.code === 'DUMP_UNREADABLE') return false;
      throw error;
    }
  }

  async skipOne(): Promise<void> {
    await this.side.feed.next();
    this.done += 1;
  }
}
