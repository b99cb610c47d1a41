const QUOTE = 0x27;
const BACKSLASH = 0x5c;
const CLOSE = 0x29;
const COMMA = 0x2c;

const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;
/** Of a row without a key so many bytes are looked at: enough to tell rows apart. */
const KEYLESS_BYTES = 4096;

/** Hashes what identifies a row `(1,'text',NULL)` of a table: the literals of its primary key, or else the row itself. */
export class RowKey {
  private readonly positions: readonly number[];

  /** `positions`: of the key's columns among a row's values, from 0; none for a table without a key. */
  constructor(positions: readonly number[]) {
    this.positions = positions.toSorted((a, b) => a - b);
  }

  /** The key of rows inserted into `columns`; of the whole row when a column of the key is not among them. */
  static of(columns: readonly string[], key: readonly string[]): RowKey {
    const positions = key.map((name) => columns.indexOf(name));
    return new RowKey(positions.includes(-1) ? [] : positions);
  }

  /** An evenly spread number below 2^32 for the row in `data[start, end)`. */
  hash(data: Buffer, start: number, end: number): number {
    const { positions } = this;
    if (positions.length === 0) return spread(mix(OFFSET_BASIS, data, start, Math.min(end, start + KEYLESS_BYTES)));
    let hash = OFFSET_BASIS;
    let at = start + 1;
    let column = 0;
    for (let i = 0; i < positions.length; i += 1) {
      const wanted = positions[i] ?? 0;
      for (; column < wanted; column += 1) at = valueEnd(data, at, end) + 1;
      const valueAt = at;
      at = valueEnd(data, at, end);
      // With the byte behind it, so that ('a','bc') is not ('ab','c').
      hash = mix(hash, data, valueAt, at + 1);
    }
    return spread(hash);
  }
}

/** FNV-1a over a range. */
function mix(from: number, data: Buffer, start: number, end: number): number {
  let hash = from;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (data[at] ?? 0), PRIME);
  return hash;
}

/** Brings every bit into every other one (MurmurHash3's finalizer). */
function spread(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Offset of the `,` or `)` that ends the value beginning at `start`. */
function valueEnd(data: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = data[at];
    if (byte === COMMA || byte === CLOSE) return at;
    at = byte === QUOTE ? afterText(data, at + 1, end) : at + 1;
  }
  return end;
}

function afterText(data: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = data[at];
    if (byte === QUOTE) return at + 1;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return end;
}
