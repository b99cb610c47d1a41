import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { StorageDriver } from '../../engine/ports/index.js';
import { keysFor } from '../../engine/runner/index.js';
import { Job, lockSite, lostRuns } from '../jobs/index.js';
import { Backup, BackupCopy } from './backup.entity.js';
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
      // A node sends the manifest in parts, too.
      await driver.endUploads?.(manifestKey);
      await driver.endUploads?.(bundleKey);
      if (await this.references.isNeeded(em, bundleKey, job.backupId)) return;
      await driver.delete(bundleKey);
    });
  }

  /**
   * Removes the objects, and ends the uploads, of the job's backup that are neither the catalogue's nor those of the run that has the job now: an earlier
   * run of another master wrote them under keys of its own. Errors: the storage's.
   */
  async removeLost({ id, siteId }: Pick<Job, 'id' | 'siteId'>, driver: StorageDriver): Promise<void> {
    await this.orm.em.fork().transactional(async (em) => {
      await lockSite(em, siteId, 'exclusive');
      // As it is now: it may have been tried again.
      const job = await em.findOneOrFail(Job, { id });
      const known = await em.findOne(Backup, { id: job.backupId });
      const kept = new Set(known === null ? [] : [known.manifestKey, known.bundleKey]);
      if (job.isActive() && job.startedAt instanceof Date) {
        const { manifestKey, bundleKey } = keysFor(job.siteId, job.startedAt, job.backupId);
        kept.add(manifestKey).add(bundleKey);
      }
      // In key order: a manifest goes before its bundle.
      for await (const { key } of driver.list(`sites/${job.siteId}/`))
        if (key.includes(`-${job.backupId}.`) && !kept.has(key)) await driver.delete(key);
      for (const began of lostRuns(job)) {
        const { bundleKey } = keysFor(job.siteId, began, job.backupId);
        if (!kept.has(bundleKey)) await driver.endUploads?.(bundleKey);
      }
    });
  }
}
