import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** What a storage answers about one object. `sha256` only where the storage (or the driver, by reading back) knows it. */
export interface StoredObject {
  key: string;
  /** Bytes. */
  size: number;
  modifiedAt: Date;
  sha256?: string;
}

/** A run of bytes; without `length` to the end. */
export interface ByteRange {
  offset: number;
  length?: number;
}

/** Takes bytes out of the host's upload budget before they are sent. */
export interface BandwidthLimiter {
  /** Resolves when `bytes` may go out. */
  take(bytes: number, signal?: AbortSignal): Promise<void>;
}

/** A finished local file. */
export interface FileSource {
  path: string;
  size: number;
  /** SHA-256 of the whole file, hex. */
  sha256: string;
}

/**
 * Bytes that lie elsewhere (an object of another storage), read as often as the driver needs: in ranges, several at a time,
 * again for a retry. The same bytes must come every time. The one who opens a stream destroys it.
 */
export interface StreamSource {
  open(range: ByteRange, signal?: AbortSignal): Promise<Readable>;
  size: number;
  /** SHA-256 of the whole, hex. */
  sha256: string;
}

/** What to store: a finished local file, a re-readable stream, or a small body. */
export type PutSource = FileSource | StreamSource | { bytes: Uint8Array };

export interface PutOptions {
  signal?: AbortSignal;
  limiter?: BandwidthLimiter;
  /** Called with the bytes sent so far of this object; never goes back. */
  onProgress?: (bytes: number) => void;
  /**
   * The storage may keep the source file itself (a hard link, a clone of its blocks) instead of a copy. Only for one storage of a
   * file: two that share it would be one copy. Nobody may write to the file any more.
   */
  mayShare?: boolean;
  /** Do not lock this object, though the driver's settings lock: for what is to be deleted soon. */
  unlocked?: boolean;
}

/**
 * A configured place for objects. The contract every driver keeps (engine/testing/storage-conformance proves it):
 * - keys are ASCII `a/b/c`, no empty or dot segments; a driver refuses others with STORAGE_KEY_INVALID;
 * - `put` is atomic: a reader sees the old object, or the whole new one, never a part; it is durable when it resolves;
 *   may be called again with the same key and content (idempotent); a failed or aborted put leaves nothing visible;
 *   what differs from the announced size or SHA-256 is not stored;
 * - `read` of a missing key throws STORAGE_OBJECT_NOT_FOUND; ranges past the end are cut; streams are lazy and bounded;
 * - `list` yields each object under the prefix once, in key order, streaming; never partial uploads;
 * - `delete` is idempotent: a missing object is success. It never follows a link;
 * - drivers retry what the transport says is temporary; callers retry nothing but whole jobs.
 * Errors are AppErrors of kind `storage` (STORAGE_UNREACHABLE, STORAGE_DENIED, STORAGE_FULL, STORAGE_OBJECT_NOT_FOUND, …).
 */
export interface StorageDriver {
  /** The driver's kind: `local`, `s3`, … */
  readonly kind: string;
  put(key: string, source: PutSource, options?: PutOptions): Promise<StoredObject>;
  /** The object's facts, or null when it is missing. */
  stat(key: string, signal?: AbortSignal): Promise<StoredObject | null>;
  read(key: string, range?: ByteRange, signal?: AbortSignal): Promise<Readable>;
  list(prefix: string, signal?: AbortSignal): AsyncIterable<StoredObject>;
  delete(key: string, signal?: AbortSignal): Promise<void>;
  /** Ends begun uploads of the key that nobody works on; absent where a begun one never outlives its process. Idempotent. */
  endUploads?(key: string, signal?: AbortSignal): Promise<void>;
  /** Removes partial uploads that have got nothing for the given time; returns how many. Called at start and by maintenance. */
  removeAbandoned(olderThanMs: number): Promise<number>;
  /** Free and total bytes, or null where the storage has no such notion. */
  space(): Promise<{ freeBytes: number; totalBytes: number } | null>;
}

/** A driver whose place must be prepared once, when the provider is created (the local one: folder and marker file). */
export interface InitialisableStorageDriver extends StorageDriver {
  /** Prepares the place. Idempotent; keeps what is there. Never called for a provider that exists already. */
  initialise(): Promise<void>;
  /** The same place as it is, to try it out unprepared. What that makes, `end` removes; what was there before stays. */
  trial(): Promise<StorageTrial>;
}

export interface StorageTrial {
  driver: StorageDriver;
  /** Call it once, when nothing uses the driver any more. */
  end(): Promise<void>;
}

export function canInitialise(driver: StorageDriver): driver is InitialisableStorageDriver {
  return 'initialise' in driver;
}

/** A driver whose objects are files of this host: threads read them by descriptor, without a stream in between. */
export interface FileStorageDriver extends StorageDriver {
  /** The object's file, open for reading; close it. Throws STORAGE_OBJECT_NOT_FOUND, and what `read` throws. */
  openFile(key: string): Promise<FileHandle>;
}

export function hasFiles(driver: StorageDriver): driver is FileStorageDriver {
  return 'openFile' in driver;
}

