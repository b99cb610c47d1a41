import { Logger } from '@nestjs/common';
import { type AppError, asAppError, plainError, type PlainError } from '../../common/errors/index.js';
import { addToLogContext } from '../../common/logging/index.js';
import { raised } from '../../common/raised.js';
import type { PreparedPlan, RunContext } from '../../engine/plans/index.js';
import { type JobJournal, type RestoreRequest, StopRequest } from '../../engine/ports/index.js';
import {
  JobRunner,
  keptBytes,
  preparation,
  type RunEnd,
  RunJournal,
  RunRecorder,
  SafeValues,
  stageNotStopped,
  watched,
  type WorkFolder,
} from '../../engine/runner/index.js';
import type { JobOrder, ReportedEnd } from '../node-protocol/index.js';
import { releasedBy, type ResourceService } from '../resources/index.js';
import type { NodePlans } from './node-plans.js';
import type { Outbox } from './outbox.js';
import { withHooks } from './remote-hooks.js';
import type { RunLink } from './run-link.js';

/** Below this share of free space nothing of failed jobs is kept. */
const KEEP_FREE_SHARE = 0.1;

export interface NodeRunParts {
  order: JobOrder;
  plans: NodePlans;
  link: RunLink;
  outbox: Outbox;
  folder: WorkFolder;
  resources: ResourceService;
  /** Raised by a stop of the process: no stage begins any more. */
  drain: AbortSignal;
}

/** One run of a job on this node, from its order to the end that it reports. */
export class NodeRun {
  private readonly logger = new Logger('node');
  private readonly stopping = new AbortController();
  /** Raised when it is let go: one of its stages does not hear. */
  private readonly free = new AbortController();
  /** Resolves when nothing of it runs any more, also of one that was let go. */
  over: Promise<void> = Promise.resolve();
  private isToldDeaf = false;
  private keptBytes: number | null = null;
  private recorder: RunRecorder | null = null;

  constructor(private readonly parts: NodeRunParts) {}

  /** Stops it: a cancel ends the job; a shut-down, or the loss of the job, lets it go on later. */
  stop(why: 'cancel' | 'shutdown'): void {
    this.stopping.abort(new StopRequest(why));
  }

  /** Resolves when it was stopped. */
  get stopped(): Promise<void> {
    return raised(this.stopping.signal);
  }

  /** Whether a person has cancelled its job. */
  get isCancelled(): boolean {
    const reason: unknown = this.stopping.signal.reason;
    return reason instanceof StopRequest && reason.why === 'cancel';
  }

  /** Resolves when the run is over, or goes on without a stage that does not hear, and its end is in the outbox. Never throws. */
  async run(): Promise<void> {
    this.over = this.runToEnd();
    await Promise.race([this.over, raised(this.free.signal)]);
  }

  /** Whether it was let go. */
  get isLetGo(): boolean {
    return this.free.signal.aborted;
  }

  private async runToEnd(): Promise<void> {
    const { order, folder, outbox } = this.parts;
    try {
      await folder.openFor(new Date(order.startedAt));
      const { plan, end } = await this.runStages();
      await outbox.end(this.reported(end, plan));
      if (isOver(end) && this.keptBytes === null) await folder.remove();
    } catch (thrown) {
      await this.giveUp(asAppError(thrown));
    }
  }

  private async runStages(): Promise<{ plan: PreparedPlan; end: RunEnd }> {
    const { order, folder, outbox, plans, resources } = this.parts;
    const secrets = order.plan.kind === 'restore' ? passwordsOf(order.plan.request) : [];
    const recorder = new RunRecorder(outbox.keeper, order, secrets);
    this.recorder = recorder;
    hideInLog(recorder);
    const journal = new RunJournal(recorder, order.warnings.length);
    const plan = await this.prepare(journal);
    recorder.safe = recorder.safe.with(plan.secrets);
    hideInLog(recorder);
    const { stallMs } = order.patience;
    const runner = new JobRunner(folder, journal, {
      resources: releasedBy(resources, this.free.signal),
      stallMs,
      deaf: { afterMs: this.deafMs, tell: (stage, why) => void this.letGo(stage, why) },
    });
    const signals = { stop: this.stopping.signal, ...(this.isResumable ? { drain: this.parts.drain } : {}) };
    let end: RunEnd = { outcome: 'completed' };
    try {
      if (plan.alreadyDone !== true) end = await runner.run(plan, signals);
    } finally {
      await plans.release(order, folder.path);
    }
    return { plan, end };
  }

  private async prepare(journal: JobJournal): Promise<PreparedPlan> {
    const { order, plans, link } = this.parts;
    const plan = await watched((signal) => plans.prepare(order, this.context(signal, journal), link), {
      name: preparation,
      stop: this.stopping.signal,
      stallMs: order.patience.stallMs,
      deafMs: this.deafMs,
      tell: (why) => void this.letGo(null, why),
    });
    return {
      ...plan,
      stages: withHooks(plan.stages, order.hooks, link),
      result: () => plan.result(),
      goesOnLater: (error) => this.mayRetry(error) && plan.goesOnLater(error),
      keeps: async (error) => {
        this.keptBytes = await this.bytesToKeep(error);
        return this.keptBytes !== null;
      },
    };
  }

