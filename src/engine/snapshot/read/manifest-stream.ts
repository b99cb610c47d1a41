import { Readable } from 'node:stream';
import { AppError } from '../../../common/errors/index.js';
import type { ByteRange, StorageDriver } from '../../ports/index.js';
import { manifestDamaged, readManifest, type ManifestLine } from '../manifest/index.js';
import { decompressFramesAsync, splitFrames } from '../zstd/index.js';

/**
 * The checked lines of a stored manifest: header, entries in path order, trailer. Throws MANIFEST_DAMAGED (also when the
 * object is missing), MANIFEST_FORMAT_UNSUPPORTED, and what the storage throws.
 */
export async function* streamManifest(
  driver: StorageDriver,
  manifestKey: string,
  signal?: AbortSignal,
): AsyncGenerator<ManifestLine> {
  const body = await openObject(driver, manifestKey, { offset: 0 }, signal);
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
  const body = await openObject(driver, manifestKey, { offset: 0 }, signal);
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
