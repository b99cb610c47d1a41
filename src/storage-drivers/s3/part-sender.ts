import { createHash, type Hash } from 'node:crypto';
import type { UploadPartCommandOutput } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import type { PutOptions } from '../../engine/ports/index.js';
import { bareEtag, inMemory, isOtherMd5, sumFields, sumsOf } from './checksums.js';
import type { MultipartUpload, StoredPart } from './multipart-upload.js';
import type { OpenSource } from './open-source.js';
import { partRange, type PartPlan } from './part-plan.js';
import type { PartProgress } from './part-progress.js';
import type { CallOptions, S3Connection } from './s3-connection.js';
import { TransferFault, withRetries } from './s3-retry.js';
import { sendBody } from './send-body.js';

/** A part as it is known to be stored, with the MD5 of our bytes. */
export interface SentPart extends StoredPart {
  md5: Buffer;
}

/** One object's parts on their way. */
export interface PartJob {
  s3: S3Connection;
  key: string;
  from: OpenSource;
  plan: PartPlan;
  upload: MultipartUpload;
  options: PutOptions;
  progress: PartProgress;
}

/** Whether what an earlier attempt stored as this part are these bytes: its ETag is their MD5. */
function isThere(stored: StoredPart | undefined, md5: Buffer): stored is StoredPart {
  return stored !== undefined && bareEtag(stored.etag) === md5.toString('hex');
}

/** Sends a part that is in memory, unless the server has it. Again while what goes wrong is temporary. */
export async function sendBuffered(
  job: PartJob,
  number: number,
  bytes: Buffer,
  signal: AbortSignal,
): Promise<SentPart> {
  const sums = sumsOf(bytes);
  const stored = job.upload.parts.get(number);
  if (isThere(stored, sums.md5)) {
    job.progress.done(number, bytes.length);
    return { ...stored, md5: sums.md5 };
  }
  const options = { ...job.options, signal };
  const answer = await retried(job, signal, async () => {
    job.progress.begin(number);
    const sent = await sendBody(
      inMemory(bytes),
      options,
      (count) => job.progress.add(number, count),
      (body, call) => uploadPart(job, number, bytes.length, body, call, sumFields(job.s3, sums)),
    );
    requireSame(job, sent, sums.md5);
    return sent;
  });
  job.progress.done(number, bytes.length);
  return sentPart(answer, sums.md5);
}

/**
 * Sends a part straight from the source; the hash of all that came before goes on over it, and is handed on. A part that may
 * be there from an earlier attempt is read to find out; only when it is not, it is read again to be sent.
 */
export async function sendStreamed(
  job: PartJob,
  number: number,
  hash: Hash,
  signal: AbortSignal,
): Promise<{ part: SentPart; hash: Hash }> {
  const range = partRange(job.plan, number);
  const stored = job.upload.parts.get(number);
  if (stored !== undefined) {
    const sums = new RunningSums(hash);
    for await (const chunk of job.from.chunks(range, signal)) sums.update(chunk);
    const md5 = sums.md5.digest();
    if (isThere(stored, md5)) {
      job.progress.done(number, range.length);
      return { part: { ...stored, md5 }, hash: sums.sha256 };
    }
  }
  const options = { ...job.options, signal };
  const sent = await retried(job, signal, async () => {
    job.progress.begin(number);
    const sums = new RunningSums(hash);
    const chunks = summed(job.from.chunks(range, signal), sums);
    const answer = await sendBody(
      chunks,
      options,
      (count) => job.progress.add(number, count),
      (body, call) => uploadPart(job, number, range.length, body, call, {}),
    );
    const md5 = sums.md5.digest();
    requireSame(job, answer, md5);
    return { part: sentPart(answer, md5), hash: sums.sha256 };
  });
  job.progress.done(number, range.length);
  return sent;
}

class RunningSums {
  readonly md5 = createHash('md5');
  readonly sha256: Hash;

  constructor(before: Hash) {
    this.sha256 = before.copy();
  }

  update(chunk: Buffer): void {
    this.md5.update(chunk);
    this.sha256.update(chunk);
  }
}

async function* summed(chunks: AsyncIterable<Buffer>, sums: RunningSums): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    sums.update(chunk);
    yield chunk;
  }
}

async function retried<T>({ s3, key }: PartJob, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const action = { what: 'stored', permission: 's3:PutObject', key };
  return s3.translated(action, signal, () => withRetries(s3.retry, signal, work));
}

async function uploadPart(
  { s3, key, upload }: PartJob,
  number: number,
  length: number,
  body: Readable,
  call: CallOptions,
  sums: { ContentMD5?: string; ChecksumCRC32?: string },
): Promise<UploadPartCommandOutput> {
  return s3.once(undefined, ({ client, sdk }) =>
    client.send(
      new sdk.UploadPartCommand({
        Bucket: s3.settings.bucket,
        Key: s3.fullKey(key),
        UploadId: upload.id,
        PartNumber: number,
        Body: body,
        ContentLength: length,
        ...sums,
      }),
      call,
    ),
  );
}

function requireSame({ s3 }: PartJob, answer: UploadPartCommandOutput, md5: Buffer): void {
  if (isOtherMd5(s3, bareEtag(answer.ETag), md5.toString('hex'), answer.ServerSideEncryption))
    throw new TransferFault('the server has other bytes than were sent');
}

function sentPart(answer: UploadPartCommandOutput, md5: Buffer): SentPart {
  return {
    etag: answer.ETag ?? '',
    ...(answer.ChecksumCRC32 === undefined ? {} : { crc32: answer.ChecksumCRC32 }),
    md5,
  };
}
