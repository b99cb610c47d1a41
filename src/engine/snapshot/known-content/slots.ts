/** One slot: hash low, hash high (32 bits each), place + 1 of the record as two 32-bit words. */
const WORDS = 4;
const SLOT_BYTES = 16;
/** Slots filled at most: with 0.6, an entry takes about 27 bytes and a lookup looks at two or three slots. */
const FILL = 0.6;
const MIN_SLOTS = 64;

/**
 * An open-addressing table from a 64-bit hash to a place in a file, in memory that threads share. Filled by one thread,
 * then only read.
 */
export class SlotTable {
  private readonly words: Uint32Array;
  readonly slots: number;

  constructor(readonly shared: SharedArrayBuffer) {
    this.words = new Uint32Array(shared);
    this.slots = shared.byteLength / SLOT_BYTES;
  }

  static forEntries(expected: number): SlotTable {
    const slots = Math.max(MIN_SLOTS, Math.ceil(expected / FILL));
    return new SlotTable(new SharedArrayBuffer(slots * SLOT_BYTES));
  }

  /** Whether so many entries are as many as it should hold. */
  isFull(entries: number): boolean {
    return entries >= this.slots * FILL;
  }

  insert(low: number, high: number, place: number): void {
    let at = this.home(low);
    while (this.placeAt(at) !== null) at = at + 1 === this.slots ? 0 : at + 1;
    const word = at * WORDS;
    this.words[word] = low;
    this.words[word + 1] = high;
    this.words[word + 2] = (place + 1) % 2 ** 32;
    this.words[word + 3] = Math.floor((place + 1) / 2 ** 32);
  }

  /** Calls `test` with the place of each entry of that hash, until it answers true. */
  find(low: number, high: number, test: (place: number) => boolean): boolean {
    for (let at = this.home(low); ; at = at + 1 === this.slots ? 0 : at + 1) {
      const place = this.placeAt(at);
      if (place === null) return false;
      if (this.words[at * WORDS] === low && this.words[at * WORDS + 1] === high && test(place)) return true;
    }
  }

  /** A table of at least double the size with the same entries. */
  grown(): SlotTable {
    const larger = new SlotTable(new SharedArrayBuffer(this.slots * 2 * SLOT_BYTES));
    for (let at = 0; at < this.slots; at += 1) {
      const place = this.placeAt(at);
      if (place !== null) larger.insert(this.words[at * WORDS] ?? 0, this.words[at * WORDS + 1] ?? 0, place);
    }
    return larger;
  }

  private home(low: number): number {
    return low % this.slots;
  }

  private placeAt(at: number): number | null {
    const word = at * WORDS;
    const place = (this.words[word + 2] ?? 0) + (this.words[word + 3] ?? 0) * 2 ** 32;
    return place === 0 ? null : place - 1;
  }
}
