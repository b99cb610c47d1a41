import { AppError } from '../../common/errors/index.js';
import { checksumMismatch, type PutOptions, type StoredObject } from '../../engine/ports/index.js';
import type { Taken } from './checksums.js';
import type { S3Connection } from './s3-connection.js';
import { removeObject, type Versioning } from './s3-delete.js';
import { extendObjectLock } from './s3-lock.js';
import { lockEnd } from './s3-settings.js';
import { statObject, type ObjectFacts } from './s3-stat.js';

/** The time that an upload may take without its lock being renewed. */
const LOCK_SLACK_MS = 3_600_000;

/**
 * Looks whether the object is there as it was sent, and locked as the settings want it. What is not as it was sent is removed:
 * STORAGE_CHECKSUM_MISMATCH.
 */
export async function confirmStored(
  s3: S3Connection,
  versioning: Versioning,
  key: string,
  size: number,
  taken: Taken,
  { signal, unlocked }: PutOptions,
): Promise<StoredObject> {
  const stored = await confirmed(s3, key, size, taken, signal).catch(async (error: unknown) => {
    // It must not be taken for what was sent.
    if (isMismatch(error)) await removeObject(s3, versioning, key).catch(() => undefined);
    throw error;
  });
  if (unlocked !== true) await requireLock(s3, key, stored.lockedUntil, signal);
  return { key, size: stored.size, modifiedAt: stored.modifiedAt };
}

function isMismatch(error: unknown): boolean {
  return error instanceof AppError && error.code === 'STORAGE_CHECKSUM_MISMATCH';
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
  size: number,
  taken: Taken,
  signal: AbortSignal | undefined,
): Promise<ObjectFacts> {
  const there = await statObject(s3, key, signal);
  if (there === null) throw checksumMismatch(key, `${size} bytes`, 'nothing: it is not there');
  if (there.size !== size) throw checksumMismatch(key, `${size} bytes`, `${there.size} bytes`);
  if (taken.etag !== '' && there.etag !== '' && taken.etag !== there.etag)
    throw checksumMismatch(key, `ETag ${taken.etag}`, there.etag);
  return there;
}
