import { Injectable } from '@nestjs/common';
import type { BackupRun } from '../../engine/plans/index.js';
import type { JobJournal } from '../../engine/ports/index.js';
import {
  BackupExtensions,
  backupNotFound,
  BundleReferences,
  Catalogue,
  type CataloguedBackup,
} from '../backups/index.js';
import type { Job } from '../jobs/index.js';
import type {
  AdmitRequest,
  BeginAnswer,
  BeginRequest,
  DamagedRequest,
  EarlierBackupFacts,
  ParentsRequest,
} from '../node-protocol/index.js';
import { RunScope } from './run-scope.js';
import { Told } from './told.js';

/** What a backup on a node asks about its site's earlier backups, and whether it may be stored. */
@Injectable()
export class RunQuestions {
  constructor(
    private readonly scope: RunScope,
    private readonly catalogue: Catalogue,
    private readonly references: BundleReferences,
    private readonly extensions: BackupExtensions,
  ) {}

  /** Error: NODE_STORAGE_FORBIDDEN. */
  async parents(job: Job, { providerIds, limit }: ParentsRequest): Promise<EarlierBackupFacts[]> {
    await this.scope.candidates(job, providerIds);
    return (await this.catalogue.parentsFor(job.siteId, providerIds, limit)).map(factsOf);
  }

  /** Error: BACKUP_NOT_FOUND, also for another site's. */
  async parent(job: Job, backupId: string): Promise<EarlierBackupFacts> {
    const found = await this.catalogue.find(backupId);
    if (found?.backup.siteId !== job.siteId) throw backupNotFound(backupId);
    return factsOf(found.backup);
  }

  /** Errors: NODE_STORAGE_FORBIDDEN, NODE_KEY_FORBIDDEN. */
  async damaged(job: Job, { keys, providerIds }: DamagedRequest): Promise<string[]> {
    await this.scope.candidates(job, providerIds);
    await this.scope.requireKnown(job, keys);
    return [...(await this.references.damagedOf(keys, providerIds))];
  }

  /** Whether the backup may begin. One that is made already may. Errors: QUOTA_EXCEEDED, NODE_STORAGE_FORBIDDEN, BACKUP_NOT_FOUND. */
  async begin(job: Job, { providerIds, parentId }: BeginRequest, signal: AbortSignal): Promise<BeginAnswer> {
    const told = new Told();
    const run = await this.runOf(job, providerIds, parentId, told, signal);
    if ((await this.catalogue.find(job.backupId)) === null) await this.extensions.beforeStages(run);
    return told.answer;
  }

  /** Whether so many bytes may be stored there; deletes what retention lets go where a quota says so. Errors: as `begin`. */
  async admit(job: Job, { providerId, bytes, parentId }: AdmitRequest, signal: AbortSignal): Promise<BeginAnswer> {
    const told = new Told();
    const run = await this.runOf(job, [providerId], parentId, told, signal);
    for (const destination of run.destinations) await this.extensions.admit(run, destination, bytes);
    return told.answer;
  }

  private async runOf(
    job: Job,
    providerIds: readonly string[],
    parentId: string | null,
    journal: JobJournal,
    signal: AbortSignal,
  ): Promise<BackupRun> {
    const destinations = await this.scope.candidates(job, providerIds);
    // What is not the site's would keep nothing: the real parent could be deleted to make room.
    if (parentId !== null) await this.parent(job, parentId);
    return {
      jobId: job.id,
      site: { id: job.siteId, name: job.siteName },
      full: job.request['full'] === true,
      destinations,
      signal,
      journal,
      parentId: () => Promise.resolve(parentId),
    };
  }
}

function factsOf({
  id,
  startedAt,
  manifestKey,
  manifestSize,
  manifestSha256,
}: CataloguedBackup['backup']): EarlierBackupFacts {
  return { id, startedAt: startedAt.toISOString(), manifestKey, manifestSize, manifestSha256 };
}
