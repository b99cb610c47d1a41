import { Injectable } from '@nestjs/common';
import type { BackupDesk } from '../../engine/plans/index.js';
import type { SiteDestinations } from '../../engine/ports/index.js';
import type { Job } from '../jobs/index.js';
import { StorageService } from '../storage/index.js';
import { BackupExtensions } from './backup-extensions.js';
import { BundleReferences } from './bundle-references.js';
import { Catalogue } from './catalogue.js';

/** What the making of backups asks of the catalogue, answered from the database. */
@Injectable()
export class CatalogueDesk {
  constructor(
    private readonly storage: StorageService,
    private readonly catalogue: Catalogue,
    private readonly references: BundleReferences,
    private readonly extensions: BackupExtensions,
  ) {}

  /** The desk for this run of the job. */
  for(
    job: Pick<Job, 'siteId' | 'deliveryId'>,
    site: { id: string; destinations?: SiteDestinations | null | undefined },
  ): BackupDesk {
    return {
      choices: () => this.storage.choiceFor(site),
      parentsFor: (providerIds, limit) => this.catalogue.parentsFor(job.siteId, providerIds, limit),
      earlier: async (backupId) => (await this.catalogue.find(backupId))?.backup ?? null,
      damagedOf: (keys, providerIds) => this.references.damagedOf(keys, providerIds),
      mayBegin: (run) => this.extensions.beforeStages(run),
      admit: (run, destination, bytes) => this.extensions.admit(run, destination, bytes),
      commit: (backup) => this.catalogue.commit(backup, job.deliveryId),
    };
  }
}
