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
const BY_ITSELF = { actions: ['mark'], graceDays: 7, force: false } as const;

/**
 * Reconciles every provider now and then, marking what is missing, unless the administrator's own schedule does. A run that was missed
 * while no master ran is made up for.
 */
@Injectable()
export class ReconcileSchedule {
  private readonly logger = new Logger('reconcile');
  private isReplaced: () => Promise<boolean> = () => Promise.resolve(false);

  constructor(
    private readonly settings: SettingsService,
    private readonly storage: StorageService,
    private readonly reconcile: ReconcileService,
  ) {}

  /** Asked each time whether a schedule takes the place of this one. */
  replaceWhen(isReplaced: () => Promise<boolean>): void {
    this.isReplaced = isReplaced;
  }

  /** Reconciles all enabled providers now, one after the other; says what came of it. */
  async runAll(signal: AbortSignal): Promise<string> {
    const notes: string[] = [];
    for (const { id, name, enabled } of await this.storage.all()) {
      if (!enabled || signal.aborted) continue;
      try {
        const { status, error } = await this.reconcile.ended((await this.reconcile.start(id, BY_ITSELF)).id);
        notes.push(`${name}: ${status}${error === null ? '' : `, ${error?.message ?? 'no reason is known'}`}`);
      } catch (error) {
        notes.push(`${name}: ${asAppError(error).message}`);
      }
    }
    return notes.join('; ') || 'No storage is enabled.';
  }

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
      if (!(await this.isReplaced())) await this.runDue(new Date());
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
        await this.reconcile.start(id, BY_ITSELF);
        started.push(id);
      } catch (error) {
        const { code, message } = asAppError(error);
        if (!(error instanceof AppError) || code !== 'RECONCILIATION_ACTIVE') this.logger.warn(message);
      }
    }
    return started;
  }
}
