import { Kind } from './columns.js';
import { LONGEST_PACKET, malformed, readLength, type Wire } from './wire.js';

const OPEN = 0x28;
const CLOSE = 0x29;
const COMMA = 0x2c;
const QUOTE = 0x27;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const ZERO = 0x30;
const LETTER_X = 0x78;
const NULL_MARK = 0xfb;

/** For each byte what stands behind the backslash; 0 for a byte that needs none. As mysql_real_escape_string has it. */
const ESCAPED = new Uint8Array(256);
for (const [byte, letter] of [
  [0x00, 0x30],
  [0x0a, 0x6e],
  [0x0d, 0x72],
  [0x1a, 0x5a],
  [0x22, 0x22],
  [QUOTE, QUOTE],
  [BACKSLASH, BACKSLASH],
] as const) {
  ESCAPED[byte] = letter;
}
const HEX = Buffer.from('0123456789ABCDEF');

/** As many bytes as a row of `columns` values in a packet of `length` bytes can take. */
export function longestRow(length: number, columns: number): number {
  return 2 * length + 4 * columns + 2;
}

/**
 * Writes the row in `data[from, end)` (a row of a text result) to `out` as `(1,'text',NULL)`, just as mariadb-dump and
 * mysqldump do with --hex-blob; gives where it ends. `out` has room for `longestRow`.
 */
export function renderRow(data: Buffer, from: number, end: number, kinds: Uint8Array, out: Buffer, to: number): number {
  let at = from;
  let o = to;
  out[o++] = OPEN;
  for (let i = 0; i < kinds.length; i += 1) {
    if (i > 0) out[o++] = COMMA;
    let length = data[at] ?? 0;
    if (length === NULL_MARK) {
      at += 1;
      o = writeNull(out, o);
      continue;
    }
    if (length < NULL_MARK) at += 1;
    else {
      const read = readLength(data, at);
      length = read.value;
      at = read.next;
    }
    const stop = at + length;
    if (stop > end) throw malformed('a value longer than its row');
    const kind = kinds[i];
    if (length === 0) {
      out[o++] = QUOTE;
      out[o++] = QUOTE;
    } else if (kind === Kind.text) {
      out[o++] = QUOTE;
      o = escape(data, at, stop, out, o);
      out[o++] = QUOTE;
    } else if (kind === Kind.number) {
      if (isWord(data, at)) o = writeNull(out, o);
      else for (let p = at; p < stop; p += 1) out[o++] = data[p] ?? 0;
    } else if (kind === Kind.hex) {
      out[o++] = ZERO;
      out[o++] = LETTER_X;
      o = hex(data, at, stop, out, o);
    } else {
      out[o++] = QUOTE;
      for (let p = at; p < stop; p += 1) out[o++] = data[p] ?? 0;
      out[o++] = QUOTE;
    }
    at = stop;
  }
  if (at !== end) throw malformed('a row with more values than columns');
  out[o++] = CLOSE;
  return o;
}

/**
 * The same for a row too long for memory, in a packet of `length` bytes that begins at the wire's position, and those that it
 * goes on in. Hands it on in parts, which are only valid during the call.
 */
