import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cancelledError, errnoOf } from '../../common/errors/index.js';
import { partLength } from './node-runs.errors.js';

/**
 * A part takes less than the five minutes after which an HTTP server gives a request up, also at a quarter of a megabit a second; and an
 * object of any size has no more than 10,000 of them.
 */
const PART_BYTES = 8 * 1024 * 1024;
const MAX_PARTS = 10_000;
const MIB = 1024 * 1024;

/** Where the object's parts begin and end: a function of its size. */
export class PartPlan {
  readonly partBytes: number;
  readonly count: number;

  constructor(readonly size: number) {
    this.partBytes = Math.max(PART_BYTES, Math.ceil(size / MAX_PARTS / MIB) * MIB);
    this.count = Math.ceil(size / this.partBytes);
  }

  /** How many whole parts a file of so many bytes has. */
  wholeParts(bytes: number): number {
    return bytes >= this.size ? this.count : Math.floor(bytes / this.partBytes);
  }

  offset(number: number): number {
    return (number - 1) * this.partBytes;
  }

  length(number: number): number {
    return Math.min(this.partBytes, this.size - this.offset(number));
  }
}

/** Bytes of the file; null when there is no such file (a link is none). */
export async function sizeOfFile(path: string): Promise<number | null> {
  try {
    const facts = await lstat(path);
    return facts.isFile() ? facts.size : null;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Opens the file, which must be there, for reading and writing. */
export async function openFile(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDWR | constants.O_NOFOLLOW);
}

/**
 * Writes the body as this part. What is not exactly as long as the part leaves nothing. Error: NODE_PART_LENGTH, also when the
 * connection is cut.
 */
export async function writePart(file: FileHandle, plan: PartPlan, number: number, body: Readable): Promise<void> {
  const start = plan.offset(number);
  const wanted = plan.length(number);
  let taken = 0;
  try {
    await file.truncate(start);
    // A body that is not read to its end is not destroyed: its connection has the answer to bring.
    const chunks: AsyncIterable<Buffer> = body.iterator({ destroyOnReturn: false });
    for await (const chunk of chunks) {
      if (taken + chunk.length > wanted) throw partLength(number, wanted, taken + chunk.length);
      for (let at = 0; at < chunk.length;) {
        const { bytesWritten } = await file.write(chunk, at, chunk.length - at, start + taken + at);
        at += bytesWritten;
      }
      taken += chunk.length;
    }
    if (taken < wanted) throw partLength(number, wanted, taken);
  } catch (error) {
    await file.truncate(start);
    throw isCut(error) ? partLength(number, wanted, taken) : error;
  }
}

/** SHA-256 of the file's bytes, hex, in bounded memory. Error: JOB_CANCELLED. */
export async function hashFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path, { highWaterMark: MIB }), hash, { signal });
  } catch (error) {
    throw signal.aborted ? cancelledError() : error;
  }
  return hash.digest('hex');
}

/** Whether the other side went away. */
function isCut(error: unknown): boolean {
  const code = errnoOf(error);
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'EPIPE';
}
