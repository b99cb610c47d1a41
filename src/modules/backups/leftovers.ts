import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { StorageDriver } from '../../engine/ports/index.js';
import { type Job, lockSite } from '../jobs/index.js';
import { BackupCopy } from './backup.entity.js';
import { BundleReferences } from './bundle-references.js';

interface Place {
  job: Job;
  providerId: string;
  driver: StorageDriver;
  manifestKey: string;
  bundleKey: string;
}

/** What an ended job left in a storage. */
@Injectable()
export class Leftovers {
  constructor(
    private readonly orm: MikroORM,
    private readonly references: BundleReferences,
  ) {}

  /**
   * Removes the objects of the job's backup from the storage unless the catalogue has a copy of it there; the bundle stays also while
   * another backup needs it. Nobody begins to use them meanwhile. Errors: the storage's.
   */
  async remove({ job, providerId, driver, manifestKey, bundleKey }: Place): Promise<void> {
    await this.orm.em.fork().transactional(async (em) => {
      await lockSite(em, job.siteId, 'exclusive');
      if ((await em.count(BackupCopy, { backupId: job.backupId, providerId })) > 0) return;
      await driver.delete(manifestKey);
      await driver.endUploads?.(bundleKey);
      if (await this.references.isNeeded(em, bundleKey, job.backupId)) return;
      await driver.delete(bundleKey);
    });
  }
}
