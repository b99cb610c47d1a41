import type { Readable } from 'node:stream';
import { cancelledError } from '../../common/errors/index.js';
import {
  assertStorageKey,
  type ByteRange,
  type LockingStorageDriver,
  type ProbeStep,
  type ProbingStorageDriver,
  type PutOptions,
  type PutSource,
  type SignedPart,
  type SignedRequest,
  type SignedUpload,
  type SigningStorageDriver,
  type StoredObject,
} from '../../engine/ports/index.js';
import { abortUpload, endUploadsOf, removeAbandonedUploads, type ActiveUploads } from './multipart-upload.js';
import { S3Connection } from './s3-connection.js';
import { removeObject, Versioning } from './s3-delete.js';
import { listObjects } from './s3-list.js';
import { extendObjectLock, objectLockedUntil } from './s3-lock.js';
import { s3ProbeSteps } from './s3-probe.js';
import { putObject } from './s3-put.js';
import { readObject } from './s3-read.js';
import type { RetryPolicy } from './s3-retry.js';
import type { S3Settings } from './s3-settings.js';
import { signPart, signRead, SIGNED_SECONDS } from './s3-sign.js';
import { beginSignedUpload, completeSignedUpload } from './s3-signed-upload.js';
import { statObject } from './s3-stat.js';

const PAGE_SIZE = 1000;

export interface S3DriverOptions {
  retry?: RetryPolicy;
  /** Objects asked for in one page of a list. */
  pageSize?: number;
  /** For how long signed requests are taken. */
  signedSeconds?: number;
}

/**
 * Objects of an S3 bucket: key `a/b` is the object `<prefix>a/b`. Works with AWS and what speaks its protocol. Large objects
 * go in parts; an upload that was interrupted goes on with the parts that the server has.
 */
export class S3StorageDriver implements LockingStorageDriver, ProbingStorageDriver, SigningStorageDriver {
  readonly kind = 's3';
  readonly lockDays: number | null;
  readonly probeSteps: readonly ProbeStep[];
  readonly ca: string | null;
  private readonly s3: S3Connection;
  private readonly state: { active: ActiveUploads; versioning: Versioning };
  private readonly pageSize: number;
  private readonly signedSeconds: number;

  constructor(settings: S3Settings, options: S3DriverOptions = {}) {
    this.s3 = new S3Connection(settings, options.retry);
    this.state = { active: new Set(), versioning: new Versioning(this.s3) };
    this.pageSize = options.pageSize ?? PAGE_SIZE;
    this.signedSeconds = options.signedSeconds ?? SIGNED_SECONDS;
    this.ca = settings.ca;
    this.lockDays = settings.objectLock?.days ?? null;
    this.probeSteps = s3ProbeSteps(this.s3, this.state.versioning);
  }

  async put(key: string, source: PutSource, options: PutOptions = {}): Promise<StoredObject> {
    assertStorageKey(key);
    if (options.signal?.aborted === true) throw cancelledError();
    return putObject(this.s3, this.state, key, source, options);
  }

  async stat(key: string, signal?: AbortSignal): Promise<StoredObject | null> {
    assertStorageKey(key);
    const facts = await statObject(this.s3, key, signal);
    return facts === null ? null : { key, size: facts.size, modifiedAt: facts.modifiedAt };
  }

  async read(key: string, range: ByteRange = { offset: 0 }, signal?: AbortSignal): Promise<Readable> {
    assertStorageKey(key);
    return readObject(this.s3, key, range, signal);
  }

  list(prefix: string, signal?: AbortSignal): AsyncIterable<StoredObject> {
    return listObjects(this.s3, prefix, this.pageSize, signal);
  }

  async delete(key: string, signal?: AbortSignal): Promise<void> {
    assertStorageKey(key);
    await removeObject(this.s3, this.state.versioning, key, signal);
  }

  async endUploads(key: string, signal?: AbortSignal): Promise<void> {
    assertStorageKey(key);
    await endUploadsOf(this.s3, this.state.active, key, signal);
  }

  async removeAbandoned(olderThanMs: number): Promise<number> {
    return removeAbandonedUploads(this.s3, this.state.active, olderThanMs);
  }

  /** A bucket has no size. */
  async space(): Promise<null> {
    return null;
  }

  async extendLock(key: string, until: Date): Promise<void> {
    assertStorageKey(key);
    await extendObjectLock(this.s3, key, until);
  }

  async lockedUntil(key: string): Promise<Date | null> {
    assertStorageKey(key);
    return objectLockedUntil(this.s3, key);
  }

  async signRead(key: string): Promise<SignedRequest> {
    assertStorageKey(key);
    return signRead(this.s3, key, this.signedSeconds);
  }

  async beginSigned(
    key: string,
    source: { size: number; sha256: string },
    options: PutOptions = {},
  ): Promise<SignedUpload> {
    assertStorageKey(key);
    return beginSignedUpload(this.s3, this.state.active, key, source, options);
  }

  async signPart(key: string, uploadId: string, part: SignedPart): Promise<SignedRequest> {
    assertStorageKey(key);
    return signPart(this.s3, key, uploadId, part, this.signedSeconds);
  }

  async completeSigned(
    key: string,
    uploadId: string,
    source: { size: number; sha256: string },
    parts: readonly { number: number; etag: string }[],
    options: PutOptions = {},
  ): Promise<StoredObject> {
    assertStorageKey(key);
    return completeSignedUpload(this.s3, this.state.versioning, key, uploadId, source, parts, options);
  }

  async abortSigned(key: string, uploadId: string): Promise<void> {
    assertStorageKey(key);
    await abortUpload(this.s3, key, uploadId);
  }
}
