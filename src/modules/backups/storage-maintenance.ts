import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { JobsService } from '../jobs/index.js';
import { StorageService } from '../storage/index.js';
import { BackupRemover } from './backup-remover.js';

const DAY_MS = 86_400_000;
/** An upload of another master may take days. */
const ABANDONED_AFTER_DAYS = 7;

/** Keeps the storages free of litter: partial uploads of killed runs, backups whose deletion was cut off. */
@Injectable()
export class StorageMaintenance implements OnApplicationBootstrap {
  private readonly logger = new Logger('storage');

  constructor(
    private readonly storage: StorageService,
    private readonly remover: BackupRemover,
    private readonly jobs: JobsService,
  ) {}

  onApplicationBootstrap(): void {
    void this.finishDeletions();
  }

  /**
   * Before any job is taken: nothing is under way in a local storage, so all partial uploads there are litter, unless another master
   * runs a job, which may write to the same folder.
   */
  async atStart(): Promise<void> {
    if (!(await this.jobs.doOthersRun())) await this.removeAbandoned(true);
  }

  @Cron('0 53 * * * *', { name: 'storage', waitForCompletion: true })
  async hourly(): Promise<void> {
    await this.removeAbandoned(false);
    await this.finishDeletions();
  }

  private async removeAbandoned(atStart: boolean): Promise<void> {
    for (const { driver, providerName } of await this.storage.allDestinations()) {
      // Other storages may be slow to answer, and others may be uploading to them.
      if (atStart && driver.kind !== 'local') continue;
      try {
        await driver.removeAbandoned(atStart ? 0 : ABANDONED_AFTER_DAYS * DAY_MS);
      } catch (error) {
        this.logger.warn(`Partial uploads on "${providerName}" could not be removed: ${String(error)}`);
      }
    }
  }

  private async finishDeletions(): Promise<void> {
    try {
      await this.remover.finishAll();
    } catch (error) {
      this.logger.warn(`Deletions could not be finished: ${String(error)}`);
    }
  }
}
