import { Injectable, Logger } from '@nestjs/common';
import type { AppError } from '../../common/errors/index.js';
import type { PreparedPlan } from '../../engine/plans/index.js';
import { StopRequest } from '../../engine/ports/index.js';
import { type RunEnd, type RunRecorder, SafeValues, preparation, stageNotStopped } from '../../engine/runner/index.js';
import type { JobHandler } from './job-handler.js';
import type { JobEnd, Keep } from './job-store.js';
import { AttemptOutcome, type Job, JobStatus } from './job.entity.js';
import { restoreInterrupted, rollbackFailed } from './jobs.errors.js';
import { RecoveryParts } from './recovery-parts.js';

/** One run of a job in this process. */
export interface JobRun {
  readonly job: Job;
  readonly handler: JobHandler;
  /** Raised to stop it. */
  readonly signal: AbortSignal;
  /** Null until it is made. */
  recorder: RunRecorder | null;
  /** What the job keeps when it has failed; found out before anything is cleaned up. */
  keep: Keep | null;
  /** One of its stages does not hear that it was stopped. */
  deaf: 'no' | 'told' | 'let-go';
  /** Raised when the job ends without that stage: it holds nothing any more that others wait for. */
  readonly free: AbortController;
}

/** Records how runs end: in the job's row, and by removing what nobody needs any more. */
@Injectable()
export class JobEnding {
  private readonly logger = new Logger('jobs');

  constructor(private readonly parts: RecoveryParts) {}

  /** Whether the job is tried again by itself after this error. */
  mayRetry({ job, handler }: JobRun, error: AppError): boolean {
    return handler.resumable && error.retry === 'later' && job.failures + 1 < this.parts.timings.attempts;
  }

  /**
   * One of its stages, or what comes before them (null), was stopped and does not end (a dead mount). The job ends without it, so that its site is free. Whatever that stage
   * still writes is refused, as for a run that lost its job; what it leaves stays until it has ended. Only told for a restore: it can't be
   * taken back while it still changes the site. Idempotent.
   */
  async letGo(run: JobRun, stage: string | null, why: AppError): Promise<void> {
    const { job, handler, signal } = run;
    const reason: unknown = signal.reason;
    const isShutdown = reason instanceof StopRequest && reason.why === 'shutdown';
    if (run.deaf === 'let-go' || isShutdown) return;
    if (run.deaf === 'no')
      this.logger.error(
        `Job ${job.id} (${job.kind} of ${job.siteName}): ${stage ?? preparation} was stopped and does not end. ${why.message}` +
          (handler.resumable ? '' : ' Its site is held until it does: a restore is taken back only then.'),
      );
    run.deaf = 'told';
    if (!handler.resumable) return;
    this.parts.sweeper.keepOff(job.id);
    const status = signal.aborted ? 'cancelled' : 'failed';
    const how: JobEnd = { status, error: stageNotStopped(stage, why), result: null, litter: true, stage };
    const ended = await this.parts.store.end(job.id, how, run.recorder?.safe, job.deliveryId);
    // Also when another master has the job by now: what it holds here nobody else gives back.
    run.free.abort();
    if (ended.error?.code !== 'STAGE_NOT_STOPPED') return;
    run.deaf = 'let-go';
    // Not waited for: the site may lie on what does not answer.
    void this.parts.handlers.release(job, this.parts.contexts.folderOf(job.id).path);
  }

  /** The run has ended, also one that was let go: only now can go what it left. */
  async over({ job, deaf }: JobRun): Promise<void> {
    if (deaf === 'no') return;
    this.parts.sweeper.keepOff(job.id, false);
    if (deaf === 'let-go') await this.parts.sweeper.sweep(job);
  }

  /** The run came to an end of its own or was stopped. */
  async finish(run: JobRun, plan: PreparedPlan | null, end: RunEnd): Promise<void> {
    const { job, handler } = run;
    if (run.deaf === 'let-go') return;
    if (end.outcome === 'postponed' || (end.outcome === 'interrupted' && handler.resumable)) {
      await this.requeue(run, end);
      return;
    }
    const ended = await this.parts.store.change(job.id, async (row, em) => {
      if (row.deliveryId !== job.deliveryId || !row.isActive()) return [];
      const how = { ...endOf(end, plan), keep: end.outcome === 'failed' && end.kept ? run.keep : null };
      const litter = how.litter || (handler.leavesLitter?.(how.status, row) ?? false);
      const events = await this.parts.store.endLocked(row, em, { ...how, litter }, run.recorder?.safe);
      await handler.ended?.(row, em);
      return events;
    });
    this.logger.log(`Job ${job.id} (${job.kind} of ${job.siteName}): ${ended.status}.`);
    if (end.outcome === 'stuck' || ended.keptUntil instanceof Date) return;
    if (ended.litter) await this.parts.sweeper.sweep(ended);
    else await this.parts.contexts.folderOf(job.id).remove();
  }

