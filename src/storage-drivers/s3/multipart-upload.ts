import type { CreateMultipartUploadCommandInput, Part } from '@aws-sdk/client-s3';
import { AppError } from '../../common/errors/index.js';
import type { PutOptions } from '../../engine/ports/index.js';
import { partRange, type PartPlan } from './part-plan.js';
import type { S3Connection } from './s3-connection.js';
import { isUnsupported } from './s3-errors.js';
import { lockEnd } from './s3-settings.js';

/** Says in the object's metadata whose bytes these are: how an upload whose answer was lost is recognised. */
export const SHA256_METADATA = 'backupd-sha256';

/** Ids of the uploads that this process works on: neither resumed a second time nor taken for abandoned. */
export type ActiveUploads = Set<string>;

/** A part that the server has. */
export interface StoredPart {
  etag: string;
  crc32?: string;
}

export interface MultipartUpload {
  id: string;
  /** What the server has of it, by part number. */
  parts: Map<number, StoredPart>;
}

/** How the parts are cut, and who sends them: this driver, or somebody with signed requests. */
export interface UploadPlan extends PartPlan {
  sender: 'driver' | 'other';
}

interface ListedUpload {
  key: string;
  id: string;
  initiatedAt: Date;
  /** Of the parts, besides the MD5. */
  checksum: string | undefined;
}

/** What every new object is given by the settings. */
export function objectFields(
  s3: S3Connection,
  sha256: string,
  options: PutOptions,
): Omit<CreateMultipartUploadCommandInput, 'Bucket' | 'Key'> {
  const { storageClass, sse, kmsKeyId, objectLock } = s3.settings;
  return {
    ContentType: 'application/octet-stream',
    Metadata: { [SHA256_METADATA]: sha256 },
    ...(storageClass === null ? {} : { StorageClass: storageClass }),
    ...(sse === 'none' ? {} : { ServerSideEncryption: sse }),
    ...(kmsKeyId === null ? {} : { SSEKMSKeyId: kmsKeyId }),
    ...(objectLock === null || options.unlocked === true
      ? {}
      : { ObjectLockMode: objectLock.mode, ObjectLockRetainUntilDate: lockEnd(objectLock) }),
  };
}

/**
 * The upload to send parts to: one of this key that was left unfinished and fits the plan, else a new one. Those that do
 * not fit are ended.
 */
export async function openUpload(
  s3: S3Connection,
  active: ActiveUploads,
  key: string,
  sha256: string,
  plan: UploadPlan,
  options: PutOptions,
): Promise<MultipartUpload> {
  return (await resumable(s3, active, key, plan, options.signal)) ?? (await create(s3, key, sha256, plan, options));
}

/** AWS takes no part without the checksum that its upload began with, nor one with another: only our own sender makes it. */
const checksumOf = (s3: S3Connection, { sender }: UploadPlan): { ChecksumAlgorithm?: 'CRC32' } =>
  s3.settings.isAws && sender === 'driver' ? { ChecksumAlgorithm: 'CRC32' } : {};

async function create(
  s3: S3Connection,
  key: string,
  sha256: string,
  plan: UploadPlan,
  options: PutOptions,
): Promise<MultipartUpload> {
  const action = { what: 'stored', permission: 's3:PutObject', key };
  const { UploadId } = await s3.call(action, options.signal, ({ client, sdk, call }) =>
    client.send(
      new sdk.CreateMultipartUploadCommand({
        Bucket: s3.settings.bucket,
        Key: s3.fullKey(key),
        ...objectFields(s3, sha256, options),
        ...checksumOf(s3, plan),
      }),
      call,
    ),
  );
  if (UploadId === undefined) throw noUploadId(key);
  return { id: UploadId, parts: new Map() };
}

async function resumable(
  s3: S3Connection,
  active: ActiveUploads,
  key: string,
  plan: UploadPlan,
  signal: AbortSignal | undefined,
): Promise<MultipartUpload | null> {
  const found = await leftUploads(s3, key, signal);
  const isCrc32Wanted = checksumOf(s3, plan).ChecksumAlgorithm !== undefined;
  let chosen: MultipartUpload | null = null;
  for (const { id, checksum } of found.toSorted((a, b) => b.initiatedAt.getTime() - a.initiatedAt.getTime())) {
    if (active.has(id)) continue;
    const mayFit: boolean = chosen === null && (!s3.settings.isAws || (checksum === 'CRC32') === isCrc32Wanted);
    const parts: Map<number, StoredPart> | null = mayFit ? await fittingParts(s3, key, id, plan, signal) : null;
    if (parts === null) await abortUpload(s3, key, id);
    else chosen = { id, parts };
  }
  return chosen;
}

/** Unfinished uploads of the key. None where the key may not see them, or the server does not list them: then nothing is resumed. */
async function leftUploads(s3: S3Connection, key: string, signal: AbortSignal | undefined): Promise<ListedUpload[]> {
  const found: ListedUpload[] = [];
  try {
    for await (const upload of listUploads(s3, key, signal)) if (upload.key === s3.fullKey(key)) found.push(upload);
  } catch (error) {
    const isOptional =
      error instanceof AppError && (error.code === 'STORAGE_DENIED' || error.code === 'STORAGE_FAILED');
    if (!isOptional) throw error;
  }
  return found;
}

