import { Injectable, Logger } from '@nestjs/common';
import { backoff } from '../../common/backoff.js';
import { type AppError, asAppError } from '../../common/errors/index.js';
import { addToLogContext, withLogContext } from '../../common/logging/index.js';
import { pause } from '../../common/pause.js';
import { raised } from '../../common/raised.js';
import type { PreparedPlan, RunContext } from '../../engine/plans/index.js';
import { passingError } from '../../database/index.js';
import { StopRequest } from '../../engine/ports/index.js';
import {
  type DeafOptions,
  JobRunner,
  type RunEnd,
  RunJournal,
  RunRecorder,
  textsIn,
  watched,
  preparation,
} from '../../engine/runner/index.js';
import { releasedBy } from '../resources/index.js';
import { InstanceId } from './instance-id.js';
import { JobEnding, type JobRun } from './job-ending.js';
import { JobExtensions } from './job-extensions.js';
import { JobFollowUps } from './job-follow-ups.js';
import { jobEvent } from './job-events.js';
import type { RequestSecrets } from './job-handler.js';
import { JobRecovery } from './job-recovery.js';
import { RecoveryParts } from './recovery-parts.js';
import { type Job, JobStatus } from './job.entity.js';

/** A run in this process, from its delivery to its recorded end. */
interface Running {
  stop: AbortController;
  ended: Promise<void>;
}

type Signals = Pick<JobRun, 'signal' | 'free'>;

const LONGEST_PAUSE_MS = 60_000;

/** Runs delivered jobs, one call each, and brings every one to an end that the row tells. */
@Injectable()
export class JobWorker {
  private readonly logger = new Logger('jobs');
  private readonly runs = new Map<string, Running>();
  /** Raised by a stop: no stage begins any more. */
  private readonly draining = new AbortController();

  constructor(
    private readonly parts: RecoveryParts,
    private readonly recovery: JobRecovery,
    private readonly instance: InstanceId,
    private readonly ending: JobEnding,
    private readonly extensions: JobExtensions,
    private readonly followUps: JobFollowUps,
  ) {}

  /** Ids of the jobs that run here. */
  running(): string[] {
    return [...this.runs.keys()];
  }

  /** Runs the job of this delivery; returns when it has ended, or goes on without a stage that does not hear. Throws only when it could not begin. */
  async take(deliveryId: string, jobId: string): Promise<void> {
    // Its last run is still being cleared away; or it runs, and was delivered again as no sign of life came through: then one does as long
    // as this waits, and nothing is left to be done.
    for (let before = this.runs.get(jobId); before !== undefined; before = this.runs.get(jobId)) await before.ended;
    if (this.draining.signal.aborted) throw new StopRequest('shutdown');
    const stop = new AbortController();
    const free = new AbortController();
    const ended = this.claimAndRun(deliveryId, jobId, { signal: stop.signal, free }).finally(() =>
      this.runs.delete(jobId),
    );
    this.runs.set(jobId, { stop, ended: ended.catch(() => undefined) });
    await Promise.race([ended, raised(free.signal)]);
  }

  /** Stops the job if it runs here. */
  cancel(jobId: string): void {
    this.runs.get(jobId)?.stop.abort(new StopRequest('cancel'));
  }

  /**
   * Lets the running stages come to their end for the grace time, then stops them; all go on at the next start. Waits for the runs,
   * but not for ever.
   */
  async stopAll(): Promise<void> {
    const { graceMs, stopMs } = this.parts.timings;
    this.draining.abort(new StopRequest('shutdown'));
    const runs = [...this.runs.values()];
    const ended = Promise.all(runs.map((run) => run.ended));
    if (graceMs > 0 && (await isOver(ended, graceMs))) return;
    for (const run of runs) run.stop.abort(new StopRequest('shutdown'));
    if (!(await isOver(ended, stopMs)))
      this.logger.error(`Jobs did not stop within ${stopMs / 1000} s: ${this.running().join(', ')}.`);
  }

  private async claimAndRun(deliveryId: string, jobId: string, signals: Signals): Promise<void> {
    const runnerId = await this.instance.get();
    let claim: 'mine' | 'lost-runner' | 'over' = 'over';
    const job = await this.parts.store.change(jobId, async (row, em) => {
      claim = 'over';
      if (row.deliveryId !== deliveryId || !row.isActive()) return [];
      if (row.status === JobStatus.Running) {
        claim = 'lost-runner';
        return [];
      }
      if (row.cancelRequestedAt instanceof Date) {
        const litter = this.parts.handlers.mayHaveLeft(row);
        return this.parts.store.endLocked(row, em, { status: 'cancelled', error: null, result: null, litter });
      }
      claim = 'mine';
      row.status = JobStatus.Running;
      row.attempt += 1;
      row.startedAt ??= new Date();
      row.runnerId = runnerId;
      row.retryAt = null;
      row.litter = true;
      return [jobEvent(row, 'job.started')];
    });
    if (wasLost(claim))
      await withLogContext({ jobId, siteId: job.siteId }, () => this.recovery.recover({ id: jobId, deliveryId }));
    if (wasClaimed(claim)) await withLogContext({ jobId, siteId: job.siteId }, () => this.run(job, signals));
  }