  /** The run failed outside its stages: it could not be prepared, or not be recorded. */
  async giveUp(run: JobRun, error: AppError): Promise<void> {
    const { job, handler, signal } = run;
    if (run.deaf === 'let-go') return;
    const isLost = error.code === 'JOB_LOST' || !(await this.parts.store.isHeld(job));
    // A restore that another master has ended can only be taken back here.
    if (isLost && !handler.resumable) await this.parts.sweeper.sweep(job);
    if (isLost) {
      this.logger.warn(`Job ${job.id} was taken over by another backupd; its run here ends.`);
      // A restore's folder has what it takes to take it back: it goes with that alone.
      if (handler.resumable && (await this.parts.sweeper.clearLost(job.id)))
        await this.parts.contexts.folderOf(job.id).remove();
      return;
    }
    const reason: unknown = signal.reason;
    const why = signal.aborted && reason instanceof StopRequest ? reason.why : null;
    if (why === 'shutdown' && handler.resumable) {
      await this.finish(run, null, { outcome: 'interrupted' });
      return;
    }
    if (why === null && this.mayRetry(run, error)) {
      await this.finish(run, null, { outcome: 'postponed', stage: '', error });
      return;
    }
    this.tell(job, error);
    run.keep = why === null ? await this.parts.kept.offer(handler, job, error) : null;
    const litter = run.keep !== null || !(await this.isTakenBack(job));
    const how: JobEnd =
      why === 'cancel'
        ? { status: 'cancelled', error: null, result: null, litter }
        : { status: 'failed', error, result: null, litter, keep: run.keep };
    await this.parts.store.end(job.id, how, run.recorder?.safe, job.deliveryId);
  }

  private tell(job: Job, error: AppError): void {
    const message = `Job ${job.id} (${job.kind} of ${job.siteName}) could not be run: ${error.message}`;
    if (error.kind === 'internal') this.logger.error(message, error.stack);
    else this.logger.warn(message);
  }

  private async isTakenBack(job: Job): Promise<boolean> {
    try {
      await this.parts.sweeper.takeBack(job);
      return true;
    } catch {
      return false;
    }
  }

  private async requeue(run: JobRun, end: Extract<RunEnd, { outcome: 'postponed' | 'interrupted' }>): Promise<void> {
    const { job } = run;
    const safe = run.recorder?.safe ?? new SafeValues([]);
    await this.parts.store.change(job.id, (row, em) => {
      if (row.deliveryId !== job.deliveryId || row.status !== JobStatus.Running) return [];
      if (end.outcome === 'interrupted') {
        const why = 'backupd is stopping; the job goes on at its next start.';
        return this.parts.store.requeueLocked(row, em, { outcome: AttemptOutcome.Interrupted, why });
      }
      row.failures += 1;
      const { error, stage } = end;
      const delaySeconds = this.parts.timings.waitSeconds(row.failures);
      const why = `${safe.text(error.message)} Tried again in ${delaySeconds} s.`;
      const postponed = { outcome: AttemptOutcome.Postponed, why, error, stage: stage || null, delaySeconds };
      return this.parts.store.requeueLocked(row, em, postponed, safe);
    });
  }
}

function endOf(end: RunEnd, plan: PreparedPlan | null): JobEnd {
  const nothingLeft = { error: null, result: null, litter: false };
  if (end.outcome === 'completed') return { ...nothingLeft, status: 'completed', result: plan?.result() ?? null };
  if (end.outcome === 'cancelled') return { ...nothingLeft, status: 'cancelled' };
  if (end.outcome === 'interrupted') {
    return { ...nothingLeft, status: 'failed', error: restoreInterrupted(), outcome: AttemptOutcome.Interrupted };
  }
  const stage = end.stage || null;
  if (end.outcome === 'stuck') {
    return { ...nothingLeft, status: 'failed', stage, error: rollbackFailed(end.error), litter: true };
  }
  return { ...nothingLeft, status: 'failed', stage, error: end.error, result: plan?.result() ?? null };
}
