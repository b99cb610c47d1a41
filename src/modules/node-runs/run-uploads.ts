import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { canSign, type Destination, type SigningStorageDriver, type StoredObject } from '../../engine/ports/index.js';
import { Catalogue, Leftovers } from '../backups/index.js';
import { type Job, jobLost, JobsService } from '../jobs/index.js';
import type {
  AbortRequest,
  CompleteRequest,
  ObjectFacts,
  PartsAnswer,
  PartsRequest,
  UploadAnswer,
  UploadedPart,
  UploadRequest,
} from '../node-protocol/index.js';
import { QuotaLedger } from '../quota/index.js';
import { backupMade, bundleFirst, copyLacking, keyForbidden, notAdmitted } from './node-runs.errors.js';
import { factsOf } from './run-objects.js';
import { ownKeys, RunScope } from './run-scope.js';
import { type SpoolPlace, SpooledUploads } from './spooled-uploads.js';

/** What may be uploaded: the three objects of a backup. */
type ObjectName = 'bundle' | 'manifest' | 'site';

/** As many as a fast link needs in flight. */
const SIGNED_PARTS_AT_ONCE = 4;
/** More than any site's settings. */
const MAX_SITE_BYTES = 1024 * 1024;

interface Upload {
  job: Job;
  name: ObjectName;
  key: string;
  destination: Destination;
  /** Absent: through the master. `site.json` always goes so: it is small, and nothing of it is left half begun. */
  signing: SigningStorageDriver | null;
}

/** Brings the objects of a backup from the node to a storage: by signed requests, or through the master. */
@Injectable()
export class RunUploads {
  constructor(
    private readonly scope: RunScope,
    private readonly catalogue: Catalogue,
    private readonly quota: QuotaLedger,
    private readonly spool: SpooledUploads,
    private readonly jobs: JobsService,
    private readonly leftovers: Leftovers,
  ) {}

  /**
   * Begins, or goes on. Errors: NODE_KEY_FORBIDDEN, NODE_STORAGE_FORBIDDEN, NODE_BACKUP_MADE, NODE_UPLOAD_NOT_ADMITTED,
   * NODE_BUNDLE_FIRST, DISK_FULL, the storage's.
   */
  async begin(job: Job, { providerId, key, size, sha256 }: UploadRequest, signal: AbortSignal): Promise<UploadAnswer> {
    const upload = await this.uploadOf(job, providerId, key);
    await this.requireRoom(upload, size, signal);
    if (upload.signing === null) return this.spool.begin(placeOf(upload), { size, sha256 });
    const { uploadId, partBytes, parts } = await upload.signing.beginSigned(key, { size, sha256 }, { signal });
    const there = [...parts].map(([number, { etag }]) => ({ number, etag })).toSorted((a, b) => a.number - b.number);
    return { uploadId, partBytes, via: 'signed', atOnce: SIGNED_PARTS_AT_ONCE, parts: there };
  }

  /** How to send parts. Errors: as `begin`. */
  async parts(job: Job, { providerId, key, uploadId, parts }: PartsRequest): Promise<PartsAnswer> {
    const upload = await this.uploadOf(job, providerId, key);
    const { signing } = upload;
    // What goes through the master is not signed.
    if (signing === null) throw keyForbidden(key);
    const most = await this.admitted(upload);
    // All parts but the last are of one length: nobody fills the storage with parts of what could never be completed.
    for (const { number, length } of parts)
      if (length > most || (number - 1) * length > most) throw notAdmitted(key, number * length, most);
    const signed = await Promise.all(
      parts.map(async (part) => {
        const { method, url, headers, expiresInSeconds } = await signing.signPart(key, uploadId, part);
        return { number: part.number, method, url, headers: { ...headers }, expiresInSeconds, ca: signing.ca };
      }),
    );
    return { parts: signed };
  }

