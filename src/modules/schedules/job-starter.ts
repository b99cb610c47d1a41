import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { lockInTransaction } from '../../database/index.js';
import { AuditLog } from '../audit/index.js';
import { BackupsService, Catalogue } from '../backups/index.js';
import { JobsService, JobTrigger } from '../jobs/index.js';
import { VerifyService } from '../verify/index.js';
import type { NamedSite } from './schedule-books.js';
import { type Schedule, ScheduleKind } from './schedule.entity.js';

/** The job that was made, or why there is nothing to do. */
export type Started = { jobId: string } | { skipped: string };

/** Starts the jobs of schedules. */
@Injectable()
export class JobStarter {
  constructor(
    private readonly jobs: JobsService,
    private readonly backups: BackupsService,
    private readonly verifications: VerifyService,
    private readonly catalogue: Catalogue,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Why a job of the schedule has to wait, as a sentence; null when it has not. Where the schedule has a limit, that nobody else starts
   * one of its jobs on the host until the transaction ends.
   */
  async obstacle(em: EntityManager, { id, maxPerNode }: Schedule, site: NamedSite): Promise<string | null> {
    const active = await this.jobs.activeJob(site.id, em);
    if (active !== null)
      return `The site's ${active.kind} is ${active.status === 'running' ? 'running' : 'waiting'} (job ${active.id}).`;
    const most = maxPerNode ?? null;
    if (most === null) return null;
    await lockInTransaction(em, `backupd:schedule:${id}:${site.nodeId ?? 'self'}`, 'exclusive');
    const [row] = await em.execute<{ active: number }[]>(
      `select count(*)::int as active from job j join site s on s.id = j.site_id
        where j.schedule_id = ? and j.status in ('pending', 'running') and s.node_id is not distinct from ?::uuid`,
      [id, site.nodeId],
    );
    if ((row?.active ?? 0) < most) return null;
    return `${most === 1 ? 'A job' : `${most} jobs`} of the schedule ${most === 1 ? 'is' : 'are'} active on the host: no more at a time.`;
  }

  /** Makes the job, within the caller's transaction. Errors: JOB_ACTIVE, SITE_PAUSED, MODULE_UNKNOWN. */
  async start(em: EntityManager, schedule: Schedule, site: NamedSite, slotAt: Date): Promise<Started> {
    const by = { within: em, trigger: JobTrigger.Schedule, slot: { scheduleId: schedule.id, slotAt } };
    const started = await this.startJob(schedule, site, by, em);
    if ('jobId' in started) {
      const details = { kind: schedule.kind, scheduleId: schedule.id, jobId: started.jobId };
      await this.audit.system('schedules.start', { targetId: site.id, details }, em);
    }
    return started;
  }

  /** The same for a person, now. Errors: as `start`. */
  async startNow(schedule: Schedule, site: NamedSite): Promise<Started> {
    return this.startJob(schedule, site, {});
  }

  private async startJob(
    { kind, options }: Schedule,
    site: NamedSite,
    by: Parameters<BackupsService['start']>[2],
    em?: EntityManager,
  ): Promise<Started> {
    if (kind === ScheduleKind.Backup) {
      const how = { full: options['full'] === true, reread: options['reread'] === true };
      return { jobId: (await this.backups.start(site.id, how, by)).id };
    }
    const newest = (await this.catalogue.newestOf([site.id], em)).get(site.id);
    if (newest === undefined) return { skipped: 'The site has no good backup yet.' };
    const level = options['level'] === 'quick' ? 'quick' : 'full';
    return { jobId: (await this.verifications.start(newest.id, level, by)).id };
  }
}
