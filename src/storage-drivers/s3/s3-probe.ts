import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../common/errors/index.js';
import type { ProbeStep } from '../../engine/ports/index.js';
import { abortUpload, listParts, listUploads } from './multipart-upload.js';
import type { S3Connection } from './s3-connection.js';
import { removeObject, type Versioning } from './s3-delete.js';
import { extendObjectLock, requireLockingBucket } from './s3-lock.js';

/** Long enough for a clock that is a little off, short enough to wait for. */
const PROBE_LOCK_MS = 10_000;
const LOCK_POLL_MS = 500;

/** What an S3 storage needs besides what every storage does. */
export function s3ProbeSteps(s3: S3Connection, versioning: Versioning): ProbeStep[] {
  const steps: ProbeStep[] = [
    { name: 'multipart upload', run: (key, signal) => probeMultipart(s3, key, signal) },
    { name: 'unfinished uploads', run: (key, signal) => probeUnfinished(s3, key, signal) },
  ];
  if (s3.settings.objectLock !== null)
    steps.push({ name: 'object lock', run: (key, signal) => probeLock(s3, versioning, key, signal) });
  return steps;
}

async function probeMultipart(s3: S3Connection, key: string, signal: AbortSignal | undefined): Promise<void> {
  const partsKey = `${key}-parts`;
  const where = { Bucket: s3.settings.bucket, Key: s3.fullKey(partsKey) };
  const put = { what: 'stored in parts', permission: 's3:PutObject', key };
  const { UploadId } = await s3.call(put, signal, ({ client, sdk, call }) =>
    client.send(new sdk.CreateMultipartUploadCommand(where), call),
  );
  const upload = { ...where, UploadId: UploadId ?? '' };
  try {
    await s3.call(put, signal, ({ client, sdk, call }) =>
      client.send(new sdk.UploadPartCommand({ ...upload, PartNumber: 1, Body: Buffer.from('part') }), call),
    );
    let parts = 0;
    for await (const part of listParts(s3, partsKey, upload.UploadId, signal)) parts += part.Size === 4 ? 1 : 0;
    if (parts !== 1) throw lostPart(s3);
  } catch (error) {
    await abortUpload(s3, partsKey, upload.UploadId);
    throw error;
  }
  const abort = { what: 'ended as an upload', permission: 's3:AbortMultipartUpload', key };
  await s3.call(abort, signal, ({ client, sdk, call }) =>
    client.send(new sdk.AbortMultipartUploadCommand(upload), call),
  );
}

/** Whether uploads that were left can be found. Not every server lists them by more than the whole key: asking is enough. */
async function probeUnfinished(s3: S3Connection, key: string, signal: AbortSignal | undefined): Promise<void> {
  for await (const upload of listUploads(s3, key, signal)) if (upload.id !== '') return;
}

function lostPart(s3: S3Connection): AppError {
  return new AppError({
    code: 'STORAGE_FAILED',
    kind: 'storage',
    message: `${s3.place.host} does not list the part that it took.`,
    hint: 'Interrupted uploads can not go on there. Do not use this storage for large sites.',
    retry: 'maybe',
  });
}

/** Locks the object for some seconds: a delete must be refused, and must work afterwards. */
async function probeLock(
  s3: S3Connection,
  versioning: Versioning,
  key: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await requireLockingBucket(s3, signal);
  const until = Date.now() + PROBE_LOCK_MS;
  await extendObjectLock(s3, key, new Date(until), signal);
  const refused = await tryRemoving(s3, versioning, key, signal);
  if (!refused)
    throw new AppError({
      code: 'STORAGE_LOCK_UNAVAILABLE',
      kind: 'storage',
      message: 'The storage deletes objects that are locked.',
      hint: 'Its object lock can not be relied on; remove objectLock from the settings, or use another storage.',
      retry: 'never',
    });
  const giveUpAt = until + PROBE_LOCK_MS;
  while (Date.now() < until || (Date.now() < giveUpAt && (await tryRemoving(s3, versioning, key, signal))))
    await pause(LOCK_POLL_MS, undefined, signal === undefined ? {} : { signal });
}

/** True when the lock refuses it. */
async function tryRemoving(
  s3: S3Connection,
  versioning: Versioning,
  key: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    await removeObject(s3, versioning, key, signal);
    return false;
  } catch (error) {
    if (error instanceof AppError && error.code === 'STORAGE_RETAINED') return true;
    throw error;
  }
}
