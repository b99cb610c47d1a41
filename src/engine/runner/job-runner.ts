import { AppError, asAppError, cancelledError } from '../../common/errors/index.js';
import type { RollBackEnd, StageOutcome } from '../ports/index.js';
import { collectGarbage } from '../native/allocator.js';
import type { RunObserver, StageRecord } from './observer.js';
import type { RunJournal } from './run-journal.js';
import type { WorkFolder } from './work-folder.js';

/** The stage that always runs, also after a failure or a cancel. */
export const CLEANUP_STAGE = 'cleanup';
const LONG_STAGE_SECONDS = 1;

/** Why a run's AbortSignal was raised: a person's cancel ends the job, a shut-down lets it go on later. */
export class StopRequest extends Error {
  constructor(readonly why: 'cancel' | 'shutdown') {
    super(why === 'cancel' ? 'The job was cancelled.' : 'backupd is stopping.');
    this.name = 'StopRequest';
  }
}

export interface RunnableStage {
  readonly name: string;
  run(signal: AbortSignal): Promise<StageOutcome>;
  /** Whether the output of an earlier attempt is still whole. Without it the stage runs on every attempt. */
  check?(): Promise<boolean>;
}

/** What is to be run, in order. */
export interface JobPlan {
  readonly stages: readonly RunnableStage[];
  /**
   * Takes back what was done; called after a failure, a cancel and a shut-down, before cleanup. `finished` = it was too
   * late for that and the rest was done instead: the job is completed.
   */
  undo?(error: AppError): Promise<RollBackEnd | void>;
  /** Whether the job goes on later after this error: then the work folder stays and nothing is cleaned up. */
  goesOnLater(error: AppError): boolean;
}

export type RunEnd =
  | { outcome: 'completed' }
  | { outcome: 'failed'; stage: string; error: AppError }
  /** Failed, but worth another attempt from where it stands. */
  | { outcome: 'postponed'; stage: string; error: AppError }
  | { outcome: 'cancelled' }
  /** Stopped by a shut-down; goes on from its checkpoints. */
  | { outcome: 'interrupted' }
  /** Failed, and what it had done could not be taken back: the work folder stays for another try. */
  | { outcome: 'stuck'; stage: string; error: AppError };

/**
 * Runs a job's stages in order. Each finished stage is recorded durably in the work folder; the next attempt begins at the
 * first stage that has no record or whose output does not check. The caller removes the work folder once the end of the
 * job is recorded (not after `postponed`, `interrupted` and `stuck`).
 */
export class JobRunner {
  constructor(
    private readonly folder: WorkFolder,
    private readonly journal: RunJournal,
    private readonly observer: RunObserver,
  ) {}

  /** Never throws for what a stage throws; throws when the observer or the work folder fails. */
  async run(plan: JobPlan, signal: AbortSignal): Promise<RunEnd> {
    const first = await this.#firstOpenStage(plan.stages);
    await this.observer.resumed(plan.stages.slice(0, first).map((stage) => stage.name));
    for (const [index, stage] of plan.stages.entries()) {
      if (index < first) continue;
      const error = await this.#runStage(stage, signal, true);
      if (error !== null) return this.#stop(plan, index, error, signal);
    }
    return { outcome: 'completed' };
  }