  private async run(job: Job, signals: Signals): Promise<void> {
    const run: JobRun = {
      job,
      ...signals,
      handler: this.parts.handlers.get(job.kind),
      recorder: null,
      keep: null,
      deaf: 'no',
    };
    try {
      await this.runStages(run);
    } catch (error) {
      await this.recorded(job, () => this.ending.giveUp(run, asAppError(passingError(error))));
    }
    await this.ending.over(run);
    this.followUps.begin(job.id);
  }

  private async runStages(run: JobRun): Promise<void> {
    const { job, handler, signal } = run;
    const { contexts, timings, sweeper, store } = this.parts;
    const secrets = contexts.secretsOf(job);
    const recorder = new RunRecorder(store.keeperFor(job), job, textsIn(secrets));
    run.recorder = recorder;
    hideInLog(recorder);
    const journal = new RunJournal(recorder, job.warnings.length);
    if (handler.keepsWork === true) await sweeper.release(job.siteId, job.id);
    await sweeper.makeRoom();
    const folder = contexts.folderOf(job.id);
    await folder.openFor(job.startedAt ?? job.createdAt);
    const plan = await this.prepare(run, contexts.contextOf(job, signal, journal), secrets);
    recorder.safe = recorder.safe.with(plan.secrets);
    hideInLog(recorder);
    const resources = releasedBy(contexts.resources, run.free.signal);
    const runner = new JobRunner(folder, journal, { resources, stallMs: timings.stallMs, deaf: this.deaf(run) });
    // What can't go on later is best brought to its end within the grace time.
    const signals = { stop: signal, ...(handler.resumable ? { drain: this.draining.signal } : {}) };
    let end: RunEnd = { outcome: 'completed' };
    try {
      if (plan.alreadyDone !== true) end = await runner.run(plan, signals);
    } finally {
      await this.parts.handlers.release(job, folder.path);
    }
    await this.ending.finish(run, plan, end);
  }

  private async prepare(run: JobRun, context: RunContext, secrets: RequestSecrets): Promise<PreparedPlan> {
    const { job, handler } = run;
    const plan = await watched((signal) => handler.prepare(job, { ...context, signal }, secrets), {
      name: preparation,
      stop: run.signal,
      stallMs: this.parts.timings.stallMs,
      deafMs: this.deafMs(run),
      tell: (why) => void this.letGo(run, null, why),
    });
    return {
      ...plan,
      stages: await this.extensions.around(job, plan, context),
      result: () => plan.result(),
      goesOnLater: (error) => this.ending.mayRetry(run, error) && plan.goesOnLater(error),
      keeps: async (error) => {
        run.keep = await this.parts.kept.offer(handler, job, error);
        return run.keep !== null;
      },
    };
  }

  private deaf(run: JobRun): DeafOptions {
    return { afterMs: this.deafMs(run), tell: (stage, why) => void this.letGo(run, stage, why) };
  }

  private deafMs({ signal }: JobRun): () => number {
    return () => this.parts.timings.deafMs[signal.aborted ? 'cancelled' : 'stalled'];
  }

  /** Its promise goes on until its stage ends. Never throws: it is tried again. */
  private async letGo(run: JobRun, stage: string | null, why: AppError): Promise<void> {
    try {
      await this.ending.letGo(run, stage, why);
      if (run.deaf === 'let-go') this.followUps.begin(run.job.id);
    } catch (error) {
      this.logger.error(`The end of job ${run.job.id} could not be recorded yet: ${String(error)}`);
    }
  }

  /** A database that is away is waited for: until the end is recorded, or this process stops and the next one puts it right. */
  private async recorded(job: Job, record: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await (attempt === 1 ? record() : this.recovery.recover(job));
        return;
      } catch (error) {
        this.logger.error(`The end of job ${job.id} could not be recorded: ${String(error)}`);
        if (this.draining.signal.aborted) return;
        await pause(backoff(attempt, { firstMs: 1000, longestMs: LONGEST_PAUSE_MS }), this.draining.signal).catch(
          () => undefined,
        );
      }
    }
  }
}

/** What must not be recorded must not be logged either. */
function hideInLog({ safe }: RunRecorder): void {
  addToLogContext({ blot: (text) => safe.text(text) });
}

/** Whether it has ended within the time. */
async function isOver(ended: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([ended.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

// Functions, since the compiler can't see that a callback has changed the variable.
function wasClaimed(claim: string): boolean {
  return claim === 'mine';
}
function wasLost(claim: string): boolean {
  return claim === 'lost-runner';
}
