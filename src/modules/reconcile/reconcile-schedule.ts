import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { CronTime } from 'cron';
import { AppError, asAppError } from '../../common/errors/index.js';
import { SettingsService } from '../settings/index.js';
import { StorageService } from '../storage/index.js';
import { cronInvalid } from './reconcile.errors.js';
import { ReconcileService } from './reconcile.service.js';

const SETTING = 'reconcile.schedule';
/** Sunday, 03:17 UTC. */
const WEEKLY = '17 3 * * 0';
/** Reconciles every provider now and then, marking what is missing. A run that was missed while no master ran is made up for. */
@Injectable()
export class ReconcileSchedule {
  private readonly logger = new Logger('reconcile');

  constructor(
    private readonly settings: SettingsService,
    private readonly storage: StorageService,
    private readonly reconcile: ReconcileService,
  ) {}

  /** The cron expression (UTC); null = never. */
  async get(): Promise<string | null> {
    const { cron } = (await this.settings.get(SETTING)) ?? { cron: WEEKLY };
    return typeof cron === 'string' ? cron : null;
  }

  /** Error: CRON_INVALID. Takes effect within ten minutes on all masters. */
  async set(cron: string | null): Promise<void> {
    if (cron !== null && (cron.trim().split(/\s+/).length !== 5 || !CronTime.validateCronExpression(cron).valid))
      throw cronInvalid(cron);
    await this.settings.set(SETTING, { cron });
  }

  @Cron(CronExpression.EVERY_10_MINUTES, { name: 'reconcile' })
  async tick(): Promise<void> {
    try {
      await this.runDue(new Date());
    } catch (error) {
      this.logger.warn(`Storages could not be reconciled: ${String(error)}`);
    }
  }

  /** Starts what is due; gives the providers it was started for. Another master that had the same idea was first, or is refused. */
  async runDue(now: Date): Promise<string[]> {
    const cron = await this.get();
    if (cron === null) return [];
    const started: string[] = [];
    for (const { id, createdAt, enabled } of await this.storage.all()) {
      const before = (await this.reconcile.lastStart(id)) ?? createdAt;
      if (!enabled || new CronTime(cron, 'UTC').getNextDateFrom(before, 'UTC').toJSDate() > now) continue;
      try {
        await this.reconcile.start(id, { actions: ['mark'], graceDays: 7, force: false });
        started.push(id);
      } catch (error) {
        const { code, message } = asAppError(error);
        if (!(error instanceof AppError) || code !== 'RECONCILIATION_ACTIVE') this.logger.warn(message);
      }
    }
    return started;
  }
}
