import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { S3Connection } from './s3-connection.js';

/** The server's answer about an object that it took. */
export interface Taken {
  /** As `bareEtag`; empty when there was none. */
  etag: string;
}

export interface Sums {
  md5: Buffer;
  crc32: Buffer;
}

/** The checksums that servers compare with what arrives. */
export function sumsOf(bytes: Buffer): Sums {
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32(bytes));
  return { md5: createHash('md5').update(bytes).digest(), crc32: crc };
}

/** Those that this server takes: Content-MD5 is known to all, AWS wants its own besides. */
export function sumFields(s3: S3Connection, sums: Sums): { ContentMD5: string; ChecksumCRC32?: string } {
  return {
    ContentMD5: sums.md5.toString('base64'),
    ...(s3.settings.isAws ? { ChecksumCRC32: sums.crc32.toString('base64') } : {}),
  };
}

export function bareEtag(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '').toLowerCase();
}

/** Whether the server encrypts with KMS, by the settings or, as it says itself, by those of the bucket: then ETags are no MD5s. */
export function isKms(s3: S3Connection, encryption: string | undefined): boolean {
  return s3.settings.sse === 'aws:kms' || encryption?.startsWith('aws:kms') === true;
}

/** Whether the ETag is an MD5 and another one than ours. With KMS, and on some servers, it is no MD5 of the bytes. */
export function isOtherMd5(s3: S3Connection, etag: string, md5: string, encryption: string | undefined): boolean {
  if (isKms(s3, encryption)) return false;
  return /^[0-9a-f]{32}$/.test(etag) && etag !== md5;
}

/** The bytes as the one chunk of a body. */
export async function* inMemory(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
