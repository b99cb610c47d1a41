import { createHash } from 'node:crypto';
import { AppError } from '../../common/errors/index.js';
import { checksumMismatch, type PutOptions, type PutSource, type StoredObject } from '../../engine/ports/index.js';
import { bareEtag, inMemory, isOtherMd5, sumFields, sumsOf, type Taken } from './checksums.js';
import { openSource, type OpenSource } from './open-source.js';
import { MAX_BUFFERED_PART_BYTES, planParts } from './part-plan.js';
import { objectFields, type ActiveUploads } from './multipart-upload.js';
import { putMultipart } from './multipart.js';
import type { S3Connection } from './s3-connection.js';
import { removeObject, type Versioning } from './s3-delete.js';
import { extendObjectLock } from './s3-lock.js';
import { TransferFault, withRetries } from './s3-retry.js';
import { lockEnd } from './s3-settings.js';
import { statObject, type ObjectFacts } from './s3-stat.js';
import { sendBody } from './send-body.js';

/** The time that an upload may take without its lock being renewed. */
const LOCK_SLACK_MS = 3_600_000;

/** Stores the source under the key: in one request when it is small, else in parts. Then looks whether it is there as sent. */
export async function putObject(
  s3: S3Connection,
  state: { active: ActiveUploads; versioning: Versioning },
  key: string,
  source: PutSource,
  options: PutOptions,
): Promise<StoredObject> {
  const from = await openSource(key, source);
  try {
    const isSmall = from.size <= Math.min(s3.settings.partBytes, MAX_BUFFERED_PART_BYTES);
    const taken = isSmall
      ? await putWhole(s3, key, from, options)
      : await putMultipart(s3, state.active, key, from, planParts(from.size, s3.settings.partBytes), options);
    const stored = await confirmed(s3, key, from, taken, options.signal).catch(async (error: unknown) => {
      // What is there is not what was sent: it must not be taken for it.
      if (isMismatch(error)) await removeObject(s3, state.versioning, key).catch(() => undefined);
      throw error;
    });
    if (options.unlocked !== true) await requireLock(s3, key, stored.lockedUntil, options.signal);
    options.onProgress?.(from.size);
    return { key, size: stored.size, modifiedAt: stored.modifiedAt };
  } finally {
    await from.close();
  }
}

function isMismatch(error: unknown): boolean {
  return error instanceof AppError && error.code === 'STORAGE_CHECKSUM_MISMATCH';
}

async function putWhole(s3: S3Connection, key: string, from: OpenSource, options: PutOptions): Promise<Taken> {
  const chunks: Buffer[] = [];
  for await (const chunk of from.chunks({ offset: 0, length: from.size }, options.signal)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== from.sha256) throw checksumMismatch(key, `SHA-256 ${from.sha256}`, sha256);
  const sums = sumsOf(bytes);
  const action = { what: 'stored', permission: 's3:PutObject', key };
  let reported = 0;
  return s3.translated(action, options.signal, () =>
    withRetries(s3.retry, options.signal, async () => {
      let sent = 0;
      const onSent = (count: number): void => {
        sent += count;
        if (sent <= reported) return;
        reported = sent;
        options.onProgress?.(sent);
      };
      const answer = await sendBody(inMemory(bytes), options, onSent, (body, call) =>
        s3.once(undefined, ({ client, sdk }) =>
          client.send(
            new sdk.PutObjectCommand({
              Bucket: s3.settings.bucket,
              Key: s3.fullKey(key),
              Body: body,
              ContentLength: bytes.length,
              ...sumFields(s3, sums),
              ...objectFields(s3, sha256, options),
            }),
            call,
          ),
        ),
      );
      const etag = bareEtag(answer.ETag);
      if (isOtherMd5(s3, etag, sums.md5.toString('hex'), answer.ServerSideEncryption))
        throw new TransferFault('the server has other bytes than were sent');
      return { etag };
    }),
  );
}

/** The lock was asked for when the upload began, which may be days ago; and not every server takes it with an upload in parts. */
async function requireLock(
  s3: S3Connection,
  key: string,
  lockedUntil: Date | null,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { objectLock } = s3.settings;
  if (objectLock === null) return;
  const wanted = lockEnd(objectLock);
  if (lockedUntil !== null && lockedUntil.getTime() > wanted.getTime() - LOCK_SLACK_MS) return;
  await extendObjectLock(s3, key, wanted, signal);
}

/** Checks size and ETag of the object that is there now against what was sent. */
async function confirmed(
  s3: S3Connection,
  key: string,
  from: OpenSource,
  taken: Taken,
  signal: AbortSignal | undefined,
): Promise<ObjectFacts> {
  const there = await statObject(s3, key, signal);
  if (there === null) throw checksumMismatch(key, `${from.size} bytes`, 'nothing: it is not there');
  if (there.size !== from.size) throw checksumMismatch(key, `${from.size} bytes`, `${there.size} bytes`);
  if (taken.etag !== '' && there.etag !== '' && taken.etag !== there.etag)
    throw checksumMismatch(key, `ETag ${taken.etag}`, there.etag);
  return there;
}
