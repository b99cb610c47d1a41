import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { asAppError } from '../../common/errors/index.js';
import { SecretBox } from '../secrets/index.js';
import { SitesService } from '../sites/index.js';
import { CatalogueBackup } from './catalogue-backup.js';
import { CatalogueTasks } from './catalogue-tasks.js';

/** A little less than a day, so that the time of day does not wander. */
const DUE_MS = 23.5 * 3_600_000;

/** Backs the catalogue up once a day. Looked at every hour: a day that was missed, or failed, is made up for. */
@Injectable()
export class CatalogueSchedule {
  private readonly logger = new Logger('catalogue');

  constructor(
    private readonly backup: CatalogueBackup,
    private readonly tasks: CatalogueTasks,
    private readonly secrets: SecretBox,
    private readonly sites: SitesService,
  ) {}

  /** Starts a backup when one is due; whether it did. */
  @Cron('17 * * * *', { name: 'catalogue backup' })
  async runIfDue(): Promise<boolean> {
    try {
      if (!(await this.isDue())) return false;
      await this.tasks.start('backup', async (context) => ({ ...(await this.backup.run(context)) }));
      return true;
    } catch (error) {
      this.logger.warn(`The catalogue is not backed up now: ${asAppError(error).message}`);
      return false;
    }
  }

  /** A day after the last one, and at once when the key was changed; never while there is nothing to save. */
  private async isDue(): Promise<boolean> {
    const last = await this.backup.last();
    if (last !== null && last.keyId === this.secrets.keyId && Date.now() - last.at.getTime() < DUE_MS) return false;
    return (await this.sites.list({ limit: 1, offset: 0 })).total > 0;
  }
}
