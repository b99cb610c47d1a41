import { randomUUID } from 'node:crypto';
import { closeSync, constants, createReadStream, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const MIB = 1024 * 1024;
const FIRST = 64 * 1024;
/** Buffers that wait to be used again: as many pieces are finished at a time. */
const SPARES = 16;
/** A larger one is given back to the system. */
const KEPT = MIB;

/** Bytes that are finished: in memory, or in a file of the work folder. Give the content away once. */
export type SpilledContent = {
  size: number;
  /** To be called once when the content is no longer used: removes its file, or gives its memory back. */
  dispose(): void;
} & ({ path: null; content: Uint8Array } | { path: string; content: AsyncIterable<Uint8Array> });

/**
 * Collects bytes of unknown number in bounded memory: small content stays in memory, larger content goes on to a
 * file. A single row of a table can be hundreds of megabytes, and a member's size must be known before it is written.
 */
export class SpillBuffer {
  private memory: Buffer = Buffer.allocUnsafeSlow(FIRST);
  private readonly spares: Buffer[] = [];
  private inMemory = 0;
  private file: { fd: number; path: string } | null = null;
  private total = 0;

  /** Beyond `limit` bytes the content moves to a file in `folder`. */
  constructor(
    private readonly folder: string,
    private readonly limit: number = 8 * MIB,
  ) {}

  get size(): number {
    return this.total;
  }

  append(bytes: Uint8Array): void {
    this.total += bytes.length;
    if (this.inMemory + bytes.length > this.limit) {
      this.flush();
      if (bytes.length >= this.limit) {
        this.write(bytes);
        return;
      }
    }
    if (this.inMemory + bytes.length > this.memory.length) this.grow(this.inMemory + bytes.length);
    this.memory.set(bytes, this.inMemory);
    this.inMemory += bytes.length;
  }

  /** Hands the content over; the buffer is empty afterwards and can be used again. */
  take(): SpilledContent {
    const size = this.total;
    this.total = 0;
    if (this.file) this.flush();
    const file = this.file;
    if (file) {
      closeSync(file.fd);
      this.file = null;
      return {
        size,
        path: file.path,
        // Opened only by who reads it: another thread may get the path.
        get content() {
          return createReadStream(file.path, { highWaterMark: MIB });
        },
        dispose: () => rmSync(file.path, { force: true }),
      };
    }
    const { memory } = this;
    const content = memory.subarray(0, this.inMemory);
    this.memory = this.spares.pop() ?? Buffer.allocUnsafeSlow(FIRST);
    this.inMemory = 0;
    const dispose = (): void => {
      // Memory allocated anew for each piece would keep the garbage collector busy.
      if (this.spares.length < SPARES && memory.length <= KEPT) this.spares.push(memory);
    };
    return { size, path: null, content, dispose };
  }

  /** Throws the content away. */
  discard(): void {
    this.total = 0;
    this.inMemory = 0;
    if (!this.file) return;
    closeSync(this.file.fd);
    rmSync(this.file.path, { force: true });
    this.file = null;
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(this.limit, Math.max(needed, this.memory.length * 4)));
    this.memory.copy(larger, 0, 0, this.inMemory);
    this.memory = larger;
  }

  private flush(): void {
    if (this.inMemory > 0) this.write(this.memory.subarray(0, this.inMemory));
    this.inMemory = 0;
  }

  private write(bytes: Uint8Array): void {
    if (!this.file) {
      const path = join(this.folder, `piece-${randomUUID()}`);
      this.file = { path, fd: openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600) };
    }
    let done = 0;
    while (done < bytes.length) done += writeSync(this.file.fd, bytes, done);
  }
}