/** The parts of an upload when all of them are as the plan cuts them, else null. */
async function fittingParts(
  s3: S3Connection,
  key: string,
  id: string,
  plan: PartPlan,
  signal: AbortSignal | undefined,
): Promise<Map<number, StoredPart> | null> {
  const parts = new Map<number, StoredPart>();
  try {
    for await (const part of listParts(s3, key, id, signal)) {
      const number = part.PartNumber ?? 0;
      if (number < 1 || number > plan.count || part.Size !== partRange(plan, number).length) return null;
      parts.set(number, {
        etag: part.ETag ?? '',
        ...(part.ChecksumCRC32 === undefined ? {} : { crc32: part.ChecksumCRC32 }),
      });
    }
  } catch (error) {
    // Ended meanwhile, or not ours to see: nothing to go on with.
    if (error instanceof AppError && error.code !== 'JOB_CANCELLED' && error.code !== 'STORAGE_UNREACHABLE')
      return null;
    throw error;
  }
  return parts;
}

/** What the server has of an upload. */
export async function* listParts(
  s3: S3Connection,
  key: string,
  id: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Part> {
  const action = { what: 'resumed', permission: 's3:ListMultipartUploadParts', key };
  let marker: string | undefined;
  for (;;) {
    const from = marker;
    const page = await s3.call(action, signal, ({ client, sdk, call }) =>
      client.send(
        new sdk.ListPartsCommand({
          Bucket: s3.settings.bucket,
          Key: s3.fullKey(key),
          UploadId: id,
          ...(from === undefined ? {} : { PartNumberMarker: from }),
        }),
        call,
      ),
    );
    yield* page.Parts ?? [];
    if (page.IsTruncated !== true || page.NextPartNumberMarker === undefined || page.NextPartNumberMarker === marker)
      return;
    marker = page.NextPartNumberMarker;
  }
}

/** Unfinished uploads whose key begins with the prefix. */
export async function* listUploads(
  s3: S3Connection,
  prefix: string,
  signal?: AbortSignal,
): AsyncGenerator<ListedUpload> {
  const action = { what: 'searched for unfinished uploads', permission: 's3:ListBucketMultipartUploads' };
  let at: { KeyMarker?: string; UploadIdMarker?: string } = {};
  for (;;) {
    const markers = at;
    const page = await s3.call(action, signal, ({ client, sdk, call }) =>
      client.send(
        new sdk.ListMultipartUploadsCommand({ Bucket: s3.settings.bucket, Prefix: s3.fullKey(prefix), ...markers }),
        call,
      ),
    );
    for (const { Key, UploadId, Initiated, ChecksumAlgorithm } of page.Uploads ?? []) {
      if (Key === undefined || UploadId === undefined) continue;
      yield { key: Key, id: UploadId, initiatedAt: Initiated ?? new Date(), checksum: ChecksumAlgorithm };
    }
    if (page.IsTruncated !== true || page.NextKeyMarker === undefined) return;
    const next = {
      KeyMarker: page.NextKeyMarker,
      ...(page.NextUploadIdMarker === undefined ? {} : { UploadIdMarker: page.NextUploadIdMarker }),
    };
    if (next.KeyMarker === at.KeyMarker && next.UploadIdMarker === at.UploadIdMarker) return;
    at = next;
  }
}

/** Ends an unfinished upload; what it has is freed. One that is gone already is fine, and so is one that can't be ended now: it is removed as abandoned later. */
export async function abortUpload(s3: S3Connection, key: string, id: string): Promise<boolean> {
  const action = { what: 'cleaned', permission: 's3:AbortMultipartUpload', key };
  try {
    await s3.call(action, undefined, ({ client, sdk }) =>
      client.send(
        new sdk.AbortMultipartUploadCommand({ Bucket: s3.settings.bucket, Key: s3.fullKey(key), UploadId: id }),
      ),
    );
    return true;
  } catch {
    return false;
  }
}

/** Ends the key's unfinished uploads that nobody in this process works on. */
export async function endUploadsOf(
  s3: S3Connection,
  active: ActiveUploads,
  key: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const { id } of await leftUploads(s3, key, signal)) if (!active.has(id)) await abortUpload(s3, key, id);
}

/** Ends unfinished uploads that began and got their last part so long ago, and that nobody in this process works on; returns how many. */
export async function removeAbandonedUploads(
  s3: S3Connection,
  active: ActiveUploads,
  olderThanMs: number,
): Promise<number> {
  const limit = Date.now() - olderThanMs;
  let removed = 0;
  try {
    for await (const { key, id, initiatedAt } of listUploads(s3, '')) {
      if (active.has(id) || initiatedAt.getTime() > limit || !isOurs(s3, key)) continue;
      const ourKey = key.slice(s3.settings.prefix.length);
      if (await grewSince(s3, ourKey, id, limit)) continue;
      if (await abortUpload(s3, ourKey, id)) removed++;
    }
  } catch (error) {
    if (error instanceof AppError && isUnsupported(error.cause)) return removed;
    throw error;
  }
  return removed;
}

/** Whether a part came after that: a node behind a slow line may send for longer than uploads are kept. */
async function grewSince(s3: S3Connection, key: string, id: string, time: number): Promise<boolean> {
  try {
    for await (const { LastModified } of listParts(s3, key, id, undefined))
      if (LastModified !== undefined && LastModified.getTime() > time) return true;
  } catch (error) {
    // Gone, or not ours to see: then its beginning tells.
    if (error instanceof AppError && error.code !== 'STORAGE_UNREACHABLE') return false;
    throw error;
  }
  return false;
}

/** Without a prefix of its own the bucket may be others' too: then only what begins as our keys do. */
function isOurs(s3: S3Connection, name: string): boolean {
  return s3.settings.prefix !== '' || /^(sites|catalogue|probe)\//.test(name);
}

function noUploadId(key: string): AppError {
  return new AppError({
    code: 'STORAGE_FAILED',
    kind: 'storage',
    message: `${key} could not be stored: the server began an upload without giving it an id.`,
    hint: 'Is it an S3 server that answers at this endpoint?',
    retry: 'maybe',
    context: { key },
  });
}
