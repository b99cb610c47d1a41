import { DigestTable, DigestWords } from './digest-table.js';

const ROW_WORDS = 4;
const KEY_WORDS = 2;
/** Rows that differ (and those that are not paired yet) which are held: about 60 MB, and twice that for a moment. */
const MAX_ROWS = 1_000_000;

/** A row that both have as often is done with. */
const isOpen = (words: Uint32Array, at: number): boolean => words[at + KEY_WORDS] !== 0;

/** Rows that only one side has, and those of the same key on both. */
export interface RowFigures {
  added: number;
  removed: number;
  changed: number;
}

/**
 * Compares two sets of rows that come in any order, by hashes: a row that both have cancels out; what is left is paired by key.
 * A row may come more than once, and so may a key (the history of a system-versioned table).
 */
export class RowTally {
  /** By the row's hash: two words of its key's hash, and how many more the earlier side has. */
  private readonly rows = new DigestTable(ROW_WORDS, KEY_WORDS + 1);
  private readonly row = new DigestWords(ROW_WORDS);
  private readonly key = new DigestWords(KEY_WORDS);

  constructor(private readonly maxRows = MAX_ROWS) {}

  /** A row by its SHA-256 and that of its key (of a table without one: null). False when there are too many to hold. */
  add(side: 'before' | 'after', row: Buffer, key: Buffer | null): boolean {
    if (this.rows.full && !this.rows.makeRoom(isOpen, this.maxRows)) return false;
    this.row.take(row);
    this.key.take(key ?? row);
    const at = this.rows.slot(this.row.words);
    const { words } = this.rows;
    words.set(this.key.words, at);
    // Wraps around below zero; read as a signed number.
    words[at + KEY_WORDS] = (words[at + KEY_WORDS] ?? 0) + (side === 'before' ? 1 : -1);
    return true;
  }

  figures(): RowFigures {
    const keys = new DigestTable(KEY_WORDS, 2, this.rows.size);
    for (const at of this.rows.values()) {
      const surplus = (this.rows.words[at + KEY_WORDS] ?? 0) | 0;
      if (surplus === 0) continue;
      const side = keys.slot(this.rows.words.subarray(at, at + KEY_WORDS)) + (surplus > 0 ? 0 : 1);
      keys.words[side] = (keys.words[side] ?? 0) + Math.abs(surplus);
    }
    const figures: RowFigures = { added: 0, removed: 0, changed: 0 };
    for (const at of keys.values()) {
      const before = keys.words[at] ?? 0;
      const after = keys.words[at + 1] ?? 0;
      const changed = Math.min(before, after);
      figures.changed += changed;
      figures.removed += before - changed;
      figures.added += after - changed;
    }
    return figures;
  }
}
