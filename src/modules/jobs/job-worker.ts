import { Injectable, Logger } from '@nestjs/common';
import { AppError, asAppError } from '../../common/errors/index.js';
import { StopRequest } from '../../engine/ports/index.js';
import { JobRunner, type RunEnd, RunJournal, type WorkFolder } from '../../engine/runner/index.js';
import { InstanceId } from './instance-id.js';
import { jobEvent } from './job-events.js';
import type { HandledPlan, JobHandler } from './job-handler.js';
import { JobRecorder } from './job-recorder.js';
import { JobRecovery } from './job-recovery.js';
import { RecoveryParts } from './recovery-parts.js';
import type { JobEnd } from './job-store.js';
import { type Job, JobStatus } from './job.entity.js';
import { restoreInterrupted, rollbackFailed } from './jobs.errors.js';
import { textsIn } from './safe-value.js';

/** One run in this process. */
interface Run {
  stop: AbortController;
  ended: Promise<void>;
}

/** Runs delivered jobs, one call each, and brings every one to an end that the row tells. */
@Injectable()
export class JobWorker {
  private readonly logger = new Logger('jobs');
  private readonly runs = new Map<string, Run>();
  private stopping = false;

  constructor(
    private readonly parts: RecoveryParts,
    private readonly recovery: JobRecovery,
    private readonly instance: InstanceId,
  ) {}

  /** Ids of the jobs that run here. */
  running(): string[] {
    return [...this.runs.keys()];
  }

  /** Runs the job of this delivery; returns when it has ended. Throws only when it could not begin. */
  async take(deliveryId: string, jobId: string): Promise<void> {
    if (this.stopping) throw new StopRequest('shutdown');
    // Delivered again because it takes long: it runs here already.
    if (this.runs.has(jobId)) return;
    const stop = new AbortController();
    const ended = this.claimAndRun(deliveryId, jobId, stop.signal).finally(() => this.runs.delete(jobId));
    this.runs.set(jobId, { stop, ended: ended.catch(() => undefined) });
    await ended;
  }

  /** Stops the job if it runs here. */
  cancel(jobId: string): void {
    this.runs.get(jobId)?.stop.abort(new StopRequest('cancel'));
  }

