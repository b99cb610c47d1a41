import type { CommittedBackup, JobWarning } from '../../engine/ports/index.js';

/** All under `POST /node/runs/:runId/…`; JOB_LOST when the run no longer holds its job, NODE_KEY_FORBIDDEN for keys that are not its own. */

/** `parents`: the newest good backups that all of the storages have. */
export interface ParentsRequest {
  providerIds: string[];
  limit: number;
}
export interface ParentsAnswer {
  backups: EarlierBackupFacts[];
}
/** `parents/:backupId`: one of the site's, as catalogued; also one that is being deleted. Error: BACKUP_NOT_FOUND. */
export interface EarlierBackupFacts {
  id: string;
  startedAt: string;
  manifestKey: string;
  manifestSize: number;
  manifestSha256: string;
}

/** `damaged`: which of the bundles are known to be damaged or missing on any of the storages. */
export interface DamagedRequest {
  keys: string[];
  providerIds: string[];
}
export interface DamagedAnswer {
  keys: string[];
}

/** `begin`: whether the backup may begin (quota); answers with notes for the job's log. */
export interface BeginRequest {
  providerIds: string[];
  parentId: string | null;
}
export interface BeginAnswer {
  notes: { message: string; context: Record<string, unknown> }[];
  warnings: JobWarning[];
}

/**
 * `admit`: whether the storage may take so many bytes, those of bundle and manifest together (quota). No more than what was admitted can be
 * uploaded. Answers as `begin`.
 */
export interface AdmitRequest {
  providerId: string;
  bytes: number;
  /** As with `begin`: it stays where room is made. */
  parentId: string | null;
}

/** `commit`: enters the backup into the catalogue, once the master has looked at every copy itself. Idempotent; answers with nothing (204). */
export type CommitRequest = Omit<CommittedBackup, 'startedAt' | 'backupId' | 'siteId' | 'jobId'>;

/** `stat`: what the storage has of these keys, in their order. */
export interface StatRequest {
  providerId: string;
  keys: string[];
}
export interface StatAnswer {
  /** Null = no such object. */
  objects: (ObjectFacts | null)[];
}
export interface ObjectFacts {
  size: number;
  modifiedAt: string;
  sha256?: string;
}

/** `read`: how to read an object, in ranges as the reader likes. */
export interface ReadRequest {
  providerId: string;
  key: string;
}
/** A request that anyone may send who has it. `null` url: through the master (`GET /node/runs/:runId/objects?providerId=&key=` with `Range`). */
export interface Access {
  method: 'GET' | 'PUT';
  url: string | null;
  headers: Record<string, string>;
  /** From now on; ask again after half of it. */
  expiresInSeconds: number;
  /** Certificates (PEM) to trust besides the system's. */
  ca: string | null;
}

/**
 * `uploads`: begins the upload of an object, or goes on with one that was cut off. Bundle before manifest before `site.json`. Errors:
 * NODE_UPLOAD_NOT_ADMITTED, NODE_BACKUP_MADE once the backup is in the catalogue.
 */
export interface UploadRequest {
  providerId: string;
  key: string;
  size: number;
  sha256: string;
}
export interface UploadAnswer {
  uploadId: string;
  partBytes: number;
  /** `signed`: parts go straight to the storage, in any order; `master`: through the master, one after the other. */
  via: 'signed' | 'master';
  /** How many parts may be sent at a time. */
  atOnce: number;
  /** Parts that are there. */
  parts: UploadedPart[];
}
export interface UploadedPart {
  /** From 1. */
  number: number;
  etag: string;
}

/**
 * `uploads/parts`: how to send these parts (`via` signed). Through the master: `PUT /node/runs/:runId/parts?providerId=&key=&uploadId=&number=`
 * with the bytes (`application/octet-stream`); answers with the part. Errors: NODE_PART_OUT_OF_ORDER with the number that is `expected`,
 * STORAGE_UPLOAD_GONE (begin anew). The newest request for an upload ends an older one that still hangs.
 */
export interface PartsRequest {
  providerId: string;
  key: string;
  uploadId: string;
  /** `md5`: base64, of the part's bytes. */
  parts: { number: number; length: number; md5: string }[];
}
export interface PartsAnswer {
  parts: (Access & { number: number })[];
}

/**
 * `uploads/complete`: makes the parts one object; the master compares what the storage answers. Idempotent; answers with ObjectFacts. Errors: STORAGE_CHECKSUM_MISMATCH
 * (nothing is stored), STORAGE_UPLOAD_GONE (begin anew). May take minutes for a large object; asked again meanwhile it waits for the same.
 */
export interface CompleteRequest extends UploadRequest {
  uploadId: string;
  parts: UploadedPart[];
}
/** `uploads/abort`: ends it and removes its parts. Idempotent. */
export interface AbortRequest {
  providerId: string;
  key: string;
  uploadId: string;
}
