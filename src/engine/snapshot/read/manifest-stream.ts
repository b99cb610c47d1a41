import { Readable } from 'node:stream';
import { AppError } from '../../../common/errors/index.js';
import type { ByteRange, StorageDriver } from '../../ports/index.js';
import { manifestDamaged, readManifest, type ManifestLine } from '../manifest/index.js';
import { decompressFramesAsync, splitFrames } from '../zstd/index.js';
import { hasSeveralCopies, openWholeFrames } from './healed-frames.js';

/**
 * The checked lines of a stored manifest: header, entries in path order, trailer. Throws MANIFEST_DAMAGED (also when the
 * object is missing), MANIFEST_FORMAT_UNSUPPORTED, and what the storage throws.
 */
export async function* streamManifest(
  driver: StorageDriver,
  manifestKey: string,
  signal?: AbortSignal,
): AsyncGenerator<ManifestLine> {
  const body = await openFrames(driver, manifestKey, 0, signal);
  try {
    yield* readManifest(body);
  } finally {
    body.destroy();
  }
}

/** A stored manifest as NDJSON text, as it is. Errors as `streamManifest`, damaged frames at the end of the stream. */
export async function manifestText(
  driver: StorageDriver,
  manifestKey: string,
  signal?: AbortSignal,
): Promise<Readable> {
  const body = await openFrames(driver, manifestKey, 0, signal);
  return Readable.from(decompressed(body), { objectMode: false });
}

async function* decompressed(body: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const { frame, header } of splitFrames(body)) {
      if (!header.skippable) yield await decompressFramesAsync(Buffer.from(frame));
    }
  } catch (error) {
    if (error instanceof AppError && error.code === 'FRAME_DAMAGED') throw manifestDamaged(error.message, error);
    throw error;
  } finally {
    body.destroy();
  }
}

/**
 * A manifest from the beginning of one of its frames on. Of several copies each frame is taken from one that has it right. Errors as
 * `openObject`.
 */
export async function openFrames(
  driver: StorageDriver,
  key: string,
  offset: number,
  signal: AbortSignal | undefined,
): Promise<Readable> {
  if (!hasSeveralCopies(driver, key)) return openObject(driver, key, { offset }, signal);
  const stored = await driver.stat(key, signal);
  if (stored === null) throw manifestDamaged('it is missing in the storage');
  return openWholeFrames(driver, key, { start: offset, end: stored.size }, signal);
}

/** Bytes of a manifest. Throws MANIFEST_DAMAGED when the object is missing, and what the storage throws. */
export async function openObject(
  driver: StorageDriver,
  key: string,
  range: ByteRange,
  signal: AbortSignal | undefined,
): Promise<Readable> {
  try {
    return await driver.read(key, range, signal);
  } catch (error) {
    if (error instanceof AppError && error.code === 'STORAGE_OBJECT_NOT_FOUND') {
      throw manifestDamaged('it is missing in the storage', error);
    }
    throw error;
  }
}