  /** Stops all runs, so that they can go on at the next start; waits for them, but not for ever. */
  async stopAll(): Promise<void> {
    this.stopping = true;
    const runs = [...this.runs.values()];
    for (const run of runs) run.stop.abort(new StopRequest('shutdown'));
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.parts.timings.stopMs);
    });
    await Promise.race([Promise.all(runs.map((run) => run.ended)), patience]);
    clearTimeout(timer);
  }

  private async claimAndRun(deliveryId: string, jobId: string, signal: AbortSignal): Promise<void> {
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
        const litter = row.attempt > 0;
        return this.parts.store.endLocked(row, em, { status: 'cancelled', error: null, result: null, litter });
      }
      claim = 'mine';
      row.status = JobStatus.Running;
      row.attempt += 1;
      row.startedAt ??= new Date();
      row.runnerId = runnerId;
      row.litter = true;
      return [jobEvent(row, 'job.started')];
    });
    if (wasLost(claim)) await this.recovery.recover(jobId);
    if (wasClaimed(claim)) await this.run(job, signal);
  }

  private async run(job: Job, signal: AbortSignal): Promise<void> {
    const handler = this.parts.handlers.get(job.kind);
    let recorder: JobRecorder | null = null;
    try {
      const secrets = this.parts.contexts.secretsOf(job);
      recorder = new JobRecorder(this.parts.store, job, textsIn(secrets));
      const journal = new RunJournal(recorder, job.warnings.length);
      const folder = this.parts.contexts.folderOf(job.id);
      await folder.open();
      if (job.request['takenOver'] === true) await startAnew(folder, job);
      const plan = await this.prepare(handler, job, this.parts.contexts.contextOf(job, signal, journal), secrets);
      recorder.safe = recorder.safe.with(plan.secrets);
      const runner = new JobRunner(folder, journal);
      const end: RunEnd = plan.alreadyDone === true ? { outcome: 'completed' } : await runner.run(plan, signal);
      await this.finish(job, handler, recorder, plan, end);
    } catch (error) {
      await this.giveUp(job, recorder, asAppError(error));
    }
  }

  private async prepare(
    handler: JobHandler,
    job: Job,
    context: Parameters<JobHandler['prepare']>[1],
    secrets: Parameters<JobHandler['prepare']>[2],
  ): Promise<HandledPlan> {
    const plan = await handler.prepare(job, context, secrets);
    const mayRetry = handler.resumable && job.failures + 1 < this.parts.timings.attempts;
    return {
      ...plan,
      result: () => plan.result(),
      goesOnLater: (error) => mayRetry && error.retry === 'later' && plan.goesOnLater(error),
    };
  }

  private async finish(
    job: Job,
    handler: JobHandler,
    recorder: JobRecorder,
    plan: HandledPlan,
    end: RunEnd,
  ): Promise<void> {
    if (end.outcome === 'postponed' || (end.outcome === 'interrupted' && handler.resumable)) {
      await this.requeue(job, end.outcome === 'postponed' ? end.error : null, recorder);
      return;
    }
    const ended = await this.parts.store.change(job.id, async (row, em) => {
      if (row.deliveryId !== job.deliveryId || !row.isActive()) return [];
      const how = endOf(end, plan);
      const litter = how.litter || (handler.leavesLitter?.(how.status, row) ?? false);
      const events = await this.parts.store.endLocked(row, em, { ...how, litter }, recorder.safe);
      await handler.ended?.(row, em);
      return events;
    });
    this.logger.log(`Job ${job.id} (${job.kind} of ${job.siteName}): ${ended.status}.`);
    if (end.outcome === 'stuck') return;
    if (ended.litter) await this.parts.sweeper.sweep(ended);
    else await this.parts.contexts.folderOf(job.id).remove();
  }

  private async requeue(job: Job, error: AppError | null, recorder: JobRecorder): Promise<void> {
    await this.parts.store.change(job.id, (row, em) => {
      if (row.deliveryId !== job.deliveryId || !row.isActive()) return [];
      if (error === null) {
        return this.parts.store.requeueLocked(row, em, 'backupd is stopping; the job goes on at its next start.');
      }
      row.failures += 1;
      const delay = this.parts.timings.retrySeconds * 2 ** (row.failures - 1);
      const why = `${recorder.safe.text(error.message)} Tried again in ${delay} s.`;
      return this.parts.store.requeueLocked(row, em, why, delay);
    });
  }

  /** The run failed outside its stages: it could not be prepared, or not be recorded. */
  private async giveUp(job: Job, recorder: JobRecorder | null, error: AppError): Promise<void> {
    if (error.code === 'JOB_LOST') {
      this.logger.warn(`Job ${job.id} was taken over by another backupd; its run here ends.`);
      if (await this.parts.sweeper.letGo(job.id)) await this.parts.contexts.folderOf(job.id).remove();
      return;
    }
    const message = `Job ${job.id} (${job.kind} of ${job.siteName}) could not be run: ${error.message}`;
    if (error.kind === 'internal') this.logger.error(message, error.stack);
    else this.logger.warn(message);
    try {
      const litter = await this.parts.sweeper.takeBack(job).then(
        () => false,
        () => true,
      );
      const end: JobEnd = { status: 'failed', error, result: null, litter };
      await this.parts.store.end(job.id, end, recorder?.safe);
    } catch (again) {
      // The next start finds it running and puts it right.
      this.logger.error(`The end of job ${job.id} could not be recorded: ${String(again)}`);
    }
  }
}

/** What an earlier run here made, before another master had the job, belongs to keys that are not this run's. */
async function startAnew(folder: WorkFolder, job: Job): Promise<void> {
  const startedAt = job.startedAt?.toISOString() ?? null;
  if ((await folder.checkpoints.get('run')) === startedAt) return;
  await folder.startOver([]);
  await folder.checkpoints.set('run', startedAt);
}

// Functions, since the compiler can't see that a callback has changed the variable.
function wasClaimed(claim: string): boolean {
  return claim === 'mine';
}
function wasLost(claim: string): boolean {
  return claim === 'lost-runner';
}

function endOf(end: RunEnd, plan: HandledPlan): JobEnd {
  const nothingLeft = { error: null, result: null, litter: false };
  if (end.outcome === 'completed') return { ...nothingLeft, status: 'completed', result: plan.result() };
  if (end.outcome === 'cancelled') return { ...nothingLeft, status: 'cancelled' };
  if (end.outcome === 'interrupted') return { ...nothingLeft, status: 'failed', error: restoreInterrupted() };
  if (end.outcome === 'stuck') {
    return { ...nothingLeft, status: 'failed', error: rollbackFailed(end.error), litter: true };
  }
  return { ...nothingLeft, status: 'failed', error: end.error, result: plan.result() };
}
