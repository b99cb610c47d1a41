import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { PosixError } from './posix.js';
import { libc } from './libc.js';

const cPipe2 = libc.func('int pipe2(_Out_ int *ends, int flags)');
const cFcntl = libc.func('int fcntl(int fd, int command, int value)');

const O_CLOEXEC = 0o2000000;
const F_SETPIPE_SZ = 1031;
/** Room in the kernel: a writer need not wait for each 64 KiB to be read. */
const PIPE_BYTES = 1024 * 1024;
const READ_BYTES = 256 * 1024;

/**
 * What a child process writes, read into one buffer over and over. (A stream of Node allocates a buffer for each 64 KiB; the
 * garbage of a large dump cost more than reading it.) Give `writeEnd` to the child as a descriptor, then call `childHasIt`.
 */
export class ChildOutput {
  readonly writeEnd: number;
  private isHanded = false;
  private readonly socket: Socket;
  private got: Buffer | null = null;
  private ended = false;
  private failure: Error | null = null;
  private wake: () => void = () => undefined;

  constructor() {
    const ends: [number, number] = [0, 0];
    if (cPipe2(ends, O_CLOEXEC) !== 0) throw new PosixError('pipe2');
    const [readEnd, writeEnd] = ends;
    this.writeEnd = writeEnd;
    cFcntl(readEnd, F_SETPIPE_SZ, PIPE_BYTES);
    const end = (): void => {
      this.ended = true;
      this.wake();
    };
    this.socket = new Socket({
      fd: readEnd,
      readable: true,
      writable: false,
      onread: {
        buffer: Buffer.allocUnsafeSlow(READ_BYTES),
        callback: (bytes, buffer) => {
          this.got = Buffer.from(buffer.buffer, buffer.byteOffset, bytes);
          this.wake();
          // Not before these bytes were used.
          return false;
        },
      },
    });
    this.socket.on('end', end);
    this.socket.on('close', end);
    this.socket.on('error', (error) => {
      this.failure = error;
      end();
    });
  }

  /** The child was started: from now on only it can write. */
  childHasIt(): void {
    if (!this.isHanded) closeSync(this.writeEnd);
    this.isHanded = true;
  }

  /** Everything up to the end. Each chunk is only valid until the next one is asked for. */
  async *chunks(): AsyncGenerator<Buffer> {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- one buffer
      while (this.got === null && !this.ended) await this.next();
      if (this.failure !== null) throw this.failure;
      if (this.got === null) return;
      const chunk = this.got;
      yield chunk;
      this.got = null;
      if (!this.ended) this.socket.resume();
    }
  }

  /** Reads no further. */
  destroy(): void {
    this.childHasIt();
    this.socket.destroy();
  }

  private async next(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      this.socket.resume();
    });
  }
}
