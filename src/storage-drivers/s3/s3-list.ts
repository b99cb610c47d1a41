import { AppError } from '../../common/errors/index.js';
import { isStorageKey, type StoredObject } from '../../engine/ports/index.js';
import type { S3Connection } from './s3-connection.js';

/**
 * Objects under a prefix in key order, a page in memory at a time. Other people's objects, whose names are no keys of ours,
 * are left out. Versions that are not current, and delete markers, are no objects.
 */
export async function* listObjects(
  s3: S3Connection,
  prefix: string,
  pageSize: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<StoredObject> {
  const action = { what: 'listed', permission: 's3:ListBucket' };
  const own = s3.settings.prefix.length;
  // The last name seen instead of the server's token: a page can be asked for again, and each object comes once.
  let last: string | undefined;
  for (;;) {
    const after = last;
    const page = await s3.call(action, signal, ({ client, sdk, call }) =>
      client.send(
        new sdk.ListObjectsV2Command({
          Bucket: s3.settings.bucket,
          Prefix: s3.fullKey(prefix),
          MaxKeys: pageSize,
          ...(after === undefined ? {} : { StartAfter: after }),
        }),
        call,
      ),
    );
    const before = last;
    for (const { Key, Size, LastModified } of page.Contents ?? []) {
      if (Key === undefined || (last !== undefined && !comesAfter(Key, last))) continue;
      last = Key;
      const key = Key.slice(own);
      if (isStorageKey(key)) yield { key, size: Size ?? 0, modifiedAt: LastModified ?? new Date(0) };
    }
    if (page.IsTruncated !== true) return;
    // Half a listing must not be taken for all of it.
    if (last === before) throw listingStuck(s3.settings.bucket);
  }
}

/** By bytes, as the server orders them. */
function comesAfter(name: string, other: string): boolean {
  return Buffer.compare(Buffer.from(name), Buffer.from(other)) > 0;
}

function listingStuck(bucket: string): AppError {
  return new AppError({
    code: 'STORAGE_FAILED',
    kind: 'storage',
    message: `The list of the bucket "${bucket}" does not go on: the server tells the same names again.`,
    hint: 'Does the server know `start-after` (ListObjectsV2)? Update it, or use another one.',
    retry: 'maybe',
    context: { bucket },
  });
}
