import { Readable } from 'node:stream';
import { cancelledError } from '../../common/errors/index.js';
import { type ByteRange, objectNotFound } from '../../engine/ports/index.js';
import type { S3Connection } from './s3-connection.js';
import { type Action } from './s3-errors.js';
import { backOff, isTemporary, TransferFault, withRetries } from './s3-retry.js';
import { statObject } from './s3-stat.js';

/** After so many bytes a break is a new one; before, it is the same one that goes on. */
const PROGRESS_BYTES = 64 * 1024;

interface OpenBody {
  body: Readable;
  etag: string | undefined;
  /** Bytes that will come. */
  length: number;
}

/** The bytes of a range. A body that breaks goes on at the byte where it broke, with the same version of the object. */
export async function readObject(
  s3: S3Connection,
  key: string,
  range: ByteRange,
  signal: AbortSignal | undefined,
): Promise<Readable> {
  const first = range.length === 0 ? null : await openBody(s3, key, range, undefined, signal);
  if (first !== null) return Readable.from(resuming(s3, key, range.offset, first, signal), { objectMode: false });
  // The range is empty or past the end. Is there an object at all?
  if ((await statObject(s3, key, signal)) === null) throw objectNotFound(key);
  return Readable.from([], { objectMode: false });
}

const actionOn = (key: string): Action => ({ what: 'read', permission: 's3:GetObject', key });

async function* resuming(
  s3: S3Connection,
  key: string,
  offset: number,
  first: OpenBody,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  const end = offset + first.length;
  let at = offset;
  let current = first;
  let breaks = 0;
  let brokeAt = offset;
  try {
    for (;;) {
      let chunk: Buffer | null;
      try {
        chunk = await nextChunk(current.body, signal);
        if (chunk === null && at < end) throw new TransferFault('the body ended early');
      } catch (error) {
        current.body.destroy();
        if (at - brokeAt >= PROGRESS_BYTES) breaks = 0;
        breaks++;
        brokeAt = at;
        if (signal?.aborted === true || !isTemporary(error) || breaks >= s3.retry.attempts)
          throw s3.explain(error, actionOn(key), signal);
        await backOff(s3.retry, breaks, signal);
        const next = await openBody(s3, key, { offset: at, length: end - at }, first.etag, signal);
        if (next === null) throw s3.explain(new TransferFault('the object is shorter than it was'), actionOn(key));
        current = next;
        continue;
      }
      if (chunk === null) return;
      at += chunk.length;
      yield chunk;
    }
  } finally {
    current.body.destroy();
  }
}

/** The next bytes of the body, null at its end. JOB_CANCELLED when the signal is raised meanwhile. */
async function nextChunk(body: Readable, signal: AbortSignal | undefined): Promise<Buffer | null> {
  if (signal?.aborted === true) throw cancelledError();
  const ready: unknown = body.read();
  if (Buffer.isBuffer(ready)) return ready;
  if (body.readableEnded) return null;
  if (body.errored !== null) throw body.errored;
  if (body.destroyed) throw new TransferFault('the body broke off');
  await new Promise<void>((resolve, reject) => {
    const settle = (error?: Error): void => {
      body.off('readable', onReady).off('end', onReady).off('close', onReady).off('error', onError);
      signal?.removeEventListener('abort', onAbort);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onReady = (): void => settle();
    const onError = (error: Error): void => settle(error);
    const onAbort = (): void => settle(cancelledError());
    body.on('readable', onReady).on('end', onReady).on('close', onReady).on('error', onError);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
  return nextChunk(body, signal);
}

/** Null when the range lies past the end. */
async function openBody(
  s3: S3Connection,
  key: string,
  { offset, length }: ByteRange,
  etag: string | undefined,
  signal: AbortSignal | undefined,
): Promise<OpenBody | null> {
  const isWhole = offset === 0 && length === undefined;
  const last = length === undefined ? '' : String(offset + length - 1);
  try {
    return await s3.translated(actionOn(key), signal, () =>
      withRetries(s3.retry, signal, async () => {
        const answer = await s3
          .once(signal, ({ client, sdk, call }) =>
            client.send(
              new sdk.GetObjectCommand({
                Bucket: s3.settings.bucket,
                Key: s3.fullKey(key),
                ...(isWhole ? {} : { Range: `bytes=${offset}-${last}` }),
                ...(etag === undefined ? {} : { IfMatch: etag }),
              }),
              call,
            ),
          )
          .catch((error: unknown) => {
            if (error instanceof Error && error.name === 'InvalidRange') throw new PastTheEnd();
            throw error;
          });
        const { Body: body, ContentRange: range } = answer;
        if (!(body instanceof Readable)) throw new TransferFault('the answer has no body');
        // It may break before anybody listens.
        body.on('error', () => undefined);
        if (!isWhole && !(range ?? '').startsWith(`bytes ${offset}-`)) {
          body.destroy();
          throw new TransferFault(`bytes from ${offset} were asked for, others came`);
        }
        return { body, etag: answer.ETag, length: answer.ContentLength ?? lengthOf(range) };
      }),
    );
  } catch (error) {
    if (error instanceof PastTheEnd) return null;
    throw error;
  }
}

class PastTheEnd extends Error {}

/** Of `bytes 0-99/200`: 100. */
function lengthOf(range: string | undefined): number {
  const [, from, to] = /^bytes (\d+)-(\d+)/.exec(range ?? '') ?? [];
  if (from === undefined || to === undefined) throw new TransferFault('the answer does not tell how long it is');
  return Number(to) - Number(from) + 1;
}
