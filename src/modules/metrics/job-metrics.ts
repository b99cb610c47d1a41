import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { EventHub, EventLog, FINAL_EVENT_TYPES, followEvents, type LoggedEvent } from '../events/index.js';
import { InstanceId, Job, JobKind } from '../jobs/index.js';
import { MetricsRegistry } from './metrics-registry.js';

const OUTCOMES = ['completed', 'partial', 'failed', 'cancelled'] as const;
/** From a tenth of a second to half a day. */
const BUCKETS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400, 43_200];

/** Counts the jobs that this master ran, since its start, by what their rows say when they have ended. */
@Injectable()
export class JobMetrics implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private following: Promise<void> = Promise.resolve();
  private readonly jobs: Counter<'kind' | 'outcome'>;
  private readonly stages: Histogram<'kind' | 'stage'>;
  private readonly source: Counter;
  private readonly stored: Counter;

  constructor(
    private readonly orm: MikroORM,
    private readonly hub: EventHub,
    private readonly log: EventLog,
    private readonly instance: InstanceId,
    { registry }: MetricsRegistry,
  ) {
    const registers = [registry];
    this.jobs = new Counter({
      name: 'backupd_jobs_total',
      help: 'Jobs that ended on this master since its start; partial = completed with warnings.',
      labelNames: ['kind', 'outcome'],
      registers,
    });
    this.stages = new Histogram({
      name: 'backupd_stage_duration_seconds',
      help: 'How long the stages of these jobs took.',
      labelNames: ['kind', 'stage'],
      buckets: BUCKETS,
      registers,
    });
    this.source = new Counter({
      name: 'backupd_backup_source_bytes_total',
      help: 'Bytes of files and databases of the sites that these jobs backed up.',
      registers,
    });
    this.stored = new Counter({
      name: 'backupd_backup_stored_bytes_total',
      help: 'Bytes that these backups added, one copy of them.',
      registers,
    });
    // A counter that begins with its first event hides that event from increase().
    for (const kind of Object.values(JobKind)) for (const outcome of OUTCOMES) this.jobs.inc({ kind, outcome }, 0);
  }

  async onApplicationBootstrap(): Promise<void> {
    const after = await this.log.latestId();
    this.following = followEvents(
      this.hub,
      { after, filter: { types: FINAL_EVENT_TYPES } },
      (events) => this.ended(events),
      this.stopping.signal,
    );
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.following;
  }

  private async ended(events: readonly LoggedEvent[]): Promise<void> {
    const ids = events.flatMap(({ jobId }) => (jobId === null ? [] : [jobId]));
    const fields = ['id', 'kind', 'warningCount', 'stages', 'result'] as const;
    const where = { id: { $in: ids }, runnerId: await this.instance.get() };
    const jobs = await this.orm.em.fork().find(Job, where, { fields });
    const byId = new Map(jobs.map((job) => [job.id, job]));
    for (const { jobId, type } of events) {
      const job = jobId === null ? undefined : byId.get(jobId);
      // Its row may be on its way again by now, as somebody has it tried again: how it ended says the event.
      if (job !== undefined) this.count(job, type.slice('job.'.length));
    }
  }

  private count(
    { kind, warningCount, stages, result }: Pick<Job, 'kind' | 'warningCount' | 'stages' | 'result'>,
    ended: string,
  ): void {
    const outcome = ended === 'completed' && warningCount > 0 ? 'partial' : ended;
    this.jobs.inc({ kind, outcome });
    for (const { name, status: how, durationSeconds } of stages)
      if (durationSeconds !== null && how !== 'skipped') this.stages.observe({ kind, stage: name }, durationSeconds);
    if (kind !== JobKind.Backup) return;
    this.source.inc(numberOf(result?.['sourceBytes']));
    this.stored.inc(numberOf(result?.['storedBytes']));
  }
}

const numberOf = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 0);
