import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { backoff } from '../../common/backoff.js';
import { AppError, asAppError, throwIfAborted } from '../../common/errors/index.js';
import { pause } from '../../common/pause.js';
import { checksumMismatch, type PutOptions, type PutSource, type StoredObject } from '../../engine/ports/index.js';
import type { ObjectFacts, PartsAnswer, UploadAnswer, UploadedPart, UploadRequest } from '../node-protocol/index.js';
import { partStream, type SendOptions } from '../node-link/index.js';
import type { RunLink } from './run-link.js';
import { storedObject } from './stored-facts.js';

/** A part is sent again, with pauses, while the way to the storage is cut for so long. */
const PATIENCE_MS = 30 * 60_000;
const AGAIN = { firstMs: 500, longestMs: 20_000 };
/** A part that the storage has taken wrongly so often is not tried again. */
const MOST_WRONG = 3;
/** An upload is begun so often. */
const MOST_BEGUN = 5;
/** What was begun is not there, or not as far as this run thinks. */
const GONE: ReadonlySet<string> = new Set(['STORAGE_UPLOAD_GONE', 'NODE_PART_OUT_OF_ORDER']);

interface Part {
  number: number;
  offset: number;
  length: number;
}

/** Sends one object in parts; what the storage has of it from before is not sent again. */
export class RemoteUpload {
  private sent = 0;
  /** What of the parts under way has gone out, by number. */
  private readonly moving = new Map<number, number>();
  private shown = 0;

  constructor(
    private readonly providerId: string,
    private readonly key: string,
    private readonly link: RunLink,
    private readonly options: PutOptions,
  ) {}

  async put(source: PutSource): Promise<StoredObject> {
    if ('open' in source) throw new Error('A node sends files and small bodies.');
    if ('bytes' in source) {
      const bytes = Buffer.from(source.bytes);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return this.send({ size: bytes.length, sha256 }, async ({ offset, length }) =>
        Promise.resolve(bytes.subarray(offset, offset + length)),
      );
    }
    const file = await open(source.path, 'r');
    try {
      return await this.send(source, (part) => readPart(file, this.key, part));
    } finally {
      await file.close();
    }
  }

  /** What was begun may be gone: another master answers, which has nothing of it. */
  private async send(
    source: { size: number; sha256: string },
    read: (part: Part) => Promise<Buffer>,
  ): Promise<StoredObject> {
    for (let begun = 1; ; begun += 1) {
      try {
        return await this.sendOnce(source, read);
      } catch (error) {
        if (!GONE.has(asAppError(error).code) || begun === MOST_BEGUN) throw error;
        await pause(backoff(begun, AGAIN), this.options.signal);
      }
    }
  }

  private async sendOnce(
    { size, sha256 }: { size: number; sha256: string },
    read: (part: Part) => Promise<Buffer>,
  ): Promise<StoredObject> {
    this.sent = 0;
    const announced: UploadRequest = { providerId: this.providerId, key: this.key, size, sha256 };
    const upload = await this.ask<UploadAnswer>('uploads', announced);
    const there = new Map(upload.parts.map((part) => [part.number, part]));
    const hash = createHash('sha256');
    const sending = new Sending(upload.atOnce);
    try {
      for (const part of partsOf(size, upload.partBytes)) {
        // Also of what is there: a file that is no longer what was announced must not be made whole.
        const bytes = await read(part);
        hash.update(bytes);
        if (isThere(there.get(part.number), upload, bytes)) this.arrived(part);
        else
          await sending.add(async (stop) => {
            there.set(part.number, await this.sendPart(upload, part, bytes, stop));
          });
      }
      await sending.all();
    } catch (error) {
      await sending.cancel();
      throw error;
    }
    const actual = hash.digest('hex');
    if (actual !== sha256) throw checksumMismatch(this.key, `SHA-256 ${sha256}`, actual);
    const parts = [...there.values()].toSorted((a, b) => a.number - b.number);
    const facts = await this.ask<ObjectFacts>('uploads/complete', { ...announced, uploadId: upload.uploadId, parts });
    this.options.onProgress?.(size);
    return storedObject(this.key, facts);
  }

  private async sendPart(upload: UploadAnswer, part: Part, bytes: Buffer, stop: AbortSignal): Promise<UploadedPart> {
    const { signal } = this.options;
    const either = signal === undefined ? stop : AbortSignal.any([signal, stop]);
    const until = performance.now() + PATIENCE_MS;
    let wrong = 0;
    for (let attempt = 1; ; attempt++) {
      try {
        const done =
          upload.via === 'signed'
            ? await this.sendSigned(upload, part, bytes, either)
            : await this.sendThrough(upload, part, bytes, either);
        this.arrived(part);
        return done;
      } catch (thrown) {
        this.moving.delete(part.number);
        throwIfAborted(either);
        const error = asAppError(thrown);
        if (error.code === 'STORAGE_CHECKSUM_MISMATCH') wrong += 1;
        const mayPass = error.retry !== 'never' && !GONE.has(error.code) && (wrong === 0 || wrong < MOST_WRONG);
        if (!mayPass || !isPassing(error) || performance.now() > until) throw error;
        await pause(backoff(attempt, AGAIN), either);
      }
    }
  }