/** A driver that can lock objects against deletion (S3 Object Lock). What is locked answers `delete` with STORAGE_RETAINED. */
export interface LockingStorageDriver extends StorageDriver {
  /** For how many days a `put` locks its object, by the driver's own settings; null when it does not. */
  readonly lockDays: number | null;
  /** Locks the object until then. Idempotent; never shortens a lock. Errors: STORAGE_OBJECT_NOT_FOUND, STORAGE_DENIED. */
  extendLock(key: string, until: Date): Promise<void>;
  /** Until when the object is locked, or null. Error: STORAGE_OBJECT_NOT_FOUND. */
  lockedUntil(key: string): Promise<Date | null>;
}

/** A request that whoever has it may send as it is, without credentials of the storage. A secret: it stands in no log and no error. */
export interface SignedRequest {
  method: 'GET' | 'PUT';
  /** As it is: a redirect is not followed, as the request is good for this address only. */
  url: string;
  /** To be sent exactly so; the body as long as they say, not chunked. */
  headers: Readonly<Record<string, string>>;
  /** For how long from now the storage begins to take it; one that has begun may take longer. */
  expiresInSeconds: number;
}

/** A part of an object that someone else sends. */
export interface SignedPart {
  /** From 1. */
  number: number;
  /** Bytes. */
  length: number;
  /** MD5 of its bytes, base64. */
  md5: string;
}

/** An upload whose parts someone else sends. */
export interface SignedUpload {
  uploadId: string;
  /** Bytes of each part but the last. */
  partBytes: number;
  /** Parts that the storage has, by number. One is the sender's own if its ETag is the MD5 of the bytes; any other is sent again. */
  parts: ReadonlyMap<number, { etag: string }>;
}

/**
 * A driver that can hand out requests for single objects, so that a host without credentials reads and stores them itself. Nothing of
 * an upload is kept in this process: any master goes on with it. engine/testing/signing-conformance proves the contract.
 */
export interface SigningStorageDriver extends StorageDriver {
  /** Certificates (PEM) that its server needs besides the system's. */
  readonly ca: string | null;
  /** Reads the object, in ranges as the reader likes (`Range`, not signed). Asks nothing over a network. */
  signRead(key: string): Promise<SignedRequest>;
  /**
   * Begins an upload, or goes on with one of the same key that was left, if its parts are cut as those of this size are; others of the
   * key are ended. Any object goes so; an empty one has one empty part. The object gets what `put` gives one, a lock too.
   */
  beginSigned(key: string, source: { size: number; sha256: string }, options?: PutOptions): Promise<SignedUpload>;
  /**
   * How to send that part. The storage refuses other bytes than those of the MD5, and tells the part's ETag in the header of its answer.
   * Asks nothing over a network. Error: STORAGE_PART_INVALID.
   */
  signPart(key: string, uploadId: string, part: SignedPart): Promise<SignedRequest>;
  /**
   * Makes the parts one object and looks whether it is there as announced. Again: the same answer. The ETags are what the storage said
   * of the parts. Errors: STORAGE_CHECKSUM_MISMATCH (nothing is stored, the upload is ended), STORAGE_UPLOAD_GONE when the upload is no
   * longer there (begin anew), STORAGE_FAILED when a part is missing or another one (begin again: that tells which are there).
   */
  completeSigned(
    key: string,
    uploadId: string,
    source: { size: number; sha256: string },
    parts: readonly { number: number; etag: string }[],
    options?: PutOptions,
  ): Promise<StoredObject>;
  /** Ends the upload and removes its parts; what can't be ended now is removed as abandoned later. Idempotent. */
  abortSigned(key: string, uploadId: string): Promise<void>;
}

export function canSign(driver: StorageDriver): driver is SigningStorageDriver {
  return 'signRead' in driver;
}

/** One thing that only a certain kind of driver needs to work. */
export interface ProbeStep {
  name: string;
  /** Tries it with the small object of that key, which is there. Throws what does not work; leaves nothing behind. */
  run(key: string, signal?: AbortSignal): Promise<void>;
}

/** A driver with more to test than what all of them do. */
export interface ProbingStorageDriver extends StorageDriver {
  readonly probeSteps: readonly ProbeStep[];
}

export function hasProbeSteps(driver: StorageDriver): driver is ProbingStorageDriver {
  return 'probeSteps' in driver;
}

/** Whether the driver can lock and its settings want it. */
export function locksObjects(driver: StorageDriver): driver is LockingStorageDriver {
  return 'extendLock' in driver && 'lockDays' in driver && driver.lockDays !== null;
}

/** Makes drivers of one kind from a provider's settings. Found through the discovery token, like backup modules. */
export interface StorageDriverFactory {
  readonly kind: string;
  readonly title: string;
  /** JSON schema of the settings, for forms and validation. */
  readonly settingsSchema: Readonly<Record<string, unknown>>;
  /** Names of the settings that are secrets: sealed at rest, never returned. */
  readonly secretSettings: readonly string[];
  create(settings: Readonly<Record<string, unknown>>): StorageDriver;
  /**
   * The names of the place that these settings lead to, secrets not needed; each ends in `/`. Two settings whose names are the same,
   * or of which one begins with the other's, share objects (`placesMeet`). Nothing is made or asked over a network.
   */
  places(settings: Readonly<Record<string, unknown>>): Promise<string[]>;
}
