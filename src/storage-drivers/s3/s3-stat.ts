import { Readable } from 'node:stream';
import { AppError } from '../../common/errors/index.js';
import { bareEtag } from './checksums.js';
import { SHA256_METADATA } from './multipart-upload.js';
import type { S3Connection } from './s3-connection.js';
import { statusOf, withRetries } from './s3-retry.js';

export interface ObjectFacts {
  size: number;
  modifiedAt: Date;
  /** As `bareEtag`. */
  etag: string;
  /** What we said of it when it was stored; not a word of the server's. */
  sha256: string | null;
  lockedUntil: Date | null;
  /** How the server encrypts it, as it names that. */
  encryption: string | undefined;
}

/** The object's facts; null when it is missing (or hidden by a delete marker). */
export async function statObject(s3: S3Connection, key: string, signal?: AbortSignal): Promise<ObjectFacts | null> {
  const action = { what: 'looked up', permission: 's3:GetObject', key };
  try {
    return await withRetries(s3.retry, signal, () => head(s3, key, signal));
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined || status >= 500) throw s3.explain(error, action, signal);
  }
  // An answer to HEAD has no text, so that a missing bucket looks like a missing object, a wrong clock like a missing
  // permission. The same question with a body has.
  try {
    const answer = await s3.call(action, signal, ({ client, sdk, call }) =>
      client.send(new sdk.GetObjectCommand({ ...whereIs(s3, key), Range: 'bytes=0-0' }), call),
    );
    if (answer.Body instanceof Readable) answer.Body.destroy();
    // It came to be between the two questions.
    return await s3.translated(action, signal, () => head(s3, key, signal));
  } catch (error) {
    if (error instanceof AppError && error.code === 'STORAGE_OBJECT_NOT_FOUND') return null;
    throw error;
  }
}

async function head(s3: S3Connection, key: string, signal: AbortSignal | undefined): Promise<ObjectFacts> {
  const facts = await s3.once(signal, ({ client, sdk, call }) =>
    client.send(new sdk.HeadObjectCommand(whereIs(s3, key)), call),
  );
  return {
    size: facts.ContentLength ?? 0,
    modifiedAt: facts.LastModified ?? new Date(0),
    etag: bareEtag(facts.ETag),
    sha256: facts.Metadata?.[SHA256_METADATA] ?? null,
    lockedUntil: facts.ObjectLockRetainUntilDate ?? null,
    encryption: facts.ServerSideEncryption,
  };
}

function whereIs(s3: S3Connection, key: string): { Bucket: string; Key: string } {
  return { Bucket: s3.settings.bucket, Key: s3.fullKey(key) };
}
