import { AppError, asAppError, cancelledError, throwIfAborted } from '../../common/errors/index.js';
import { type ResourceGate, type RollBackEnd, type StageOutcome, StopRequest } from '../ports/index.js';
import { watchHearing } from './deaf-watch.js';
import type { StageRecord } from './observer.js';
import type { RunJournal } from './run-journal.js';
import type { RunnableStage } from './runnable-stage.js';
import { StageSet } from './stage-set.js';
import { StallWatch } from './stall-watch.js';
import type { WorkFolder } from './work-folder.js';

/** The stage that always runs, also after a failure or a cancel. */
export const CLEANUP_STAGE = 'cleanup';

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
  /** Whether what a failed job has made stays, for a retry by hand: then nothing is cleaned up either. */
  keeps?(error: AppError): Promise<boolean>;
}

export interface RunnerOptions {
  /** The host's resources, handed to each stage. */
  resources: ResourceGate;
  /** A stage in which nothing has moved for so long is stopped: STAGE_STALLED. 0 = never. */
  stallMs: number;
  deaf?: DeafOptions;
}

/** What is told of a stage that still runs so long after it was stopped, and again after each such time: why it was stopped. */
export interface DeafOptions {
  afterMs: () => number;
  tell: (stage: string, why: AppError) => void;
}

/** What may end a run from outside. */
export interface RunSignals {
  /** Stops the running stages. */
  stop: AbortSignal;
  /** No stage begins any more; those that run may come to their end. */
  drain?: AbortSignal;
}

export type RunEnd =
  | { outcome: 'completed' }
  /** `kept`: what it has made is still in the work folder. */
  | { outcome: 'failed'; stage: string; error: AppError; kept: boolean }
  /** Failed, but worth another attempt from where it stands. */
  | { outcome: 'postponed'; stage: string; error: AppError }
  | { outcome: 'cancelled' }
  /** Stopped by a shut-down; goes on from its checkpoints. */
  | { outcome: 'interrupted' }
  /** Failed, and what it had done could not be taken back: the work folder stays for another try. */
  | { outcome: 'stuck'; stage: string; error: AppError };

/** How a stage ended: well when there is no error and nobody stopped it. */
interface StageEnd {
  stage: RunnableStage;
  error: AppError | null;
  /** Why it was stopped without a fault of its own: another one had failed, or what it waits for does not begin any more. */
  gaveWay: string | null;
}
type Failure = StageEnd & { error: AppError };

/** What the stages of one run share. */
interface Run {
  stages: StageSet;
  /** Raised by a person or a shut-down. */
  signal: AbortSignal;
  drain: AbortSignal;
  /** Aborted by the first stage that fails, and by a failing journal. */
  others: AbortController;
}

/**
 * Runs a job's stages: each begins when those it needs have ended, so some run at the same time; the first failure stops the
 * others. Each finished stage is recorded durably in the work folder; the next attempt runs the stages that have no record,
 * whose output does not check, or that need such a one. The caller removes the work folder once the end of the job is recorded
 * (not after `postponed`, `interrupted` and `stuck`).
 */
export class JobRunner {
  constructor(
    private readonly folder: WorkFolder,
    private readonly journal: RunJournal,
    private readonly options: RunnerOptions,
  ) {}

  /** Never throws for what a stage throws; throws when the journal or the work folder fails. All is written when it settles. */
  async run(plan: JobPlan, { stop, drain = never }: RunSignals): Promise<RunEnd> {
    const stages = new StageSet(plan.stages);
    await this.#takeUp(stages);
    this.journal.tell((observer) => observer.resumed(stages.done));
    const run: Run = { stages, signal: stop, drain, others: new AbortController() };
    const onDrain = (): void => stages.drain();
    if (drain.aborted) onDrain();
    drain.addEventListener('abort', onDrain, { once: true });
    try {
      const failed = await this.#runAll(run);
      const end = failed === null ? endOfGood(stages) : await this.#stop(plan, run, failed);
      await this.journal.flush();
      return end;
    } finally {
      drain.removeEventListener('abort', onDrain);
    }
  }

  /** Runs all stages; the first that failed, or null. No stage runs any more when it settles. */
  async #runAll(run: Run): Promise<Failure | null> {
    const { stages } = run;
    const active = new Map<string, Promise<StageEnd>>();
    let failed: Failure | null = null;
    for (;;) {
      for (const stage of stages.take()) active.set(stage.name, this.#runStage(run, stage));
      if (active.size === 0) return failed;
      try {
        const end = await Promise.race([...active.values(), this.journal.failed]);
        active.delete(end.stage.name);
        if (end.error !== null) {
          failed ??= { ...end, error: end.error };
          stages.giveUp();
        } else if (end.gaveWay === null) stages.finish(end.stage.name);
      } catch (error) {
        // The journal or the work folder failed: the run is over, but nothing may go on behind its back.
        run.others.abort(error);
        stages.giveUp();
        await Promise.allSettled(active.values());
        throw error;
      }
    }
  }