  private async sendSigned(
    upload: UploadAnswer,
    part: Part,
    bytes: Buffer,
    signal: AbortSignal,
  ): Promise<UploadedPart> {
    const md5 = createHash('md5').update(bytes).digest('base64');
    const asked = [{ number: part.number, length: part.length, md5 }];
    const body = { providerId: this.providerId, key: this.key, uploadId: upload.uploadId, parts: asked };
    const { parts } = await this.link.ask<PartsAnswer>('uploads/parts', body, { signal });
    const [access] = parts;
    const url = access?.url ?? null;
    if (access === undefined || url === null) throw new Error('The master signed no part.');
    return {
      number: part.number,
      etag: await this.link.storage.send({ ...access, url }, bytes, this.sending(part, signal)),
    };
  }

  private async sendThrough(
    upload: UploadAnswer,
    part: Part,
    bytes: Buffer,
    signal: AbortSignal,
  ): Promise<UploadedPart> {
    const { uploadId } = upload;
    const query = { providerId: this.providerId, key: this.key, uploadId, number: part.number };
    const stream = partStream(bytes, this.sending(part, signal));
    return this.link.put<UploadedPart>('parts', { stream, length: bytes.length }, { query, signal });
  }

  private sending({ number }: Part, signal: AbortSignal): SendOptions {
    const { limiter } = this.options;
    const onProgress = (moved: number): void => {
      this.moving.set(number, moved);
      this.show();
    };
    return { signal, onProgress, ...(limiter === undefined ? {} : { limiter }) };
  }

  private arrived({ number, length }: Part): void {
    this.moving.delete(number);
    this.sent += length;
    this.show();
  }

  /** Never less than before: a part that is sent again counts once. */
  private show(): void {
    let moved = this.sent;
    for (const bytes of this.moving.values()) moved += bytes;
    this.shown = Math.max(this.shown, moved);
    this.options.onProgress?.(this.shown);
  }

  private ask<T>(path: string, body: unknown): Promise<T> {
    const { signal } = this.options;
    return this.link.ask<T>(path, body, signal === undefined ? {} : { signal });
  }
}

/** Some sendings at the same time; the first that fails ends the others. */
class Sending {
  private readonly stop = new AbortController();
  private readonly running = new Map<symbol, Promise<void>>();
  private failure: { error: unknown } | null = null;

  constructor(private readonly atOnce: number) {}

  /** Begins one when there is room. Throws what an earlier one failed with; none runs any more then. */
  async add(send: (stop: AbortSignal) => Promise<void>): Promise<void> {
    const id = Symbol('sending');
    this.running.set(id, this.begin(id, send));
    if (this.running.size >= this.atOnce) await Promise.race(this.running.values());
    if (this.failure !== null) await this.all();
  }

  /** Resolves when all have ended. Throws what the first that failed did. */
  async all(): Promise<void> {
    await Promise.all(this.running.values());
    if (this.failure !== null) throw this.failure.error;
  }

  /** Stops all; resolves when none runs any more. */
  async cancel(): Promise<void> {
    this.stop.abort();
    await Promise.all(this.running.values());
  }

  private async begin(id: symbol, send: (stop: AbortSignal) => Promise<void>): Promise<void> {
    try {
      await send(this.stop.signal);
    } catch (error) {
      this.failure ??= { error };
      this.stop.abort();
    } finally {
      this.running.delete(id);
    }
  }
}

/** What may pass while the way to the master or the storage is cut. */
function isPassing({ code, retry }: AppError): boolean {
  return retry === 'later' || code === 'MASTER_UNREACHABLE' || code === 'STORAGE_UNREACHABLE';
}

/** What lies there from before is this part only when the storage says so by its MD5. Through the master parts come in turn, and the whole is checked. */
function isThere(part: UploadedPart | undefined, { via }: UploadAnswer, bytes: Buffer): boolean {
  if (part === undefined) return false;
  return via === 'master' || part.etag.replaceAll('"', '') === createHash('md5').update(bytes).digest('hex');
}

/** At least one, also of nothing. */
function* partsOf(size: number, partBytes: number): Generator<Part> {
  const count = Math.max(1, Math.ceil(size / partBytes));
  for (let number = 1; number <= count; number++) {
    const offset = (number - 1) * partBytes;
    yield { number, offset, length: Math.min(partBytes, size - offset) };
  }
}

async function readPart(file: FileHandle, key: string, { offset, length }: Part): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) throw checksumMismatch(key, `${offset + length} bytes`, `${offset + done} bytes`);
    done += bytesRead;
  }
  return bytes;
}