  /** Takes a part that goes through the master. Errors: NODE_PART_OUT_OF_ORDER, NODE_PART_LENGTH, STORAGE_UPLOAD_GONE, as `begin`. */
  async put(
    job: Job,
    { providerId, key, uploadId, number }: AbortRequest & { number: number },
    body: Readable,
  ): Promise<UploadedPart> {
    const upload = await this.uploadOf(job, providerId, key);
    if (upload.signing !== null) throw keyForbidden(key);
    return this.spool.put(placeOf(upload), uploadId, number, body);
  }

  /** Makes the parts one object. Idempotent. Errors: STORAGE_CHECKSUM_MISMATCH, STORAGE_UPLOAD_GONE, NODE_COPY_LACKING, as `begin`. */
  async complete(job: Job, said: CompleteRequest, signal: AbortSignal): Promise<ObjectFacts> {
    const { providerId, key, size, sha256, uploadId, parts } = said;
    const upload = await this.uploadOf(job, providerId, key);
    await this.requireRoom(upload, size, signal);
    const { signing, destination } = upload;
    const stored: StoredObject =
      signing === null
        ? await this.spool.complete(placeOf(upload), uploadId, { size, sha256 })
        : await signing.completeSigned(key, uploadId, { size, sha256 }, parts, { signal });
    if (stored.size !== size || (stored.sha256 !== undefined && stored.sha256 !== sha256))
      throw copyLacking(destination.providerName, key, size, stored.size);
    await this.requireActive(upload);
    return factsOf(stored);
  }

  /** Ends the upload; what came of it goes. Idempotent. Errors: NODE_KEY_FORBIDDEN, NODE_STORAGE_FORBIDDEN, the storage's. */
  async abort(job: Job, { providerId, key, uploadId }: AbortRequest): Promise<void> {
    const upload = await this.uploadOf(job, providerId, key, true);
    if (upload.signing === null) await this.spool.abort(placeOf(upload), uploadId);
    else await upload.signing.abortSigned(key, uploadId);
  }

  private async uploadOf(job: Job, providerId: string, key: string, isMadeToo = false): Promise<Upload> {
    const { bundleKey, manifestKey, siteKey } = ownKeys(job);
    const names = new Map<string, ObjectName>([
      [bundleKey, 'bundle'],
      [manifestKey, 'manifest'],
      [siteKey, 'site'],
    ]);
    const name = names.get(key);
    if (name === undefined) throw keyForbidden(key);
    const destination = await this.scope.candidate(job, providerId);
    // Nobody may replace what the catalogue points to.
    if (!isMadeToo && (await this.catalogue.find(job.backupId)) !== null) throw backupMade(job.backupId);
    const signing = name !== 'site' && canSign(destination.driver) ? destination.driver : null;
    return { job, name, key, destination, signing };
  }

  private async requireRoom(upload: Upload, size: number, signal: AbortSignal): Promise<void> {
    const { job, name, key, destination } = upload;
    const most = await this.admitted(upload);
    if (size > most) throw notAdmitted(key, size, most);
    if (name !== 'manifest') return;
    const bundle = await destination.driver.stat(ownKeys(job).bundleKey, signal);
    if (bundle === null) throw bundleFirst(destination.providerName);
    if (bundle.size + size > most) throw notAdmitted(key, bundle.size + size, most);
  }

  /** A job that ended meanwhile has been cleared away: so is what came too late. Error: JOB_LOST. */
  private async requireActive({ job, destination: { providerId, driver } }: Upload): Promise<void> {
    if (await this.jobs.isActive(job.id)) return;
    await this.leftovers.remove({ job, providerId, driver, ...ownKeys(job) });
    throw jobLost(job.deliveryId);
  }

  /** How many bytes of the object may come. */
  private async admitted({ job, name, key, destination }: Upload): Promise<number> {
    if (name === 'site') return MAX_SITE_BYTES;
    const bytes = await this.quota.reservedBy(job.id, destination.providerId);
    if (bytes === null) throw notAdmitted(key, null, null);
    return bytes;
  }
}

function placeOf({ job, name, key, destination }: Upload): SpoolPlace {
  return { jobId: job.id, name, key, destination };
}
