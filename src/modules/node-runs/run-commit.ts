import { Injectable } from '@nestjs/common';
import type { Destination } from '../../engine/ports/index.js';
import { statEach } from '../../engine/storage/index.js';
import { Catalogue, ObjectOwners } from '../backups/index.js';
import { type Job, NodeRuns } from '../jobs/index.js';
import type { CommitRequest } from '../node-protocol/index.js';
import { QuotaLedger } from '../quota/index.js';
import {
  backupMade,
  commitInvalid,
  copyLacking,
  keyForbidden,
  notAdmitted,
  storageForbidden,
} from './node-runs.errors.js';
import { ownKeys, RunScope } from './run-scope.js';
import { SpooledUploads } from './spooled-uploads.js';

interface ClaimedObject {
  key: string;
  size: number;
  /** Compared where the storage knows it; null: not compared. */
  sha256: string | null;
}

/** Enters the backups of nodes into the catalogue, after a look of its own at every copy. */
@Injectable()
export class RunCommit {
  constructor(
    private readonly scope: RunScope,
    private readonly catalogue: Catalogue,
    private readonly owners: ObjectOwners,
    private readonly spool: SpooledUploads,
    private readonly quota: QuotaLedger,
    private readonly runs: NodeRuns,
  ) {}

  /**
   * Nothing of it is taken on trust but figures that only the node can know. Idempotent. Errors: NODE_KEY_FORBIDDEN,
   * NODE_STORAGE_FORBIDDEN, NODE_COMMIT_INVALID, NODE_UPLOAD_NOT_ADMITTED, NODE_COPY_LACKING, NODE_BACKUP_MADE (another one under the same id), JOB_LOST, the storages'.
   */
  async commit(job: Job, said: CommitRequest, signal: AbortSignal): Promise<void> {
    const { bundleKey, manifestKey } = ownKeys(job);
    if (said.bundleKey !== bundleKey) throw keyForbidden(said.bundleKey);
    if (said.manifestKey !== manifestKey) throw keyForbidden(said.manifestKey);
    const before = await this.catalogue.find(job.backupId);
    if (before === null) await this.enter(job, said, signal);
    else if (before.backup.bundleSha256 !== said.bundleSha256 || before.backup.manifestSha256 !== said.manifestSha256) {
      throw backupMade(job.backupId);
    }
    await this.spool.drop(job.id);
  }

  private async enter(job: Job, said: CommitRequest, signal: AbortSignal): Promise<void> {
    await this.requireParent(job, said.parentBackupId);
    const others = await this.requireBundles(job, said);
    const { candidates, absent } = await this.scope.places(job);
    const holders = said.copies.map(({ providerId }) => {
      const found = candidates.find((each) => each.providerId === providerId);
      if (found === undefined) throw storageForbidden(providerId);
      return found;
    });
    for (const id of said.missing) {
      if (holders.some(({ providerId }) => providerId === id))
        throw commitInvalid(`the storage ${id} is said to have it and to lack it.`);
      if (!absent.includes(id) && !candidates.some(({ providerId }) => providerId === id)) throw storageForbidden(id);
    }
    const own = [
      { key: said.bundleKey, size: said.bundleSize, sha256: said.bundleSha256 },
      { key: said.manifestKey, size: said.manifestSize, sha256: said.manifestSha256 },
    ];
    const size = said.bundleSize + said.manifestSize;
    for (const holder of holders) {
      await requireAll(holder, [...own, ...others], signal);
      await this.requireAdmitted(job, holder, size);
    }
    const placed = new Set([...said.missing, ...holders.map(({ providerId }) => providerId)]);
    const tried = await this.quota.reservedAt(job.id);
    if (tried.some((id) => !placed.has(id))) await this.runs.noteGivenUp(job);
    await this.catalogue.commit(
      {
        backupId: job.backupId,
        siteId: job.siteId,
        jobId: job.id,
        bundleKey: said.bundleKey,
        bundleSize: said.bundleSize,
        bundleSha256: said.bundleSha256,
        manifestKey: said.manifestKey,
        manifestSize: said.manifestSize,
        manifestSha256: said.manifestSha256,
        parentBackupId: said.parentBackupId,
        startedAt: job.startedAt ?? job.createdAt,
        fileCount: said.fileCount,
        sourceBytes: said.sourceBytes,
        databaseBytes: said.databaseBytes,
        rowCount: said.rowCount ?? null,
        storedBytes: said.storedBytes,
        bundles: said.bundles.map(({ key, size: bytes, sha256, own: isOwn }) => ({
          key,
          size: bytes,
          sha256,
          own: isOwn,
        })),
        copies: holders.map(({ providerId }) => ({ providerId, size })),
        missing: said.missing,
      },
      job.deliveryId,
    );
  }

  /** Bundle and manifest came each for itself. Error: NODE_UPLOAD_NOT_ADMITTED. */
  private async requireAdmitted(job: Job, { providerId }: Destination, size: number): Promise<void> {
    const most = await this.quota.reservedBy(job.id, providerId);
    if (most === null || size > most) throw notAdmitted(job.backupId, size, most);
  }

  private async requireParent(job: Job, parentId: string | null): Promise<void> {
    if (parentId === null) return;
    const found = await this.catalogue.find(parentId);
    if (found?.backup.siteId !== job.siteId || parentId === job.backupId)
      throw commitInvalid('what it says it was compared with is no backup of its site.');
  }

  /** The bundles of earlier backups that it points into, each the site's and as the catalogue knows it. */
  private async requireBundles(job: Job, said: CommitRequest): Promise<ClaimedObject[]> {
    for (const { key, own, size, sha256 } of said.bundles) {
      const isOwn = key === said.bundleKey;
      if (own !== isOwn || (isOwn && (size !== said.bundleSize || sha256 !== said.bundleSha256)))
        throw commitInvalid('what it says of its own bundle does not agree.');
    }
    const others = said.bundles.filter(({ own }) => !own);
    const known = await this.owners.ofSite(
      job.siteId,
      others.map(({ key }) => key),
    );
    for (const { key, size, sha256 } of others) {
      const object = known.get(key);
      if (object?.kind !== 'bundle') throw keyForbidden(key);
      if (object.size !== size || (object.sha256 !== null && object.sha256 !== sha256))
        throw commitInvalid(`${key} is another one in the catalogue.`);
    }
    return others.map(({ key, size }) => ({ key, size, sha256: null }));
  }
}

/** Throws NODE_COPY_LACKING unless the storage has all of it now (rule 1). */
async function requireAll(
  { driver, providerName }: Destination,
  objects: readonly ClaimedObject[],
  signal: AbortSignal,
): Promise<void> {
  for await (const [{ key, size, sha256 }, found] of statEach(driver, objects, signal)) {
    const differs = sha256 !== null && found?.sha256 !== undefined && found.sha256 !== sha256;
    if (found?.size !== size || differs) throw copyLacking(providerName, key, size, found?.size ?? null);
  }
}
