import { createHash, randomUUID } from 'node:crypto';
import { openSync, closeSync, writeSync } from 'node:fs';
import { SeededRandom } from '../../../src/engine/testing/index.js';
import type { FileSource } from '../../../src/engine/ports/index.js';
import { parseS3Settings, S3StorageDriver, type S3DriverOptions } from '../../../src/storage-drivers/s3/index.js';
import type { CephServer } from '../../support/ceph.js';

export const MIB = 1024 * 1024;

/** Settings for a storage of a test's own in the bucket, as the API takes them. */
export function settingsFor(ceph: CephServer, bucket: string, more: object = {}): Record<string, unknown> {
  return { endpoint: ceph.endpoint, bucket, prefix: `t/${randomUUID()}`, ...ceph.keys, partSizeMiB: 5, ...more };
}

export function driverFor(settings: Record<string, unknown>, options: S3DriverOptions = {}): S3StorageDriver {
  return new S3StorageDriver(parseS3Settings(settings), options);
}

/** A file of incompressible bytes, written in pieces. */
export function writeRandomFile(path: string, size: number, seed = 7): FileSource {
  const block = new SeededRandom(seed).bytes(4 * MIB);
  const hash = createHash('sha256');
  const file = openSync(path, 'w');
  for (let at = 0; at < size; at += block.length) {
    // Each block another one, so that parts are not alike.
    block.writeUInt32LE(at / block.length, 0);
    const piece = block.subarray(0, Math.min(block.length, size - at));
    hash.update(piece);
    writeSync(file, piece);
  }
  closeSync(file);
  return { path, size, sha256: hash.digest('hex') };
}
