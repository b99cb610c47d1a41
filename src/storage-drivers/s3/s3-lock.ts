import { AppError } from '../../common/errors/index.js';
import { objectNotFound } from '../../engine/ports/index.js';
import type { S3Connection } from './s3-connection.js';
import { statObject } from './s3-stat.js';

/** Until when the object is locked, or null. Error: STORAGE_OBJECT_NOT_FOUND. */
export async function objectLockedUntil(s3: S3Connection, key: string, signal?: AbortSignal): Promise<Date | null> {
  const facts = await statObject(s3, key, signal);
  if (facts === null) throw objectNotFound(key);
  return facts.lockedUntil;
}

/** Locks the object until then, unless it is locked for longer. */
export async function extendObjectLock(
  s3: S3Connection,
  key: string,
  until: Date,
  signal?: AbortSignal,
): Promise<void> {
  const present = await objectLockedUntil(s3, key, signal);
  if (present !== null && present.getTime() >= until.getTime()) return;
  const action = { what: 'locked', permission: 's3:PutObjectRetention', key };
  await s3.call(action, signal, ({ client, sdk, call }) =>
    client.send(
      new sdk.PutObjectRetentionCommand({
        Bucket: s3.settings.bucket,
        Key: s3.fullKey(key),
        Retention: { Mode: s3.settings.objectLock?.mode ?? 'GOVERNANCE', RetainUntilDate: until },
      }),
      call,
    ),
  );
}

/** Throws when the bucket was not made for object lock. */
export async function requireLockingBucket(s3: S3Connection, signal?: AbortSignal): Promise<void> {
  const action = { what: 'asked for object lock', permission: 's3:GetBucketObjectLockConfiguration' };
  const answer = await s3
    .call(action, signal, ({ client, sdk, call }) =>
      client.send(new sdk.GetObjectLockConfigurationCommand({ Bucket: s3.settings.bucket }), call),
    )
    .catch((error: unknown) => {
      // The bucket has no such configuration; not knowing for want of a permission is told as that.
      if (error instanceof AppError && error.code === 'STORAGE_FAILED') return null;
      if (error instanceof AppError && error.code === 'STORAGE_OBJECT_NOT_FOUND') return null;
      throw error;
    });
  if (answer?.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled') return;
  throw new AppError({
    code: 'STORAGE_LOCK_UNAVAILABLE',
    kind: 'storage',
    message: `The bucket ${s3.settings.bucket} was not made for object lock.`,
    hint: 'Make a bucket with object lock (most S3 services want that when it is made), or remove objectLock from the settings.',
    retry: 'never',
    context: { bucket: s3.settings.bucket },
  });
}
