import { closeSync, constants, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import type { DirectoryHandle } from '../../native/directory.js';

const BLOCK_BYTES = 64 * 1024;
/** Blocks that are kept in memory: a spool of a usual site is never written to its file. */
const KEPT_BLOCKS = 256;
const HEAD_BYTES = 4;

/**
 * Records of text, appended and read again in any order, in a file without a name beyond what fits into a little memory.
 * Gone when it is closed, or with the process.
 */
export class Spool {
  /** Blocks by number, in the order of their last use; those that were never written out among them. */
  readonly #blocks = new Map<number, Buffer>();
  #written = 0;
  #fd: number | null = null;
  #end = 0;

  /** The folder is used when the records outgrow the memory; nobody else may be able to enter it. */
  constructor(private readonly folder: DirectoryHandle) {}

  /** Takes a record; what is returned gets it back. */
  append(record: string): number {
    const position = this.#end;
    const bytes = Buffer.allocUnsafe(HEAD_BYTES + Buffer.byteLength(record));
    bytes.writeUInt32LE(bytes.length - HEAD_BYTES);
    bytes.write(record, HEAD_BYTES);
    for (let done = 0; done < bytes.length;) {
      const within = this.#end % BLOCK_BYTES;
      const block = within === 0 ? this.#newBlock() : this.#block(Math.floor(this.#end / BLOCK_BYTES));
      const copied = bytes.copy(block, within, done);
      done += copied;
      this.#end += copied;
    }
    return position;
  }

  get(position: number): string {
    const length = this.#bytes(position, HEAD_BYTES).readUInt32LE();
    return this.#bytes(position + HEAD_BYTES, length).toString();
  }

  /** All records in the order they came. */
  *all(): Generator<string> {
    for (let position = 0; position < this.#end;) {
      const length = this.#bytes(position, HEAD_BYTES).readUInt32LE();
      yield this.#bytes(position + HEAD_BYTES, length).toString();
      position += HEAD_BYTES + length;
    }
  }

  close(): void {
    this.#blocks.clear();
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #bytes(position: number, length: number): Buffer {
    const within = position % BLOCK_BYTES;
    const first = this.#block(Math.floor(position / BLOCK_BYTES));
    if (within + length <= BLOCK_BYTES) return first.subarray(within, within + length);
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length;) {
      const at = position + done;
      done += this.#block(Math.floor(at / BLOCK_BYTES)).copy(bytes, done, at % BLOCK_BYTES);
    }
    return bytes;
  }

  #newBlock(): Buffer {
    this.#makeRoom();
    const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#blocks.set(Math.floor(this.#end / BLOCK_BYTES), block);
    return block;
  }

  #block(number: number): Buffer {
    const kept = this.#blocks.get(number);
    if (kept !== undefined) {
      this.#blocks.delete(number);
      this.#blocks.set(number, kept);
      return kept;
    }
    this.#makeRoom();
    const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    readSync(this.#file(), block, 0, BLOCK_BYTES, number * BLOCK_BYTES);
    this.#blocks.set(number, block);
    return block;
  }

  /** Lets the block go that was not used for the longest time; a new one is written to the file first. */
  #makeRoom(): void {
    if (this.#blocks.size < KEPT_BLOCKS) return;
    const last = Math.floor(this.#end / BLOCK_BYTES);
    for (const number of this.#blocks.keys()) {
      // The one that grows stays.
      if (number === last) continue;
      if (number >= this.#written) this.#writeUpTo(number);
      this.#blocks.delete(number);
      return;
    }
  }

  #writeUpTo(number: number): void {
    for (let next = this.#written; next <= number; next++) {
      const block = this.#blocks.get(next);
      if (block === undefined) throw new Error('a block of the spool is missing');
      for (let done = 0; done < BLOCK_BYTES;)
        done += writeSync(this.#file(), block, done, BLOCK_BYTES - done, next * BLOCK_BYTES + done);
    }
    this.#written = Math.max(this.#written, number + 1);
  }

  #file(): number {
    if (this.#fd === null) {
      const path = this.folder.path(`.spool-${randomUUID()}`);
      this.#fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
      unlinkSync(path);
    }
    return this.#fd;
  }
}
