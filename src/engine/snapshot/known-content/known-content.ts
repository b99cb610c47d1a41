import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { ContentLocation } from '../manifest/index.js';
import { encodeRecord, RECORD_HEADER_BYTES, recordIs, recordLocation, recordNameLength } from './record.js';
import { SlotTable } from './slots.js';
import type { SharedKnownContent } from './types.js';

const WRITE_BYTES = 256 * 1024;
/** Pieces of a dump are looked up in the order in which the records stand: most finds then read nothing. */
const WINDOW_BYTES = 32 * 1024;

/**
 * Collects what content is stored already, by SHA-256 and stored size: about 27 bytes of memory an entry, the rest in a file
 * of the work folder (not durable: made anew after a restart). Synchronous. `finish` or `abandon` it.
 */
export class KnownContentBuilder {
  private table: SlotTable;
  private entries = 0;
  private written = 0;
  private pending: Buffer[] = [];
  private pendingBytes = 0;

  private constructor(
    private readonly recordPath: string,
    private readonly fd: number,
    expected: number,
  ) {
    this.table = SlotTable.forEntries(expected);
  }

  /** `expected` entries are made room for; more than that only costs a copy of the table. */
  static create(recordPath: string, expected: number): KnownContentBuilder {
    return new KnownContentBuilder(recordPath, openSync(recordPath, 'w', 0o600), expected);
  }

  /** The location must say which `member` holds the content; the first one of the same content counts. */
  add(sha256Hex: string, size: number, location: ContentLocation): void {
    const sha256 = Buffer.from(sha256Hex, 'hex');
    const record = encodeRecord({ sha256, size, location });
    if (record === null || sha256.length !== 32) return;
    if (this.table.isFull(this.entries)) this.table = this.table.grown();
    this.table.insert(sha256.readUInt32LE(0), sha256.readUInt32LE(4), this.written + this.pendingBytes);
    this.entries += 1;
    this.pending.push(record);
    this.pendingBytes += record.length;
    if (this.pendingBytes >= WRITE_BYTES) this.write();
  }

  /**
   * What is there so far and what comes: entries can be found after the `flush` that follows them. No more than the expected ones may be
   * added then.
   */
  growing(): SharedKnownContent {
    return { slots: this.table.shared, recordPath: this.recordPath, entries: this.entries };
  }

  /** Makes all entries so far ones that can be found. */
  flush(): void {
    if (this.pendingBytes > 0) this.write();
  }

  finish(): SharedKnownContent {
    try {
      this.write();
    } finally {
      closeSync(this.fd);
    }
    return { slots: this.table.shared, recordPath: this.recordPath, entries: this.entries };
  }

  /** Closes; the caller removes the file, or leaves it to the work folder. */
  abandon(): void {
    closeSync(this.fd);
  }

  private write(): void {
    const bytes = Buffer.concat(this.pending);
    for (let done = 0; done < bytes.length;) done += writeSync(this.fd, bytes, done);
    this.written += bytes.length;
    this.pending = [];
    this.pendingBytes = 0;
  }
}

/** Finds stored content again, in any thread. Synchronous; a find that fails costs hardly ever a system call. Close it. */
export class KnownContent {
  private readonly table: SlotTable;
  private readonly fd: number;
  private readonly window = Buffer.allocUnsafeSlow(WINDOW_BYTES);
  /** What of the file is in the window. */
  private windowStart = 0;
  private windowEnd = 0;

  constructor(shared: SharedKnownContent) {
    this.table = new SlotTable(shared.slots);
    this.fd = openSync(shared.recordPath, 'r');
  }

  /** Where this content is stored, with the name of the member that holds it, or null. The whole SHA-256 is compared. */
  find(sha256Hex: string, size: number): ContentLocation | null {
    const sha256 = Buffer.from(sha256Hex, 'hex');
    if (sha256.length !== 32) return null;
    let found: ContentLocation | null = null;
    this.table.find(sha256.readUInt32LE(0), sha256.readUInt32LE(4), (place) => {
      const header = this.bytes(place, RECORD_HEADER_BYTES);
      if (header === null || !recordIs(header, sha256, size)) return false;
      const record = this.bytes(place, RECORD_HEADER_BYTES + recordNameLength(header));
      if (record === null) return false;
      found = recordLocation(record, record.subarray(RECORD_HEADER_BYTES));
      return true;
    });
    return found;
  }

  /** Bytes of the record file, valid until the next call; null beyond its end. */
  private bytes(from: number, count: number): Buffer | null {
    if (count > WINDOW_BYTES) {
      const long = Buffer.alloc(count);
      return readSync(this.fd, long, 0, count, from) < count ? null : long;
    }
    if (from < this.windowStart || from + count > this.windowEnd) {
      this.windowStart = from;
      this.windowEnd = from + readSync(this.fd, this.window, 0, WINDOW_BYTES, from);
    }
    if (from + count > this.windowEnd) return null;
    return this.window.subarray(from - this.windowStart, from - this.windowStart + count);
  }

  close(): void {
    closeSync(this.fd);
  }
}
