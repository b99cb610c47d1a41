import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, type ErrorContext } from '../../../common/errors/index.js';
import type { JobWarning } from '../../ports/index.js';
import type { RunObserver, StageRecord } from '../observer.js';
import type { ProgressReport } from '../progress-meter.js';
import type {
  RecordKeeper,
  RunEvent,
  RunEventType,
  RunFacts,
  StoredProgress,
  StoredStage,
  StoredWarning,
} from './run-record.js';
import { SafeValues } from './safe-value.js';

const TRIES = 6;
const FIRST_WAIT_MS = 200;
const endEvents = { completed: 'stage.completed', failed: 'stage.failed', skipped: 'stage.skipped' } as const;

/**
 * Makes facts and events of what a run does, and has them kept, all that was told since the last at once. A keeper that is away for
 * some seconds is waited for.
 */
export class RunRecorder implements RunObserver {
  /** Blots out secrets; replaced once the site's are known. */
  safe: SafeValues;
  private stages: readonly StoredStage[];
  private kept: readonly StoredWarning[];
  /** The running stages in the order of their beginning, with their last report. */
  private readonly running = new Map<string, ProgressReport | null>();
  /** What is not written yet. */
  private events: RunEvent[] = [];
  private facts: RunFacts = {};

  constructor(
    private readonly keeper: RecordKeeper,
    job: { stages: readonly StoredStage[]; warnings: readonly StoredWarning[] },
    secrets: readonly string[],
  ) {
    this.stages = job.stages;
    this.kept = job.warnings;
    this.safe = new SafeValues(secrets);
  }

  resumed(kept: readonly string[]): void {
    const keeps = new Set(kept);
    this.setStages(this.stages.map((stage) => (keeps.has(stage.name) ? stage : pendingStage(stage.name))));
    this.kept = this.kept.filter((warning) => keeps.has(warning.stage));
    this.facts.warnings = this.kept;
    this.facts.progress = null;
    if (kept.length === 0) return;
    this.log('job.note', { stage: null, message: `Goes on after ${kept.join(', ')}.`, context: { kept: [...kept] } });
  }

  stageStarted(stage: string): void {
    this.setStage(stage, { status: 'running', message: null });
    this.running.set(stage, null);
    this.facts.progress = combined(this.running);
    this.log('stage.started', { stage });
  }

  stageEnded(stage: string, record: StageRecord, error: AppError | null): void {
    const { status, durationSeconds } = record;
    const message = this.safe.text(record.message);
    const details = this.safe.record(record.details);
    const before = this.stages.find((each) => each.name === stage)?.warnings ?? 0;
    this.setStage(stage, { status, message, details, durationSeconds, warnings: Math.max(record.warnings, before) });
    this.running.delete(stage);
    if (this.running.size > 0) this.facts.progress = combined(this.running);
    const code = error === null ? {} : { code: error.code };
    this.log(endEvents[status], { stage, message, details, durationSeconds, ...code });
  }

  progress(report: ProgressReport): void {
    const { stage, ...rest } = report;
    const current = report.current === null ? null : this.safe.text(report.current);
    if (this.running.has(stage)) this.running.set(stage, { ...report, current });
    this.facts.progress = combined(this.running);
    // One that is not written yet is out of date.
    this.events = this.events.filter((event) => event.type !== 'stage.progress' || event.data['stage'] !== stage);
    this.log('stage.progress', { stage, ...rest, current });
  }

  warning(stage: string, { code, message, context }: JobWarning): void {
    const warning = { stage, code, message: this.safe.text(message), context: this.safe.record(context ?? {}) };
    this.kept = [...this.kept, warning];
    this.facts.warnings = this.kept;
    const counted = this.stages.find((each) => each.name === stage)?.warnings ?? 0;
    this.setStage(stage, { warnings: counted + 1 });
    this.log('job.warning', warning);
  }

  note(stage: string, message: string, context: ErrorContext): void {
    this.log('job.note', { stage, message: this.safe.text(message), context: this.safe.record(context) });
  }

  async write(): Promise<void> {
    const { events, facts } = this;
    this.events = [];
    this.facts = {};
    // The next report of progress makes good for one that is lost.
    const tries = events.every((event) => event.type === 'stage.progress') && facts.stages === undefined ? 1 : TRIES;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.keeper.record(facts, events);
        return;
      } catch (error) {
        if (error instanceof AppError) throw error;
        if (attempt === tries && tries === 1) return;
        if (attempt === tries) throw error;
        await sleep(FIRST_WAIT_MS * 2 ** attempt);
      }
    }
  }

  private setStage(name: string, change: Partial<StoredStage>): void {
    this.setStages(this.stages.map((stage) => (stage.name === name ? { ...stage, ...change } : stage)));
  }

  private setStages(stages: readonly StoredStage[]): void {
    this.stages = stages;
    this.facts.stages = stages;
    this.facts.warningCount = stages.reduce((count, stage) => count + stage.warnings, 0);
  }

  private log(type: RunEventType, data: Record<string, unknown>): void {
    this.events.push({ type, data });
  }
}

/** The progress of stages that run at the same time, as one: named after the one that began last. Null before any report. */
export function combined(running: ReadonlyMap<string, ProgressReport | null>): StoredProgress | null {
  const reports = [...running.values()].filter((report) => report !== null);
  const last = reports.at(-1);
  if (last === undefined || reports.length === 1) return last ?? null;
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

/** Null when one of them is not known. */
function sum(values: readonly (number | null)[]): number | null {
  return values.some((value) => value === null)
    ? null
    : values.reduce<number>((total, value) => total + (value ?? 0), 0);
}

/** A stage that has not begun. */
export function pendingStage(name: string): StoredStage {
  return { name, status: 'pending', message: null, details: {}, durationSeconds: null, warnings: 0 };
}
