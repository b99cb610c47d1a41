import { randomUUID } from 'node:crypto';
import { closeSync, constants, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import type { DirectoryHandle } from '../../native/directory.js';

/** Records of a usual site stay in memory. */
const KEPT_BYTES = 2 * 1024 * 1024;
const READ_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/**
 * Records of text without line ends, read again in the order they came: in memory, beyond a little of it in a file without a
 * name. Gone when it is closed, or with the process.
 */
export class Spool {
  #kept: string[] = [];
  #keptBytes = 0;
  #fd: number | null = null;
  #end = 0;

  /** The folder is used when the records outgrow the memory; nobody else may be able to enter it. */
  constructor(private readonly folder: DirectoryHandle) {}

  append(record: string): void {
    this.#kept.push(record);
    this.#keptBytes += record.length;
    if (this.#keptBytes >= KEPT_BYTES) this.#write();
  }

  *all(): Generator<string> {
    yield* this.#written();
    yield* this.#kept;
  }

  close(): void {
    this.#kept = [];
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #write(): void {
    const fd = this.#file();
    const bytes = Buffer.from(`${this.#kept.join('\n')}\n`);
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, this.#end + done);
    this.#end += bytes.length;
    this.#kept = [];
    this.#keptBytes = 0;
  }

  *#written(): Generator<string> {
    if (this.#end === 0) return;
    const fd = this.#file();
    let rest: Buffer = Buffer.alloc(0);
    for (let at = 0; at < this.#end;) {
      const bytes = Buffer.allocUnsafe(rest.length + Math.min(READ_BYTES, this.#end - at));
      rest.copy(bytes);
      const got = readSync(fd, bytes, rest.length, bytes.length - rest.length, at);
      if (got === 0) throw new Error('a spool was cut off');
      at += got;
      const known = bytes.subarray(0, rest.length + got);
      let from = 0;
      for (let end = known.indexOf(NEWLINE); end >= 0; end = known.indexOf(NEWLINE, from)) {
        yield known.toString('utf8', from, end);
        from = end + 1;
      }
      rest = known.subarray(from);
    }
  }

  #file(): number {
    if (this.#fd !== null) return this.#fd;
    const path = this.folder.path(`.backupd-spool-${randomUUID()}`);
    this.#fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
    unlinkSync(path);
    return this.#fd;
  }
}
