const MIN_SLOTS = 1024;
/** Slots filled at most: then a lookup looks at two or three of them. */
const FILL = 0.6;
/** Of these: above it there is too little room for what comes next. */
const CROWDED = 0.8;

/**
 * Numbers by digest, in flat memory: an open-addressing table whose slots hold `idWords` words of a digest and `valueWords`
 * of what is known of it, 4 bytes each. Digests are taken as they are: an id of all zeros does not exist.
 */
export class DigestTable {
  /** The slots; `slot` and `find` say where the values of an id are, until the next `makeRoom`. */
  words: Uint32Array;
  private slots: number;
  private used = 0;
  private readonly stride: number;

  constructor(
    private readonly idWords: number,
    valueWords: number,
    expected = 0,
  ) {
    this.stride = idWords + valueWords;
    this.slots = Math.max(MIN_SLOTS, Math.ceil(expected / FILL) + 1);
    this.words = new Uint32Array(this.slots * this.stride);
  }

  get size(): number {
    return this.used;
  }

  /** Whether `makeRoom` must come before the next new id. */
  get full(): boolean {
    return this.used >= this.slots * FILL;
  }

  /** Offset in `words` of the values of an id, all 0 when it is new. */
  slot(id: Uint32Array): number {
    const at = this.seek(id);
    if (this.isFree(this.words, at)) {
      this.words.set(id.subarray(0, this.idWords), at);
      this.used += 1;
    }
    return at + this.idWords;
  }

  /** Offset in `words` of the values of an id; -1 when it is not there. */
  find(id: Uint32Array): number {
    const at = this.seek(id);
    return this.isFree(this.words, at) ? -1 : at + this.idWords;
  }

  /** Offsets of the values of all ids. */
  *values(): Generator<number> {
    const { words } = this;
    for (let at = 0; at < words.length; at += this.stride) if (!this.isFree(words, at)) yield at + this.idWords;
  }

  /** Drops what need not be kept; grows when that does not make enough room. False, and nothing done, beyond `most` ids. */
  makeRoom(isKept: (words: Uint32Array, at: number) => boolean = () => true, most = Number.POSITIVE_INFINITY): boolean {
    const old = this.words;
    let kept = 0;
    for (const at of this.values()) if (isKept(old, at)) kept += 1;
    if (kept > most) return false;
    if (kept > this.slots * FILL * CROWDED) this.slots *= 2;
    this.words = new Uint32Array(this.slots * this.stride);
    this.used = 0;
    for (let id = 0; id < old.length; id += this.stride) {
      const at = id + this.idWords;
      if (this.isFree(old, id) || !isKept(old, at)) continue;
      this.words.set(old.subarray(at, id + this.stride), this.slot(old.subarray(id, at)));
    }
    return true;
  }

  /** Where an id is, or the free slot where it would be. */
  private seek(id: Uint32Array): number {
    const { words, idWords, stride } = this;
    let at = ((id[0] ?? 0) % this.slots) * stride;
    for (;;) {
      let i = 0;
      while (i < idWords && words[at + i] === id[i]) i += 1;
      if (i === idWords || this.isFree(words, at)) return at;
      at = at + stride === words.length ? 0 : at + stride;
    }
  }

  private isFree(words: Uint32Array, at: number): boolean {
    for (let i = 0; i < this.idWords; i += 1) if (words[at + i] !== 0) return false;
    return true;
  }
}

/** A digest's first bytes as words, in memory that is used again. */
export class DigestWords {
  readonly words: Uint32Array;
  private readonly bytes: Buffer;

  constructor(words: number) {
    this.words = new Uint32Array(words);
    this.bytes = Buffer.from(this.words.buffer);
  }

  /** Takes the digest; from `at` words on, when it is the second of two. */
  take(digest: Buffer, at = 0, words = this.words.length - at): void {
    digest.copy(this.bytes, at * 4, 0, words * 4);
  }

  takeHex(digest: string): void {
    this.bytes.write(digest, 'hex');
  }
}