export function renderLongRow(
  wire: Wire,
  length: number,
  kinds: Uint8Array,
  out: Buffer,
  part: (bytes: Buffer, last: boolean) => void,
): void {
  const payload = new Payload(wire, length);
  let o = 0;
  const room = (bytes: number): void => {
    if (out.length - o >= bytes) return;
    part(out.subarray(0, o), false);
    o = 0;
  };
  out[o++] = OPEN;
  for (let i = 0; i < kinds.length; i += 1) {
    room(8);
    if (i > 0) out[o++] = COMMA;
    let left = payload.length();
    if (left < 0) {
      o = writeNull(out, o);
      continue;
    }
    const kind = left === 0 ? Kind.text : kinds[i];
    let isFirst = true;
    if (kind === Kind.text || kind === Kind.decimal) out[o++] = QUOTE;
    if (kind === Kind.hex) {
      out[o++] = ZERO;
      out[o++] = LETTER_X;
    }
    while (left > 0) {
      const chunk = payload.take(Math.min(left, out.length >>> 2));
      left -= chunk.length;
      room(chunk.length * 2 + 8);
      if (kind === Kind.text) o = escape(chunk, 0, chunk.length, out, o);
      else if (kind === Kind.hex) o = hex(chunk, 0, chunk.length, out, o);
      else if (kind === Kind.number && isFirst && isWord(chunk, 0)) {
        payload.skip(left);
        left = 0;
        o = writeNull(out, o);
      } else o += chunk.copy(out, o);
      isFirst = false;
    }
    if (kind === Kind.text || kind === Kind.decimal) out[o++] = QUOTE;
  }
  payload.expectEnd();
  room(1);
  out[o++] = CLOSE;
  part(out.subarray(0, o), true);
}

function escape(data: Buffer, from: number, to: number, out: Buffer, o: number): number {
  let at = o;
  for (let p = from; p < to; p += 1) {
    const byte = data[p] ?? 0;
    const letter = ESCAPED[byte] ?? 0;
    if (letter === 0) out[at++] = byte;
    else {
      out[at++] = BACKSLASH;
      out[at++] = letter;
    }
  }
  return at;
}

function hex(data: Buffer, from: number, to: number, out: Buffer, o: number): number {
  let at = o;
  for (let p = from; p < to; p += 1) {
    const byte = data[p] ?? 0;
    out[at++] = HEX[byte >>> 4] ?? 0;
    out[at++] = HEX[byte & 15] ?? 0;
  }
  return at;
}

function writeNull(out: Buffer, o: number): number {
  out[o] = 0x4e;
  out[o + 1] = 0x55;
  out[o + 2] = 0x4c;
  out[o + 3] = 0x4c;
  return o + 4;
}

/** `nan`, `inf`, `-inf`: no literal says them. */
function isWord(data: Buffer, at: number): boolean {
  const first = data[at] ?? 0;
  return isLetter(first === MINUS ? (data[at + 1] ?? 0) : first);
}

function isLetter(byte: number): boolean {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
}

/** The bytes of a row that is spread over packets. */
class Payload {
  private goesOn: boolean;

  constructor(
    private readonly wire: Wire,
    private left: number,
  ) {
    this.goesOn = left === LONGEST_PACKET;
  }

  /** A length as the protocol writes it, or -1 for NULL. */
  length(): number {
    const first = this.byte();
    const more = first < NULL_MARK ? 0 : first === NULL_MARK ? 0 : first === 0xfc ? 2 : first === 0xfd ? 3 : 8;
    const bytes = Buffer.alloc(9);
    bytes[0] = first;
    for (let i = 1; i <= more; i += 1) bytes[i] = this.byte();
    return readLength(bytes, 0).value;
  }

  /** At least one and at most `most` bytes; valid until the next call. */
  take(most: number): Buffer {
    this.nextPacket();
    if (this.left === 0) throw malformed('a row that ends within a value');
    this.wire.more();
    const { data, at, end } = this.wire;
    const count = Math.min(most, this.left, end - at);
    this.wire.at += count;
    this.left -= count;
    return data.subarray(at, at + count);
  }

  skip(count: number): void {
    for (let left = count; left > 0;) left -= this.take(left).length;
  }

  expectEnd(): void {
    this.nextPacket();
    if (this.left > 0) throw malformed('a row with more values than columns');
  }

  private byte(): number {
    return this.take(1)[0] ?? 0;
  }

  private nextPacket(): void {
    while (this.left === 0 && this.goesOn) {
      this.left = this.wire.header();
      this.goesOn = this.left === LONGEST_PACKET;
    }
  }
}
