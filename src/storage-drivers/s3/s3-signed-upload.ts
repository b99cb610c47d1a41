import { AppError } from '../../common/errors/index.js';
import { checksumMismatch, type PutOptions, type SignedUpload, type StoredObject } from '../../engine/ports/index.js';
import type { Taken } from './checksums.js';
import { completedBefore, completeUpload, etagOfParts, type WholeObject } from './complete-upload.js';
import { abortUpload, listParts, openUpload, type ActiveUploads } from './multipart-upload.js';
import { planParts } from './part-plan.js';
import { confirmStored } from './s3-confirm.js';
import type { S3Connection } from './s3-connection.js';
import type { Versioning } from './s3-delete.js';

interface Announced {
  size: number;
  sha256: string;
}
interface NumberedPart {
  number: number;
  etag: string;
}

/** The upload of an object whose parts somebody else sends. Every object goes so, a small or empty one as one part. */
export async function beginSignedUpload(
  s3: S3Connection,
  active: ActiveUploads,
  key: string,
  { size, sha256 }: Announced,
  options: PutOptions,
): Promise<SignedUpload> {
  const plan = planParts(size, s3.settings.partBytes);
  const { id, parts } = await openUpload(s3, active, key, sha256, { ...plan, sender: 'other' }, options);
  return { uploadId: id, partBytes: plan.partBytes, parts };
}

/** Makes the parts one object, if they have the announced size, and looks whether it is there. Idempotent. */
export async function completeSignedUpload(
  s3: S3Connection,
  versioning: Versioning,
  key: string,
  uploadId: string,
  { size, sha256 }: Announced,
  given: readonly NumberedPart[],
  options: PutOptions,
): Promise<StoredObject> {
  const parts = given.toSorted((a, b) => a.number - b.number);
  const whole = { size, sha256, etag: etagOfParts(parts.map(({ etag }) => etag)) };
  const before = await requireSize(s3, key, uploadId, whole, parts, options.signal);
  const taken = before ?? (await completeUpload(s3, key, uploadId, whole, parts, options.signal));
  return confirmStored(s3, versioning, key, size, taken, options);
}

/**
 * Refuses parts of another size than the whole is to have, before they become an object that others see, or that is locked. Answers
 * with the object when the upload was completed before. Parts that are missing are left to the server: it names them.
 */
async function requireSize(
  s3: S3Connection,
  key: string,
  uploadId: string,
  whole: WholeObject,
  parts: readonly NumberedPart[],
  signal: AbortSignal | undefined,
): Promise<Taken | null> {
  const wanted = new Set(parts.map(({ number }) => number));
  let bytes = 0;
  try {
    for await (const { PartNumber, Size } of listParts(s3, key, uploadId, signal))
      if (wanted.delete(PartNumber ?? 0)) bytes += Size ?? 0;
  } catch (error) {
    const code = error instanceof AppError ? error.code : '';
    // Not every key may list parts; the size of the whole is looked at later.
    if (code === 'STORAGE_DENIED' || code === 'STORAGE_FAILED') return null;
    const there = code === 'STORAGE_UPLOAD_GONE' ? await completedBefore(s3, key, whole, signal) : null;
    if (there !== null) return there;
    throw error;
  }
  if (wanted.size > 0 || bytes === whole.size) return null;
  await abortUpload(s3, key, uploadId);
  throw checksumMismatch(key, `${whole.size} bytes`, `${bytes} bytes in its parts`);
}