  async #stop(plan: JobPlan, { stages, signal, drain }: Run, failed: Failure): Promise<RunEnd> {
    const { error } = failed;
    const stopped = (signal.aborted || drain.aborted) && error.kind === 'cancelled';
    const reason: unknown = signal.aborted ? signal.reason : drain.reason;
    const why = stopped && reason instanceof StopRequest ? reason.why : null;
    const stage = failed.stage.name;
    if (plan.undo !== undefined) {
      try {
        if ((await plan.undo(error)) === 'finished') {
          await this.#skipRest(stages, true);
          return { outcome: 'completed' };
        }
      } catch (undoError) {
        await this.#skipRest(stages, false);
        return { outcome: 'stuck', stage, error: asAppError(undoError) };
      }
    }
    if (why === 'shutdown' && plan.undo === undefined) return { outcome: 'interrupted' };
    if (!stopped && plan.goesOnLater(error)) return { outcome: 'postponed', stage, error };
    const kept = !stopped && (await plan.keeps?.(error)) === true;
    await this.#skipRest(stages, !kept);
    if (why === 'shutdown') return { outcome: 'interrupted' };
    return stopped ? { outcome: 'cancelled' } : { outcome: 'failed', stage, error, kept };
  }

  /** The stages that no longer run; cleanup does, with a signal of its own. */
  async #skipRest(stages: StageSet, cleanUp: boolean): Promise<void> {
    const run = { stages, signal: never, drain: never, others: new AbortController() };
    for (const stage of stages.left) {
      if (cleanUp && stage.name === CLEANUP_STAGE) await this.#runStage(run, stage, false);
      else this.#tellEnd(stage, record('skipped', { message: 'Not reached.' }, 0, 0), null);
    }
  }

  async #runStage(run: Run, stage: RunnableStage, checkpoint = true): Promise<StageEnd> {
    const { stages, signal, others } = run;
    if (signal.aborted) return this.#endStage({ stage, error: stopError(signal), gaveWay: null }, null, 0, false);
    const watch = new StallWatch(stage.name, { limitMs: this.options.stallMs });
    const journal = this.journal.beginStage(stage.name, watch);
    this.journal.tell((observer) => observer.stageStarted(stage.name));
    // Written together with the end of the stage before. Who lost the job learns it here, before doing any more.
    await this.journal.flush();
    const started = performance.now();
    let outcome: StageOutcome | null = null;
    let error: AppError | null = null;
    let gaveWay: string | null = null;
    const any = AbortSignal.any([signal, others.signal, watch.signal]);
    const { deaf } = this.options;
    const tell = (): void => deaf?.tell(stage.name, whyStopped(run, watch));
    const hears = deaf && watchHearing(any, deaf.afterMs, tell, signal);
    try {
      throwIfAborted(any);
      outcome = await stage.run(any, {
        journal,
        finished: async (name) => watch.waits(async () => stages.finished(name)),
        resources: watch.gate(this.options.resources),
        waits: async (work) => watch.waits(work),
      });
    } catch (thrown) {
      // Whatever a stage throws once it was told to stop (a killed child, a closed stream) is that stop.
      if (others.signal.aborted && !signal.aborted) gaveWay = 'Stopped, as another stage failed.';
      error = signal.aborted || watch.signal.aborted ? whyStopped(run, watch) : asAppError(thrown);
      const waited = run.drain.aborted && !signal.aborted && error.code === 'JOB_CANCELLED';
      if (waited) gaveWay ??= 'Stopped, as backupd is stopping: what it waits for begins no more.';
      if (gaveWay === null) {
        others.abort(new Error(`${stage.name} failed`));
        stages.giveUp();
      }
    } finally {
      hears?.();
      watch.end();
    }
    const seconds = Math.round(performance.now() - started) / 1000;
    return this.#endStage({ stage, error, gaveWay }, outcome, seconds, checkpoint && error === null);
  }

  async #endStage(
    { stage, error, gaveWay }: StageEnd,
    outcome: StageOutcome | null,
    seconds: number,
    checkpoint: boolean,
  ): Promise<StageEnd> {
    const warnings = this.journal.endStage(stage.name);
    const result = gaveWay
      ? record('skipped', { message: gaveWay }, seconds, warnings)
      : outcome === null
        ? record('failed', { message: error?.message ?? '' }, seconds, warnings)
        : record(outcome.skipped === true ? 'skipped' : 'completed', outcome, seconds, warnings);
    // A stage that counts as finished must have told its warnings.
    if (warnings > 0) await this.journal.flush();
    if (checkpoint) await this.folder.records.set(stage.name, result);
    const shown = gaveWay === null ? error : null;
    this.#tellEnd(stage, result, shown);
    return { stage, error: shown, gaveWay };
  }

  #tellEnd(stage: RunnableStage, result: StageRecord, error: AppError | null): void {
    this.journal.tell((observer) => observer.stageEnded(stage.name, result, error));
  }

  /** Whether every one of these stages has finished, as the work folder knows it. */
  static async hasFinished(folder: WorkFolder, stages: readonly string[]): Promise<boolean> {
    for (const stage of stages) if ((await folder.records.get(stage)) === null) return false;
    return true;
  }

  /** Finds the stages that need not run again; forgets the records and checkpoints of the others. */
  async #takeUp(stages: StageSet): Promise<void> {
    for (const stage of stages.stages) {
      if (stages.isReady(stage) && (await this.#isDone(stage))) stages.finish(stage.name);
    }
    const done = new Set(stages.done);
    const again = stages.stages.filter((stage) => !done.has(stage.name));
    await Promise.all(again.map(async (stage) => this.folder.records.delete(stage.name)));
    // One that can begin at once may go on from what it had.
    const anew = again.filter((stage) => !stages.isReady(stage));
    await Promise.all(anew.map(async (stage) => this.folder.checkpoints.delete(stage.name)));
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

/** A signal that nobody raises. */
const never = new AbortController().signal;

/** No stage failed: all is done, or a shut-down let no more begin. */
function endOfGood(stages: StageSet): RunEnd {
  return { outcome: stages.areAllDone ? 'completed' : 'interrupted' };
}

function whyStopped({ signal, others }: Run, watch: StallWatch): AppError {
  if (signal.aborted) return stopError(signal);
  return watch.signal.aborted ? watch.error() : asAppError(others.signal.reason);
}

function stopError(signal: AbortSignal): AppError {
  const reason: unknown = signal.reason;
  return cancelledError(reason instanceof StopRequest ? reason.message : undefined);
}
