import { AppError } from '../../common/errors/index.js';
import type { S3Connection } from './s3-connection.js';
import { isUnsupported, retained, saysRetained } from './s3-errors.js';
import { statusOf, withRetries } from './s3-retry.js';

const ASK_AGAIN_MS = 5 * 60_000;

/** Whether the bucket keeps versions; asked now and then. */
export class Versioning {
  private isOn = false;
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly s3: S3Connection) {}

  /** Once on, versions stay for good, so that is not asked again. Where it can't be asked, versions are looked for. */
  async isVersioned(signal?: AbortSignal): Promise<boolean> {
    if (this.isOn || performance.now() - this.askedAt < ASK_AGAIN_MS) return this.isOn;
    const { s3 } = this;
    try {
      const action = { what: 'asked for versioning', permission: 's3:GetBucketVersioning' };
      const { Status } = await s3.translated(action, signal, () =>
        withRetries(s3.retry, signal, () =>
          s3
            .once(signal, ({ client, sdk, call }) =>
              client.send(new sdk.GetBucketVersioningCommand({ Bucket: s3.settings.bucket }), call),
            )
            .catch((error: unknown) => {
              if (isUnsupported(error)) return { Status: undefined };
              throw error;
            }),
        ),
      );
      this.isOn = Status !== undefined;
      this.askedAt = performance.now();
    } catch (error) {
      if (error instanceof AppError && error.code === 'STORAGE_DENIED') return true;
      throw error;
    }
    return this.isOn;
  }
}

/**
 * Deletes the object; in a bucket with versions all of them, with their delete markers, so that the space is free.
 * Idempotent. A lock gives STORAGE_RETAINED and leaves what is visible as it is.
 */
export async function removeObject(
  s3: S3Connection,
  versioning: Versioning,
  key: string,
  signal?: AbortSignal,
): Promise<void> {
  if (!(await versioning.isVersioned(signal))) {
    await removeVersion(s3, key, undefined, signal);
    return;
  }
  const versions = await versionsOf(s3, key, signal);
  // The oldest first: what is visible stays until it goes itself, and nothing older comes to light.
  for (const version of versions.toReversed()) await removeVersion(s3, key, version, signal);
}

/** Ids of the key's versions and delete markers, newest first. */
async function versionsOf(s3: S3Connection, key: string, signal: AbortSignal | undefined): Promise<string[]> {
  const action = { what: 'deleted', permission: 's3:ListBucketVersions', key };
  const name = s3.fullKey(key);
  const found: { id: string; at: number }[] = [];
  let at: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (;;) {
    const markers = at;
    const page = await s3.call(action, signal, ({ client, sdk, call }) =>
      client.send(new sdk.ListObjectVersionsCommand({ Bucket: s3.settings.bucket, Prefix: name, ...markers }), call),
    );
    for (const { Key, VersionId, LastModified, IsLatest } of [
      ...(page.Versions ?? []),
      ...(page.DeleteMarkers ?? []),
    ]) {
      if (Key !== name || VersionId === undefined) continue;
      found.push({ id: VersionId, at: IsLatest === true ? Number.POSITIVE_INFINITY : (LastModified?.getTime() ?? 0) });
    }
    // Keys come in order: longer ones with this beginning come after it.
    if (page.IsTruncated !== true || page.NextKeyMarker === undefined || page.NextKeyMarker > name) break;
    at = {
      KeyMarker: page.NextKeyMarker,
      ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
    };
  }
  return found.toSorted((a, b) => b.at - a.at).map(({ id }) => id);
}

async function removeVersion(
  s3: S3Connection,
  key: string,
  version: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const permission = version === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
  const where = {
    Bucket: s3.settings.bucket,
    Key: s3.fullKey(key),
    ...(version === undefined ? {} : { VersionId: version }),
  };
  try {
    await withRetries(s3.retry, signal, () =>
      s3.once(signal, ({ client, sdk, call }) => client.send(new sdk.DeleteObjectCommand(where), call)),
    );
  } catch (error) {
    const isGone = error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NoSuchVersion');
    if (isGone) return;
    if (statusOf(error) === 403 || statusOf(error) === 400) await throwIfLocked(s3, key, where, error, signal);
    throw s3.explain(error, { what: 'deleted', permission, key }, signal);
  }
}

/** Throws STORAGE_RETAINED when it is a lock that refuses, not a missing permission. */
async function throwIfLocked(
  s3: S3Connection,
  key: string,
  where: { Bucket: string; Key: string; VersionId?: string },
  refusal: unknown,
  signal: AbortSignal | undefined,
): Promise<void> {
  const facts = await s3
    .once(signal, ({ client, sdk, call }) => client.send(new sdk.HeadObjectCommand(where), call))
    .catch(() => null);
  const until = facts?.ObjectLockRetainUntilDate ?? null;
  const isLocked = (until !== null && until.getTime() > Date.now()) || facts?.ObjectLockLegalHoldStatus === 'ON';
  if (isLocked || saysRetained(refusal)) throw retained(key, until, s3.settings.bucket);
}
