import { createHash } from 'node:crypto';
import { AppError } from '../../common/errors/index.js';
import { checksumMismatch, goesOnLater, type PutOptions } from '../../engine/ports/index.js';
import { bareEtag, type Taken } from './checksums.js';
import { completeUpload, etagOfParts } from './complete-upload.js';
import { abortUpload, openUpload, type ActiveUploads } from './multipart-upload.js';
import type { OpenSource } from './open-source.js';
import { partRange, type PartPlan } from './part-plan.js';
import { PartProgress } from './part-progress.js';
import { sendBuffered, sendStreamed, type PartJob, type SentPart } from './part-sender.js';
import type { S3Connection } from './s3-connection.js';

/** Read and hashed at once: long enough to be fast, short enough to let others have their turn. */
const READ_BYTES = 1024 * 1024;

/**
 * Stores an object in parts. Each byte of the source is read once (a large part that is found not to be there: twice), in
 * order, and hashed as it is read; the whole is completed only when the SHA-256 is the announced one. After a failure the
 * upload is left for the next attempt, which sends what is missing; after a cancel (not a shut-down), or when the source is not what was
 * announced, it is ended.
 */
export async function putMultipart(
  s3: S3Connection,
  active: ActiveUploads,
  key: string,
  from: OpenSource,
  plan: PartPlan,
  options: PutOptions,
): Promise<Taken> {
  const upload = await openUpload(s3, active, key, from.sha256, { ...plan, sender: 'driver' }, options);
  active.add(upload.id);
  try {
    const job: PartJob = { s3, key, from, plan, upload, options, progress: new PartProgress(options.onProgress) };
    const { parts, sha256 } = await (plan.buffered ? sendInParallel(job) : sendInTurn(job));
    if (sha256 !== from.sha256) throw checksumMismatch(key, `SHA-256 ${from.sha256}`, sha256);
    return await complete(job, parts);
  } catch (error) {
    const code = error instanceof AppError ? error.code : '';
    const isCancelled = code === 'JOB_CANCELLED' && !goesOnLater(options.signal);
    if (isCancelled || code === 'STORAGE_CHECKSUM_MISMATCH') await abortUpload(s3, key, upload.id);
    throw error;
  } finally {
    active.delete(upload.id);
  }
}

interface Sent {
  parts: SentPart[];
  sha256: string;
}

/** Parts in memory: read one after the other, sent several at a time. As many buffers as parts at a time. */
async function sendInParallel(job: PartJob): Promise<Sent> {
  const { plan, from, options } = job;
  const hash = createHash('sha256');
  const parts: SentPart[] = [];
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const slots = Math.min(job.s3.settings.concurrency, plan.count);
  const free = Array.from({ length: slots }, () => Buffer.allocUnsafeSlow(Math.min(plan.partBytes, plan.size)));
  const scratch = Buffer.allocUnsafeSlow(READ_BYTES);
  const running = new Map<number, Promise<void>>();
  let failure: { error: unknown } | null = null;
  try {
    for (let number = 1; number <= plan.count; number++) {
      let buffer = free.pop();
      while (buffer === undefined) {
        await Promise.race(running.values());
        buffer = free.pop();
      }
      const own = buffer;
      const bytes = buffer.subarray(0, partRange(plan, number).length);
      let at = 0;
      for await (const chunk of from.chunks(partRange(plan, number), signal, scratch)) {
        hash.update(chunk);
        chunk.copy(bytes, at);
        at += chunk.length;
      }
      const part = number;
      const sending = (async (): Promise<void> => {
        parts[part - 1] = await sendBuffered(job, part, bytes, signal);
        running.delete(part);
        free.push(own);
      })();
      running.set(part, sending);
      // Told to whoever waits for it below; a failure must not be an unhandled one before that.
      sending.catch(() => undefined);
    }
    await Promise.all(running.values());
  } catch (error) {
    failure = { error };
    stop.abort();
    await Promise.allSettled(running.values());
  }
  if (failure !== null) throw failure.error;
  return { parts, sha256: hash.digest('hex') };
}

/** Large parts, straight from the source. One at a time, as the hash needs them in order. */
async function sendInTurn(job: PartJob): Promise<Sent> {
  const parts: SentPart[] = [];
  const signal = job.options.signal ?? new AbortController().signal;
  let hash = createHash('sha256');
  for (let number = 1; number <= job.plan.count; number++) {
    const sent = await sendStreamed(job, number, hash, signal);
    parts.push(sent.part);
    hash = sent.hash;
  }
  return { parts, sha256: hash.digest('hex') };
}

async function complete({ s3, key, from, upload, options }: PartJob, parts: readonly SentPart[]): Promise<Taken> {
  // Where a server's ETags are not the MD5s of our bytes, they tell nothing of the whole either.
  const areMd5s = parts.every(({ etag, md5 }) => bareEtag(etag) === md5.toString('hex'));
  const etag = areMd5s ? etagOfParts(parts.map((part) => part.etag)) : null;
  const whole = { size: from.size, sha256: from.sha256, etag };
  const numbered = parts.map((part, index) => ({ ...part, number: index + 1 }));
  return completeUpload(s3, key, upload.id, whole, numbered, options.signal);
}
