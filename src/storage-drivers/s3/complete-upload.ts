import { createHash } from 'node:crypto';
import { bareEtag, isKms, type Taken } from './checksums.js';
import type { StoredPart } from './multipart-upload.js';
import type { S3Connection } from './s3-connection.js';
import { withRetries } from './s3-retry.js';
import { statObject } from './s3-stat.js';

export interface CompletedPart extends StoredPart {
  /** From 1. */
  number: number;
}

/** What the parts are to become. */
export interface WholeObject {
  /** Bytes. */
  size: number;
  /** SHA-256, hex. */
  sha256: string;
  /** The ETag that the parts make; null when they do not tell it. */
  etag: string | null;
}

/**
 * Makes the parts, in the order of their numbers, one object. Its answer may be lost: then the object itself tells that it is there.
 * Again: the same answer. Error: STORAGE_UPLOAD_GONE when there is neither.
 */
export async function completeUpload(
  s3: S3Connection,
  key: string,
  uploadId: string,
  whole: WholeObject,
  parts: readonly CompletedPart[],
  signal: AbortSignal | undefined,
): Promise<Taken> {
  const action = { what: 'stored', permission: 's3:PutObject', key };
  return s3.translated(action, signal, () =>
    withRetries(s3.retry, signal, async () => {
      try {
        const answer = await s3.once(signal, ({ client, sdk, call }) =>
          client.send(
            new sdk.CompleteMultipartUploadCommand({
              Bucket: s3.settings.bucket,
              Key: s3.fullKey(key),
              UploadId: uploadId,
              MultipartUpload: {
                Parts: parts.map(({ number, etag, crc32 }) => ({
                  PartNumber: number,
                  ETag: etag,
                  ...(crc32 === undefined ? {} : { ChecksumCRC32: crc32 }),
                })),
              },
            }),
            call,
          ),
        );
        return { etag: tellingEtag(s3, whole, answer.ServerSideEncryption) ?? bareEtag(answer.ETag) };
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'NoSuchUpload') throw error;
        const there = await completedBefore(s3, key, whole, signal);
        if (there === null) throw error;
        return there;
      }
    }),
  );
}

/** The object, when it is there as announced: its upload was completed, but the answer was lost. */
export async function completedBefore(
  s3: S3Connection,
  key: string,
  whole: WholeObject,
  signal: AbortSignal | undefined,
): Promise<Taken | null> {
  const there = await statObject(s3, key, signal);
  if (there === null || there.size !== whole.size) return null;
  const etag = tellingEtag(s3, whole, there.encryption);
  const isSame = etag === null ? there.sha256 === whole.sha256 : there.etag === etag;
  return isSame ? { etag: there.etag } : null;
}

function tellingEtag(s3: S3Connection, { etag }: WholeObject, encryption: string | undefined): string | null {
  return isKms(s3, encryption) ? null : etag;
}

/** The ETag of an object made of parts with these ETags: the MD5 of their MD5s, and their number. Null where they are no MD5s. */
export function etagOfParts(etags: readonly string[]): string | null {
  const all = createHash('md5');
  for (const etag of etags) {
    const md5 = bareEtag(etag);
    if (!/^[0-9a-f]{32}$/.test(md5)) return null;
    all.update(md5, 'hex');
  }
  return `${all.digest('hex')}-${etags.length}`;
}
