import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, type ErrorContext } from '../../common/errors/index.js';
import type { ProgressReport, RunObserver, StageRecord, StageWarning } from '../../engine/runner/index.js';
import type { NewEvent } from '../events/index.js';
import { stageEvent } from './job-events.js';
import type { JobStore } from './job-store.js';
import { type Job, JobStatus, type StoredStage } from './job.entity.js';
import { jobLost } from './jobs.errors.js';
import { SafeValues } from './safe-value.js';

const TRIES = 6;
const FIRST_WAIT_MS = 200;
const endEvents = { completed: 'stage.completed', failed: 'stage.failed', skipped: 'stage.skipped' } as const;

/**
 * Writes what a run does into its job row and the event log. Only the run that holds the job's present delivery writes; for
 * one that lost it every call fails with JOB_LOST. A database that is away for some seconds is waited for.
 */
export class JobRecorder implements RunObserver {
  /** Blots out secrets; replaced once the site's are known. */
  safe: SafeValues;
  /** The running stages in the order of their beginning, with their last report. */
  private readonly running = new Map<string, ProgressReport | null>();

  constructor(
    private readonly store: JobStore,
    private readonly jobId: string,
    private readonly deliveryId: string,
    secrets: readonly string[],
  ) {
    this.safe = new SafeValues(secrets);
  }

  async resumed(kept: readonly string[]): Promise<void> {
    await this.write((job) => {
      const keeps = new Set(kept);
      job.stages = job.stages.map((stage) => (keeps.has(stage.name) ? stage : pendingStage(stage.name)));
      job.warnings = job.warnings.filter((warning) => keeps.has(warning.stage));
      job.progress = null;
      count(job);
      if (kept.length === 0) return [];
      return [note(job, null, `Goes on after ${kept.at(-1) ?? ''}.`, { kept: [...kept] })];
    });
  }

  async stageStarted(stage: string): Promise<void> {
    await this.write((job) => {
      setStage(job, stage, { status: 'running', message: null });
      this.running.set(stage, null);
      job.progress = combined(this.running);
      return [stageEvent(job, 'stage.started', stage)];
    });
  }

  async stageEnded(stage: string, record: StageRecord, error: AppError | null): Promise<void> {
    const message = this.safe.text(record.message);
    const details = this.safe.record(record.details);
    await this.write((job) => {
      const before = job.stages.find((each) => each.name === stage);
      setStage(job, stage, {
        status: record.status,
        message,
        details,
        durationSeconds: record.durationSeconds,
        warnings: Math.max(record.warnings, before?.warnings ?? 0),
      });
      count(job);
      this.running.delete(stage);
      if (this.running.size > 0) job.progress = combined(this.running);
      const code = error === null ? {} : { code: error.code };
      return [
        stageEvent(job, endEvents[record.status], stage, {
          message,
          details,
          durationSeconds: record.durationSeconds,
          ...code,
        }),
      ];
    });
  }

  async progress(report: ProgressReport): Promise<void> {
    const { stage, ...rest } = report;
    const current = report.current === null ? null : this.safe.text(report.current);
    await this.store.change(this.jobId, (job) => {
      this.check(job);
      if (this.running.has(stage)) this.running.set(stage, { ...report, current });
      job.progress = combined(this.running);
      return [stageEvent(job, 'stage.progress', stage, { ...rest, current })];
    });
  }

  async warnings(warnings: readonly StageWarning[]): Promise<void> {
    const kept = warnings.map(({ stage, warning }) => ({
      stage,
      code: warning.code,
      message: this.safe.text(warning.message),
      context: this.safe.record(warning.context ?? {}),
    }));
    await this.write((job) => {
      job.warnings = [...job.warnings, ...kept];
      for (const { stage } of kept) {
        const counted = job.stages.find((each) => each.name === stage)?.warnings ?? 0;
        setStage(job, stage, { warnings: counted + 1 });
      }
      count(job);
      return kept.map((data) => ({ jobId: job.id, siteId: job.siteId, type: 'job.warning', data }));
    });
  }

  async note(stage: string, message: string, context: ErrorContext): Promise<void> {
    await this.store.change(this.jobId, (job) => {
      this.check(job);
      return [note(job, stage, this.safe.text(message), this.safe.record(context))];
    });
  }

  private async write(change: (job: Job) => NewEvent[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.store.change(this.jobId, (job) => {
          this.check(job);
          return change(job);
        });
        return;
      } catch (error) {
        if (error instanceof AppError || attempt === TRIES) throw error;
        await sleep(FIRST_WAIT_MS * 2 ** attempt);
      }
    }
  }

  private check(job: Job): void {
    if (job.deliveryId !== this.deliveryId || job.status !== JobStatus.Running) throw jobLost(job.id);
  }
}

/** The progress of stages that run at the same time, as one: named after the one that began last. Null before any report. */
export function combined(running: ReadonlyMap<string, ProgressReport | null>): ProgressReport | null {
  const reports = [...running.values()].filter((report) => report !== null);
  const last = reports.at(-1);
  if (last === undefined || reports.length === 1) return last ?? null;
  const sum = (values: readonly (number | null)[]): number | null =>
    values.some((value) => value === null) ? null : values.reduce<number>((total, value) => total + (value ?? 0), 0);
  const bytesDone = reports.reduce((total, report) => total + report.bytesDone, 0);
  const bytesTotal = sum(reports.map((report) => report.bytesTotal));
  const share = bytesTotal === null || bytesTotal === 0 ? null : bytesDone / bytesTotal;
  return {
    ...last,
    bytesDone,
    bytesTotal,
    percent: share === null ? null : Math.min(100, Math.floor(share * 1000) / 10),
    bytesPerSecond: sum(reports.map((report) => report.bytesPerSecond)),
  };
}

/** A stage that has not begun. */
export function pendingStage(name: string): StoredStage {
  return { name, status: 'pending', message: null, details: {}, durationSeconds: null, warnings: 0 };
}

function setStage(job: Job, name: string, change: Partial<StoredStage>): void {
  job.stages = job.stages.map((stage) => (stage.name === name ? { ...stage, ...change } : stage));
}

function count(job: Job): void {
  job.warningCount = job.stages.reduce((sum, stage) => sum + stage.warnings, 0);
}

function note(job: Job, stage: string | null, message: string, context: Record<string, unknown>): NewEvent {
  return { jobId: job.id, siteId: job.siteId, type: 'job.note', data: { stage, message, context } };
}
