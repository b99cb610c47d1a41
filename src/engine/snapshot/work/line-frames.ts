import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { freeBuffer, grown } from '../../native/free-buffer.js';
import { compressFrame, decompressFramesAsync, DEFAULT_LEVEL, frameDamaged, splitFrames } from '../zstd/index.js';
import { translateFull } from './disk-space.js';
import { linesOf } from './lines.js';

/** Text of one frame; a few hundred KiB compressed. */
const FRAME_TEXT_BYTES = 2 * 1024 * 1024;
const MAX_LINE_BYTES = 64 * 1024 * 1024;
const EMPTY = Buffer.alloc(0);
const READ_BYTES = 256 * 1024;
const NEWLINE = 0x0a;
/** Of one UTF-16 unit. */
const MAX_UTF8_BYTES = 3;
/** Many of these files stay small. */
const FIRST_TEXT_BYTES = 16 * 1024;

export interface LineFrameWriterOptions {
  level?: number;
  /** Text that makes a frame full; default 2 MiB. */
  frameTextBytes?: number;
  /** Sees every compressed byte in order (for a checksum of the file). */
  onBytes?: (bytes: Buffer) => void;
}

/**
 * Writes JSON values as NDJSON in independent zstd frames, holding one frame at a time. Files of the same kind can be
 * joined by joining their bytes. Push, and flush when `full`; durable after `finish`. A full disk is DISK_FULL.
 */
export class LineFrameWriter {
  /** Text of the frame to be; null while it is being compressed. */
  private text: Buffer | null = null;
  private pending = 0;
  private written = 0;

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly options: LineFrameWriterOptions,
  ) {}

  /** Creates (or empties) the file. */
  static async create(path: string, options: LineFrameWriterOptions = {}): Promise<LineFrameWriter> {
    return new LineFrameWriter(path, await open(path, 'w', 0o600), options);
  }

  /** Compressed bytes in the file so far. */
  get bytes(): number {
    return this.written;
  }

  /** Whether enough is pending for a frame: call `flush`. */
  get full(): boolean {
    return this.pending >= this.frameTextBytes;
  }

  /** Bytes of text that are pending. */
  get pendingText(): number {
    return this.pending;
  }

  push(value: unknown): void {
    this.pushText(JSON.stringify(value));
  }

  /** As `push`, for a value that is JSON text already. */
  pushText(line: string): void {
    const text = this.room(line.length * MAX_UTF8_BYTES + 1);
    this.pending += text.write(line, this.pending);
    text[this.pending] = NEWLINE;
    this.pending += 1;
  }

  /** As `push`, for lines that are bytes already, each with its newline. */
  pushBytes(lines: Uint8Array): void {
    this.room(lines.length).set(lines, this.pending);
    this.pending += lines.length;
  }

  /** Writes what is pending as one frame. */
  async flush(): Promise<void> {
    const { text, pending } = this;
    if (text === null || pending === 0) return;
    this.text = null;
    this.pending = 0;
    const frame = await compressFrame(text.subarray(0, pending), this.options.level ?? DEFAULT_LEVEL);
    await this.append(frame);
    freeBuffer(frame);
    // What was pushed meanwhile is in a buffer of its own.
    if (this.text === null) this.text = text;
    else freeBuffer(text);
  }

  private get frameTextBytes(): number {
    return this.options.frameTextBytes ?? FRAME_TEXT_BYTES;
  }

  /** The pending text's buffer with room for so many bytes more. */
  private room(bytes: number): Buffer {
    this.text = grown(this.text ?? Buffer.allocUnsafeSlow(FIRST_TEXT_BYTES), this.pending, this.pending + bytes);
    return this.text;
  }

  /** Adds the frames of another file of this kind as they are. */
  async appendFile(path: string): Promise<void> {
    await this.flush();
    for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) await this.append(asBuffer(chunk));
  }

  /** Adds a frame that was compressed before (or a skippable one); flushes first. */
  async appendFrame(frame: Buffer): Promise<void> {
    await this.flush();
    await this.append(frame);
  }

  /** Flushes, makes it durable (unless told not to), closes. */
  async finish(durable = true): Promise<void> {
    try {
      await this.flush();
      if (durable) await this.file.sync();
    } catch (error) {
      throw await translateFull(error, dirname(this.path), null);
    } finally {
      await this.file.close();
    }
  }

  /** Closes without flushing; the caller removes the file. */
  async abandon(): Promise<void> {
    this.pending = 0;
    this.text = null;
    await this.file.close();
  }

  private async append(bytes: Buffer): Promise<void> {
    this.options.onBytes?.(bytes);
    try {
      await this.file.writeFile(bytes);
    } catch (error) {
      throw await translateFull(error, dirname(this.path), null);
    }
    this.written += bytes.length;
  }
}

function asBuffer(chunk: unknown): Buffer {
  if (chunk instanceof Buffer) return chunk;
  throw new TypeError('a byte stream gave something else');
}

/** The lines of NDJSON in zstd frames, as text without the newline. Throws FRAME_DAMAGED; a cut last line too. */
export async function* readLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const limits = { maxContentBytes: MAX_LINE_BYTES * 2 };
  let rest: Buffer = EMPTY;
  for await (const { frame, header } of splitFrames(source)) {
    if (header.skippable) continue;
    const content = await decompressFramesAsync(frame, limits);
    const text: Buffer = rest.length === 0 ? content : Buffer.concat([rest, content]);
    yield* linesOf(text);
    const from = text.lastIndexOf(NEWLINE) + 1;
    rest = from === text.length ? EMPTY : Buffer.from(text.subarray(from));
    if (rest.length > MAX_LINE_BYTES) throw frameDamaged('it holds a line that is too long');
    freeBuffer(content);
    freeBuffer(text);
  }
  if (rest.length > 0) throw frameDamaged('the last line is cut off');
}

/** The values in a file that LineFrameWriter made in the work folder, which is backupd's own: of the type that was pushed. */
export async function* readLineFile<T>(path: string): AsyncGenerator<T> {
  for await (const line of readLines(chunksOf(path))) {
    const value: T = JSON.parse(line);
    yield value;
  }
}

/** The text of such a file frame by frame, as bytes: whole lines. Only valid until the next is asked for. Throws FRAME_DAMAGED. */
export async function* readTextFrames(path: string): AsyncGenerator<Buffer> {
  const limits = { maxContentBytes: MAX_LINE_BYTES * 2 };
  for await (const { frame, header } of splitFrames(chunksOf(path))) {
    if (header.skippable) continue;
    const text = await decompressFramesAsync(frame, limits);
    if (text[text.length - 1] !== NEWLINE) throw frameDamaged('the last line is cut off');
    yield text;
    freeBuffer(text);
  }
}

/** The bytes of a file, read into one buffer again and again: each chunk is only valid until the next is asked for. */
async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    for (;;) {
      // eslint-disable-next-line no-await-in-loop -- one chunk after the other
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) break;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
