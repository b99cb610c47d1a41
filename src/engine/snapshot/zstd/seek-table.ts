import { seekTableDamaged } from './damage.js';
import {
  SEEK_TABLE_FOOTER_BYTES,
  SEEK_TABLE_FOOTER_MAGIC,
  SEEK_TABLE_SKIPPABLE_MAGIC,
  SKIPPABLE_HEADER_BYTES,
} from './layout.js';

/** Where one frame is in its bundle. */
export interface FrameSpan {
  /** First byte of the frame in the bundle. */
  offset: number;
  /** Bytes of the frame in the bundle. */
  compressedSize: number;
  /** Bytes it decompresses to. */
  size: number;
}

export interface SeekTable {
  frames: FrameSpan[];
  /** Bytes of the table itself, the last bytes of the bundle. */
  tableSize: number;
}

const ENTRY_BYTES = 8;
const CHECKSUM_FLAG = 0x80;
const RESERVED_BITS = 0x7c;

/** Collects the sizes of frames in order, 8 bytes each, and writes the seek table (Zstandard seekable format 0.1.0). */
export class SeekTableBuilder {
  private entries = Buffer.alloc(1024 * ENTRY_BYTES);
  private used = 0;

  get frames(): number {
    return this.used / ENTRY_BYTES;
  }

  add(compressedSize: number, size: number): void {
    if (this.used === this.entries.length) {
      const grown = Buffer.alloc(this.entries.length * 2);
      this.entries.copy(grown);
      this.entries = grown;
    }
    this.entries.writeUInt32LE(compressedSize, this.used);
    this.entries.writeUInt32LE(size, this.used + 4);
    this.used += ENTRY_BYTES;
  }

  /** The skippable frame to append to the bundle. */
  encode(): Buffer {
    const header = Buffer.alloc(SKIPPABLE_HEADER_BYTES);
    header.writeUInt32LE(SEEK_TABLE_SKIPPABLE_MAGIC, 0);
    header.writeUInt32LE(this.used + SEEK_TABLE_FOOTER_BYTES, 4);
    const footer = Buffer.alloc(SEEK_TABLE_FOOTER_BYTES);
    footer.writeUInt32LE(this.frames, 0);
    footer.writeUInt32LE(SEEK_TABLE_FOOTER_MAGIC, 5);
    return Buffer.concat([header, this.entries.subarray(0, this.used), footer]);
  }
}

function readFooter(tail: Buffer): { frames: number; entryBytes: number; tableSize: number } {
  if (tail.length < SEEK_TABLE_FOOTER_BYTES) throw seekTableDamaged('it is cut off');
  const footer = tail.subarray(tail.length - SEEK_TABLE_FOOTER_BYTES);
  if (footer.readUInt32LE(5) !== SEEK_TABLE_FOOTER_MAGIC) throw seekTableDamaged('its last bytes are not a seek table');
  const descriptor = footer.readUInt8(4);
  if ((descriptor & RESERVED_BITS) !== 0) throw seekTableDamaged('it has unknown flags');
  const frames = footer.readUInt32LE(0);
  const entryBytes = (descriptor & CHECKSUM_FLAG) === 0 ? ENTRY_BYTES : ENTRY_BYTES + 4;
  return { frames, entryBytes, tableSize: SKIPPABLE_HEADER_BYTES + frames * entryBytes + SEEK_TABLE_FOOTER_BYTES };
}

/**
 * How many bytes at the bundle's end the seek table takes, told by the last 9 bytes (more may be given).
 * Throws SEEK_TABLE_DAMAGED.
 */
export function seekTableSize(tail: Buffer): number {
  return readFooter(tail).tableSize;
}

/**
 * Reads the seek table out of the last bytes of a bundle; `tail` must hold at least `seekTableSize` of them.
 * Throws SEEK_TABLE_DAMAGED.
 */
export function parseSeekTable(tail: Buffer): SeekTable {
  const { frames: count, entryBytes, tableSize } = readFooter(tail);
  if (tail.length < tableSize)
    throw seekTableDamaged(`it needs ${tableSize} bytes, the bundle's tail has ${tail.length}`);
  const table = tail.subarray(tail.length - tableSize);
  if (table.readUInt32LE(0) !== SEEK_TABLE_SKIPPABLE_MAGIC) throw seekTableDamaged('its first bytes are wrong');
  if (table.readUInt32LE(4) !== tableSize - SKIPPABLE_HEADER_BYTES) throw seekTableDamaged('its size is wrong');
  const frames: FrameSpan[] = [];
  let offset = 0;
  for (let i = 0; i < count; i += 1) {
    const at = SKIPPABLE_HEADER_BYTES + i * entryBytes;
    const compressedSize = table.readUInt32LE(at);
    frames.push({ offset, compressedSize, size: table.readUInt32LE(at + 4) });
    offset += compressedSize;
  }
  return { frames, tableSize };
}
