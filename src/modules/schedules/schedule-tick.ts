import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { ReconcileSchedule } from '../reconcile/index.js';
import { RetentionSchedule } from '../retention/index.js';
import { SiteExtensions } from '../sites/index.js';
import { InstallationTasks } from './installation-tasks.js';
import { Schedule, ScheduleKind, ScheduleScope, ScheduleSlot, ScheduleState } from './schedule.entity.js';
import { ScheduleSync } from './schedule-sync.js';
import { SlotRunner } from './slot-runner.js';

const DAY_MS = 86_400_000;
/** Passed slots are kept for so long. */
const KEPT_MS = 90 * DAY_MS;
const PRUNE_EVERY_MS = 3_600_000;
/** So many due rows in one tick: other masters get their share. */
const BATCH = 200;

/** The one clock of all schedules, on every master: brings states up to date and starts what is due. */
@Injectable()
export class ScheduleTick implements OnModuleInit {
  private readonly logger = new Logger('schedules');
  private prunedAt = 0;

  constructor(
    private readonly orm: MikroORM,
    private readonly sync: ScheduleSync,
    private readonly runner: SlotRunner,
    private readonly tasks: InstallationTasks,
    private readonly extensions: SiteExtensions,
    private readonly retention: RetentionSchedule,
    private readonly reconcile: ReconcileSchedule,
  ) {}

  onModuleInit(): void {
    this.extensions.add({ nextRuns: (siteIds) => this.nextRuns(siteIds) });
    this.retention.replaceWhen(() => this.has(ScheduleKind.Retention));
    this.reconcile.replaceWhen(() => this.has(ScheduleKind.Reconcile));
  }

  @Cron('*/5 * * * * *', { name: 'schedules', waitForCompletion: true })
  async tick(): Promise<void> {
    try {
      await this.run(new Date());
    } catch (error) {
      this.logger.warn(`Schedules could not be looked at, they are again in 5 s: ${String(error)}`);
    }
  }

  /** One tick at that time. */
  async run(now: Date): Promise<void> {
    await this.sync.bringUp(now);
    const isLong = Math.abs(now.getTime() - this.prunedAt) >= PRUNE_EVERY_MS;
    if (isLong) await this.sync.bringBack(now);
    for (let done = 0; done < BATCH; done += 1) if (!(await this.runner.runOne(now))) break;
    await this.tasks.runDue(now);
    if (!isLong) return;
    this.prunedAt = now.getTime();
    await this.prune(now);
  }

  /** Slots of long ago, and schedules of a site that has been gone for a day. */
  private async prune(now: Date): Promise<void> {
    const em = this.orm.em.fork();
    await em.nativeDelete(ScheduleSlot, { decidedAt: { $lt: new Date(now.getTime() - KEPT_MS) } });
    await em.execute(
      `delete from schedule s where s.scope = ? and s.updated_at < ?
        and not exists (select 1 from site where id::text = s.scope_value)`,
      [ScheduleScope.Site, new Date(now.getTime() - DAY_MS).toISOString()],
    );
  }

  private async has(kind: ScheduleKind): Promise<boolean> {
    return (await this.orm.em.fork().count(Schedule, { kind })) > 0;
  }

  private async nextRuns(siteIds: readonly string[]): Promise<Map<string, Date>> {
    const where = { siteId: { $in: [...siteIds] }, kind: ScheduleKind.Backup };
    const states = await this.orm.em.fork().find(ScheduleState, where, { fields: ['siteId', 'dueAt'] });
    return new Map(states.flatMap(({ siteId, dueAt }) => (dueAt instanceof Date ? [[siteId, dueAt]] : [])));
  }
}