  async #stop(plan: JobPlan, index: number, error: AppError, signal: AbortSignal): Promise<RunEnd> {
    const stopped = signal.aborted && error.kind === 'cancelled';
    const reason: unknown = signal.reason;
    const why = stopped && reason instanceof StopRequest ? reason.why : null;
    const stage = plan.stages[index]?.name ?? '';
    if (plan.undo !== undefined) {
      try {
        if ((await plan.undo(error)) === 'finished') {
          await this.#skipRest(plan, index, true);
          return { outcome: 'completed' };
        }
      } catch (undoError) {
        await this.#skipRest(plan, index, false);
        return { outcome: 'stuck', stage, error: asAppError(undoError) };
      }
    }
    if (why === 'shutdown' && plan.undo === undefined) return { outcome: 'interrupted' };
    if (!stopped && plan.goesOnLater(error)) return { outcome: 'postponed', stage, error };
    await this.#skipRest(plan, index, true);
    if (why === 'shutdown') return { outcome: 'interrupted' };
    return stopped ? { outcome: 'cancelled' } : { outcome: 'failed', stage, error };
  }

  /** The stages that no longer run; cleanup does, with a signal of its own. */
  async #skipRest(plan: JobPlan, failed: number, cleanUp: boolean): Promise<void> {
    for (const stage of plan.stages.slice(failed + 1)) {
      if (cleanUp && stage.name === CLEANUP_STAGE) {
        await this.#runStage(stage, new AbortController().signal, false);
      } else {
        await this.observer.stageEnded(stage.name, record('skipped', { message: 'Not reached.' }, 0, 0), null);
      }
    }
  }

  async #runStage(stage: RunnableStage, signal: AbortSignal, checkpoint: boolean): Promise<AppError | null> {
    if (signal.aborted) return this.#endStage(stage, null, stopError(signal), 0, false);
    this.journal.beginStage(stage.name);
    await this.observer.stageStarted(stage.name);
    const started = performance.now();
    let outcome: StageOutcome | null = null;
    let error: AppError | null = null;
    try {
      outcome = await stage.run(signal);
    } catch (thrown) {
      // Whatever a stage throws once it was told to stop (a killed child, a closed stream) is that stop.
      error = signal.aborted ? stopError(signal) : asAppError(thrown);
    }
    const seconds = Math.round(performance.now() - started) / 1000;
    return this.#endStage(stage, outcome, error, seconds, checkpoint && error === null);
  }

  async #endStage(
    stage: RunnableStage,
    outcome: StageOutcome | null,
    error: AppError | null,
    seconds: number,
    checkpoint: boolean,
  ): Promise<AppError | null> {
    const warnings = this.journal.endStage();
    await this.journal.flush();
    // What a long stage left in memory would be there on top of all that the next one needs.
    if (seconds > LONG_STAGE_SECONDS) collectGarbage();
    const result =
      outcome === null
        ? record('failed', { message: error?.message ?? '' }, seconds, warnings)
        : record(outcome.skipped === true ? 'skipped' : 'completed', outcome, seconds, warnings);
    if (checkpoint) await this.folder.records.set(stage.name, result);
    await this.observer.stageEnded(stage.name, result, error);
    return error;
  }

  /** Whether every one of these stages has finished, as the work folder knows it. */
  static async hasFinished(folder: WorkFolder, stages: readonly string[]): Promise<boolean> {
    for (const stage of stages) if ((await folder.records.get(stage)) === null) return false;
    return true;
  }

  /** Index of the first stage that must run; forgets the records and checkpoints of the later ones. */
  async #firstOpenStage(stages: readonly RunnableStage[]): Promise<number> {
    let first = stages.length;
    for (const [index, stage] of stages.entries()) {
      if (await this.#isDone(stage)) continue;
      first = index;
      break;
    }
    for (const [index, stage] of stages.entries()) {
      if (index < first) continue;
      await this.folder.records.delete(stage.name);
      // The first one may go on from what it had.
      if (index > first) await this.folder.checkpoints.delete(stage.name);
    }
    return first;
  }

  async #isDone(stage: RunnableStage): Promise<boolean> {
    if (stage.check === undefined || (await this.folder.records.get(stage.name)) === null) return false;
    try {
      return await stage.check();
    } catch {
      // What can't be checked is done again.
      return false;
    }
  }
}

function record(
  status: StageRecord['status'],
  outcome: StageOutcome,
  durationSeconds: number,
  warnings: number,
): StageRecord {
  return { status, message: outcome.message, details: outcome.details ?? {}, durationSeconds, warnings };
}

function stopError(signal: AbortSignal): AppError {
  const reason: unknown = signal.reason;
  return cancelledError(reason instanceof StopRequest ? reason.message : undefined);
}
