import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { cancelledError } from '../../common/errors/index.js';

const CHUNK_BYTES = 256 * 1024;

/** A lazy stream of bytes `[offset, end)` of an open file. Closes the file when it ends or is destroyed. */
export class FileRangeStream extends Readable {
  #position: number;
  readonly #stop: () => void;

  constructor(
    private readonly file: FileHandle,
    range: { offset: number; end: number },
    private readonly translateError: (error: unknown) => unknown,
    private readonly signal: AbortSignal | undefined,
  ) {
    super({ highWaterMark: CHUNK_BYTES });
    this.#position = range.offset;
    this.end = range.end;
    this.#stop = () => this.destroy(cancelledError());
    if (signal?.aborted === true) process.nextTick(this.#stop);
    else signal?.addEventListener('abort', this.#stop, { once: true });
  }

  private readonly end: number;

  override _read(): void {
    const wanted = Math.min(CHUNK_BYTES, this.end - this.#position);
    if (wanted <= 0) {
      this.push(null);
      return;
    }
    void this.#readChunk(wanted);
  }

  async #readChunk(wanted: number): Promise<void> {
    try {
      const { bytesRead, buffer } = await this.file.read(Buffer.allocUnsafe(wanted), 0, wanted, this.#position);
      if (this.destroyed) return;
      this.#position += bytesRead;
      this.push(bytesRead === 0 ? null : buffer.subarray(0, bytesRead));
    } catch (error) {
      this.destroy(asError(this.translateError(error)));
    }
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.signal?.removeEventListener('abort', this.#stop);
    void this.#close(error, callback);
  }

  async #close(error: Error | null, done: (error?: Error | null) => void): Promise<void> {
    let result = error;
    try {
      await this.file.close();
    } catch (closeError) {
      result ??= asError(closeError);
    }
    done(result);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
