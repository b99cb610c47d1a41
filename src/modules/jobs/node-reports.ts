import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { AppError, fromPlainError } from '../../common/errors/index.js';
import type { RunEnd, RunEvent, RunFacts } from '../../engine/runner/index.js';
import type { Report, ReportedEnd } from '../node-protocol/index.js';
import { JobEnding } from './job-ending.js';
import { JobFollowUps } from './job-follow-ups.js';
import { JobStore } from './job-store.js';
import { JobTimings } from './job-timings.js';
import { Job, JobStatus } from './job.entity.js';
import { jobLost, reportOutOfOrder, reportRefused } from './jobs.errors.js';
import { NodeRuns } from './node-runs.js';

/** Takes in what runs on nodes tell: each report once, in order, and only of a run that still holds its job. */
@Injectable()
export class NodeReports {
  constructor(
    private readonly orm: MikroORM,
    private readonly store: JobStore,
    private readonly runs: NodeRuns,
    private readonly ending: JobEnding,
    private readonly followUps: JobFollowUps,
    private readonly timings: JobTimings,
  ) {}

  /**
   * The number of the report that is expected next. Those that were taken in before are passed over. Errors: JOB_LOST, REPORT_OUT_OF_ORDER
   * (with `next`), REPORT_REFUSED for what can't be true of the job.
   */
  async take(nodeId: string, runId: string, reports: readonly Report[]): Promise<number> {
    let job = await this.find(nodeId, runId);
    for (const report of reports) {
      // Its end was taken in: all that comes again was.
      if (job.status !== JobStatus.Running) return (reports.at(-1)?.seq ?? 0) + 1;
      if (report.seq <= job.reportSeq) continue;
      if (report.seq !== job.reportSeq + 1) throw reportOutOfOrder(job.reportSeq + 1, report.seq);
      if (report.end !== undefined) await this.end(job, report.end);
      else if (await this.record(job, report)) {
        job.reportSeq = report.seq;
        continue;
      }
      // Its end, or not taken in: another delivery of the same report was quicker, or the job is another run's. Who looks again sees which.
      job = await this.find(nodeId, runId, report.end !== undefined);
    }
    return job.status === JobStatus.Running ? job.reportSeq + 1 : (reports.at(-1)?.seq ?? 0) + 1;
  }

  /** The job of the run, also when it has ended with it. After a requeue it has another run: `isOver` then gives it all the same. */
  private async find(nodeId: string, runId: string, isOver = false): Promise<Job> {
    const job = await this.orm.em.fork().findOne(Job, { deliveryId: runId, nodeId, runnerId: nodeId });
    if (job !== null && job.status !== JobStatus.Pending) return job;
    if (isOver) return Object.assign(new Job(), { status: JobStatus.Completed });
    throw jobLost(runId);
  }

  /** Whether it was taken in. */
  private async record(job: Job, { seq, ageMs, facts = {}, events = [] }: Report): Promise<boolean> {
    requireOwn(job, facts, events);
    const all = events.map((event) => Object.assign({ jobId: job.id, siteId: job.siteId }, event));
    // Whatever the clock of the node says, nothing happened before the run was taken.
    const at = new Date(Math.max(job.takenAt?.getTime() ?? 0, Date.now() - Math.max(0, ageMs)));
    const by = { jobId: job.id, deliveryId: job.deliveryId, seq, at };
    return this.store.record(by, facts, all);
  }

  private async end(job: Job, reported: ReportedEnd): Promise<void> {
    const run = this.runs.runOf(job);
    if (reported.cutOff && reported.outcome === 'interrupted' && run.handler.resumable) {
      const why = 'The node was started anew in the middle of the job; it goes on.';
      await this.runs.giveBack(job, { why, isFailure: true });
      return;
    }
    if (reported.keptBytes !== null && run.handler.keepsWork === true)
      run.keep = { until: new Date(Date.now() + this.timings.keepMs), bytes: reported.keptBytes };
    if (reported.error?.code === 'STAGE_NOT_STOPPED' && run.handler.resumable) {
      await this.letGo(job, reported);
      return;
    }
    const plan = {
      stages: [],
      secrets: [],
      goesOnLater: () => false,
      result: () => reported.result,
    };
    const isDone = reported.outcome !== 'completed' || (await run.handler.isDone?.(job)) !== false;
    await this.ending.finish(run, plan, isDone ? this.endOf(run, reported) : notDone());
    this.followUps.begin(job.id);
  }

  /** It ended without a stage that does not hear: what it left is removed when the node says that nothing of it runs any more. */
  private async letGo(job: Job, { outcome, error, stage }: ReportedEnd): Promise<void> {
    const how = {
      status: outcome === 'cancelled' ? 'cancelled' : 'failed',
      error: error === null ? noReason() : fromPlainError(error),
      result: null,
      litter: true,
      stage,
    } as const;
    await this.store.end(job.id, how, undefined, job.deliveryId);
    this.followUps.begin(job.id);
  }

  private endOf(run: Parameters<JobEnding['mayRetry']>[0], reported: ReportedEnd): RunEnd {
    const { outcome, keptBytes } = reported;
    const stage = reported.stage ?? '';
    if (outcome === 'completed' || outcome === 'interrupted' || outcome === 'cancelled') return { outcome };
    const error = reported.error === null ? noReason() : fromPlainError(reported.error);
    if (outcome === 'stuck') return { outcome, stage, error };
    // Whether it is tried again is the master's to say.
    if (outcome === 'postponed' && this.ending.mayRetry(run, error)) return { outcome, stage, error };
    return { outcome: 'failed', stage, error, kept: keptBytes !== null };
  }
}

/** What counts is what is there, not what is said. */
function notDone(): RunEnd {
  const error = reportRefused('it says that the backup is made, and there is none');
  return { outcome: 'failed', stage: '', error, kept: false };
}

/** What an event is shown with besides its data. */
const OF_THE_MASTER = ['id', 'type', 'jobId', 'siteId', 'at'];

/** Error: REPORT_REFUSED when it tells of what is none of its job's. */
function requireOwn(job: Job, { stages, warnings = [], progress }: RunFacts, events: readonly RunEvent[]): void {
  const names = job.stages.map(({ name }) => name);
  if (stages !== undefined && stages.map(({ name }) => name).join() !== names.join())
    throw reportRefused('it names other stages than the job has');
  // Before the first stage there is none.
  const known = new Set<unknown>([...names, '', null]);
  const told = [
    ...warnings.map(({ stage }) => stage),
    progress?.stage ?? null,
    ...events.map(({ data }) => data['stage']),
  ];
  if (!told.every((name) => known.has(name))) throw reportRefused('it tells of a stage that the job does not have');
  if (events.some(({ data }) => OF_THE_MASTER.some((name) => name in data)))
    throw reportRefused('an event names what only the master says');
}

function noReason(): AppError {
  return new AppError({ code: 'INTERNAL', kind: 'internal', message: 'The node gave no reason.' });
}