  private context(signal: AbortSignal, journal: JobJournal): RunContext {
    const { order, folder, resources } = this.parts;
    return {
      jobId: order.jobId,
      attempt: order.attempt,
      workDir: folder.path,
      signal,
      journal,
      resources,
      checkpoints: folder.checkpoints,
    };
  }

  private get isResumable(): boolean {
    return this.parts.order.plan.kind !== 'restore';
  }

  private mayRetry(error: AppError): boolean {
    return this.parts.order.mayRetry && error.retry === 'later';
  }

  private async bytesToKeep(error: AppError): Promise<number | null> {
    const { order, folder } = this.parts;
    if (order.patience.keepMs <= 0) return null;
    try {
      return await keptBytes(folder, error, KEEP_FREE_SHARE);
    } catch {
      // What can't be counted is not kept.
      return null;
    }
  }

  private readonly deafMs = (): number => {
    const { deafMs } = this.parts.order.patience;
    return deafMs[this.stopping.signal.aborted ? 'cancelled' : 'stalled'];
  };

  /** A stage (null: what comes before them) was stopped and does not end: the job ends without it. A restore can't be: it is taken back first. */
  private async letGo(stage: string | null, why: AppError): Promise<void> {
    const reason: unknown = this.stopping.signal.reason;
    const isShutdown = reason instanceof StopRequest && reason.why === 'shutdown';
    const { order, outbox, plans, folder } = this.parts;
    if (!this.isToldDeaf)
      this.logger.error(`Job ${order.jobId}: ${stage ?? preparation} was stopped and does not end. ${why.message}`);
    this.isToldDeaf = true;
    if (isShutdown || !this.isResumable) return;
    const outcome = this.stopping.signal.aborted ? 'cancelled' : 'failed';
    await outbox.end({ ...nothing, outcome, stage, error: this.plain(stageNotStopped(stage, why)) });
    this.free.abort();
    void plans.release(order, folder.path);
  }

  /** It failed outside its stages. */
  private async giveUp(error: AppError): Promise<void> {
    const { order, outbox, plans, folder } = this.parts;
    const reason: unknown = this.stopping.signal.aborted ? this.stopping.signal.reason : null;
    const why = reason instanceof StopRequest ? reason.why : null;
    this.logger.warn(`Job ${order.jobId} (${order.siteName}) could not be run: ${error.message}`);
    const plain = this.plain(error);
    if (why === 'shutdown' && this.isResumable) await outbox.end({ ...nothing, outcome: 'interrupted' });
    else if (why === null && this.mayRetry(error)) await outbox.end({ ...nothing, outcome: 'postponed', error: plain });
    else {
      if (why === null) this.keptBytes = await this.bytesToKeep(error);
      const outcome = why === 'cancel' ? 'cancelled' : 'failed';
      try {
        await plans.takeBack(order, this.context(new AbortController().signal, silent));
        await outbox.end({ ...nothing, outcome, error: plain, keptBytes: this.keptBytes });
        if (this.keptBytes === null) await folder.remove();
      } catch (stuck) {
        await outbox.end({ ...nothing, outcome: 'stuck', error: this.plain(asAppError(stuck)) });
      }
    }
  }

  private reported(end: RunEnd, plan: PreparedPlan): ReportedEnd {
    const { outcome } = end;
    const failure = 'error' in end ? { stage: end.stage, error: this.plain(end.error) } : {};
    const hasResult = outcome === 'completed' || outcome === 'failed';
    const result = hasResult ? plan.result() : null;
    const safeResult = result === null ? null : (this.recorder?.safe.record(result) ?? result);
    return { ...nothing, ...failure, outcome, result: safeResult, keptBytes: this.keptBytes };
  }

  /** As it may be told. */
  private plain(error: AppError): PlainError {
    const safe = this.recorder?.safe ?? new SafeValues([]);
    const { message, hint, context, ...rest } = plainError(error);
    const texts = Object.entries(context).map(([name, value]) => [name, blotted(value, safe)] as const);
    return {
      ...rest,
      message: safe.text(message),
      context: Object.fromEntries(texts),
      ...(hint === undefined ? {} : { hint: safe.text(hint) }),
    };
  }
}

type ContextValue = PlainError['context'][string];

function blotted(value: ContextValue, safe: SafeValues): ContextValue {
  if (typeof value === 'string') return safe.text(value);
  return Array.isArray(value) ? value.map((text) => safe.text(String(text))) : value;
}

const nothing: Omit<ReportedEnd, 'outcome'> = {
  stage: null,
  error: null,
  result: null,
  keptBytes: null,
  cutOff: false,
};
const silent: JobJournal = { progress: () => undefined, warn: () => undefined, note: () => undefined };

/** Whether nothing of it goes on later, here. */
function isOver({ outcome }: RunEnd): boolean {
  return outcome === 'completed' || outcome === 'failed' || outcome === 'cancelled';
}

function passwordsOf({ targetDatabase, adminDatabase }: RestoreRequest): string[] {
  return [targetDatabase?.password, adminDatabase?.password].filter((text) => text !== undefined);
}

/** What must not be told must not be logged either. */
function hideInLog({ safe }: RunRecorder): void {
  addToLogContext({ blot: (text) => safe.text(text) });
}
