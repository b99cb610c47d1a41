import { Injectable, Logger } from '@nestjs/common';
import { backoff } from '../../common/backoff.js';
import { asAppError, cancelledError, plainError } from '../../common/errors/index.js';
import { isId } from '../../common/ids.js';
import { withLogContext } from '../../common/logging/index.js';
import { pause } from '../../common/pause.js';
import { AppConfig } from '../../config/index.js';
import { type JobJournal, StopRequest } from '../../engine/ports/index.js';
import { killLeftChildren, namesIn, stageNotStopped, type WorkFolder } from '../../engine/runner/index.js';
import { MasterClient, SignedClient } from '../node-link/index.js';
import type { HeartbeatAnswer, HeldRun, JobOrder, ReportedEnd } from '../node-protocol/index.js';
import { ResourceService } from '../resources/index.js';
import { DeafRuns } from './deaf-runs.js';
import { Delivery } from './delivery.js';
import { NodePlans } from './node-plans.js';
import { NodeRun } from './node-run.js';
import type { Outbox } from './outbox.js';
import { RunFiles } from './run-files.js';
import { RunLink } from './run-link.js';
import { StuckRestores } from './stuck-restores.js';

/** A run from its order to the delivery of its end. */
interface Held {
  order: JobOrder;
  outbox: Outbox;
  delivery: Delivery;
  /** Null once it is over. */
  run: NodeRun | null;
  /** Resolves when its end is in the outbox, and kept where it has to be taken back. */
  settled: Promise<void>;
  /** Resolves when it is over and all is delivered, or it is lost. */
  done: Promise<void>;
}

/** On a stop what is told last gets so long to be delivered; what is not, is by the next start. */
const LAST_WORDS_MS = 5000;
const AGAIN = { firstMs: 500, longestMs: 30_000 };
const silent: JobJournal = { progress: () => undefined, warn: () => undefined, note: () => undefined };

/** The jobs of this node: begins what the master orders, takes up what an earlier process left, delivers what the runs tell. */
@Injectable()
export class NodeJobs {
  private readonly logger = new Logger('node');
  /** By run id. */
  private readonly all = new Map<string, Held>();
  /** Runs that were given and are not in `all` yet. */
  private readonly taking = new Set<string>();
  private readonly draining = new AbortController();
  private readonly deaf = new DeafRuns();

  constructor(
    private readonly config: AppConfig,
    private readonly master: MasterClient,
    private readonly storage: SignedClient,
    private readonly resources: ResourceService,
    private readonly plans: NodePlans,
    private readonly files: RunFiles,
    private readonly stuck: StuckRestores,
  ) {}

  /** Takes up what an earlier process left: restores are taken back, the rest goes on once the master gives it again. */
  async start(): Promise<void> {
    await this.files.open();
    const taking: Promise<void>[] = [];
    for (const order of await this.files.left()) {
      try {
        const outbox = await this.files.outbox(order.runId);
        this.hold(order, outbox, null);
        // Not waited for: a site may lie on what does not answer. No other run of the job begins before it has ended.
        taking.push(withLogContext({ jobId: order.jobId }, () => this.takeUp(order, outbox)));
      } catch (error) {
        this.logger.error(`Run ${order.runId} could not be taken up: ${asAppError(error).message}`);
      }
    }
    await this.stuck.open(Promise.all(taking));
  }

  held(): HeldRun[] {
    return [...this.all.values()].map(({ order: { jobId, runId } }) => ({ jobId, runId }));
  }

  async workOf(): Promise<string[]> {
    return (await namesIn(this.config.paths.work)).filter((name) => isId(name));
  }

  /** Only of jobs whose end the master knows: before, it means nothing there. */
  cleared(): string[] {
    const busy = this.busy();
    return [...this.stuck.cleared.tell(busy), ...this.deaf.cleared.tell(busy)];
  }

  /** How many jobs run. */
  get running(): number {
    return this.taking.size + [...this.all.values()].filter(({ run }) => run !== null).length;
  }

  onAnswer({ cancel, lost, drop }: HeartbeatAnswer): void {
    this.stuck.told();
    this.deaf.cleared.told();
    for (const runId of cancel) this.all.get(runId)?.run?.stop('cancel');
    for (const runId of lost) this.lose(runId);
    const busy = this.busy();
    for (const jobId of drop) if (isId(jobId) && !busy.has(jobId) && !this.deaf.has(jobId)) void this.drop(jobId);
  }

  /** Jobs of runs of which the master does not know all. */
  private busy(): Set<string> {
    return new Set([...this.all.values()].map(({ order }) => order.jobId));
  }

  /** Begins the job; returns at once. */
  take(order: JobOrder): void {
    this.taking.add(order.runId);
    void withLogContext({ jobId: order.jobId }, () => this.begin(order)).catch((error: unknown) => {
      this.taking.delete(order.runId);
      this.logger.error(`Job ${order.jobId} could not be begun: ${asAppError(error).message}`);
    });
  }

  /** Lets running stages come to their end for the grace time, then stops them; all go on later. */
  async stopAll(): Promise<void> {
    const graceMs = this.config.patience.stopGraceSeconds * 1000;
    this.draining.abort(new StopRequest('shutdown'));
    const runs = [...this.all.values()].filter(({ run }) => run !== null);
    const over = Promise.all(runs.map(({ outbox }) => outbox.whenEnded));
    if (!(await within(over, graceMs))) for (const { run } of runs) run?.stop('shutdown');
    await within(over, STOP_MS);
    const delivered = Promise.all([...this.all.values()].map(({ done }) => done));
    await within(delivered, LAST_WORDS_MS);
    for (const { delivery } of this.all.values()) delivery.end();
    await Promise.all([...this.all.values()].map(({ outbox }) => outbox.close()));
    this.stuck.stop();
    this.storage.close();
  }

  private async begin(order: JobOrder): Promise<void> {
    const earlier = [...this.all.values()].filter((other) => other.order.jobId === order.jobId);
    await this.files.keep(order);
    const outbox = await this.files.outbox(order.runId);
    const run = new NodeRun({
      order,
      outbox,
      plans: this.plans,
      link: new RunLink(this.master, this.storage, order.runId, () => this.lose(order.runId)),
      folder: this.files.workFolder(order.jobId),
      resources: this.resources,
      drain: this.draining.signal,
    });
    const held = this.hold(order, outbox, run);
    // An earlier run of the job may still be stopping: never two at a time.
    const free = this.earlierEnded(earlier, order.jobId);
    await Promise.race([free, run.stopped]);
    if (this.draining.signal.aborted || held.delivery.isLost) await outbox.end({ ...ended, outcome: 'interrupted' });
    else if (run.isCancelled) {
      await outbox.end({ ...ended, outcome: 'cancelled', error: plainError(stageNotStopped(null, cancelledError())) });
      this.deaf.add(order.jobId, free);
    } else await run.run();
    if (run.isLetGo) this.deaf.add(order.jobId, run.over);
    held.run = null;
    await held.settled;
  }

  private hold(order: JobOrder, outbox: Outbox, run: NodeRun | null): Held {
    const { runId } = order;
    const delivery = new Delivery(this.master, runId, outbox, { onLost: () => this.lose(runId) });
    const settled = this.settle(order, outbox);
    const done = this.whenDone(runId, { outbox, delivery, run, settled });
    const held = { order, outbox, delivery, run, settled, done };
    this.all.set(runId, held);
    this.taking.delete(runId);
    return held;
  }

  /** Once nothing of the run works in its folder and the master knows its end, or does not want to, nothing of it is kept here. */
  private async whenDone(
    runId: string,
    { outbox, delivery, run, settled }: Pick<Held, 'outbox' | 'delivery' | 'run' | 'settled'>,
  ): Promise<void> {
    await Promise.all([settled, delivery.done()]);
    if (run !== null && !run.isLetGo) await run.over;
    if (!outbox.isDelivered && !delivery.isLost) return;
    await this.files.forget(runId);
    await outbox.remove();
    this.all.delete(runId);
  }

  /** The job is another run's by now: this one stops, its work folder stays for that. */
  private lose(runId: string): void {
    const held = this.all.get(runId);
    if (held === undefined) return;
    this.logger.warn(`Job ${held.order.jobId} was given to another run; this one ends.`);
    held.run?.stop('shutdown');
    held.delivery.lose();
  }

  /** Resolves when nothing works on the job any more. Never rejects. */
  private async earlierEnded(earlier: readonly Held[], jobId: string): Promise<void> {
    // Of now: who waits here may be added to them.
    const deaf = this.deaf.ended(jobId);
    for (const { order, done } of earlier) {
      this.lose(order.runId);
      await done;
    }
    await deaf;
  }

  /** The process that ran it was killed. Never throws. */
  private async takeUp(order: JobOrder, outbox: Outbox): Promise<void> {
    const folder = this.files.workFolder(order.jobId);
    try {
      await killLeftChildren(folder.path);
      if (outbox.ended === null) await this.endCutOff(order, outbox, folder);
      // Let go by the process that was killed: nothing of it runs any more.
      else if (outbox.ended.error?.code === 'STAGE_NOT_STOPPED') this.deaf.cleared.add(order.jobId);
      await this.all.get(order.runId)?.settled;
    } catch (error) {
      this.logger.error(`Run ${order.runId} could not be taken up: ${asAppError(error).message}`);
    }
  }

  private async endCutOff(order: JobOrder, outbox: Outbox, folder: WorkFolder): Promise<void> {
    await this.plans.release(order, folder.path);
    if (order.plan.kind !== 'restore') {
      await outbox.end({ ...ended, outcome: 'interrupted', cutOff: true });
      return;
    }
    try {
      await folder.open();
      const end = await this.plans.takeBack(order, this.stuck.contextOf(order, silent));
      await outbox.end({ ...ended, outcome: end === 'finished' ? 'completed' : 'interrupted', cutOff: true });
      await folder.remove();
    } catch (error) {
      await outbox.end({ ...ended, outcome: 'stuck', error: plainError(asAppError(error)), cutOff: true });
    }
  }

  /** Resolves after the end of the run. What could not be taken back is tried again: that is kept before anything of the run is forgotten. */
  private async settle(order: JobOrder, outbox: Outbox): Promise<void> {
    await outbox.whenEnded;
    if (outbox.ended?.outcome !== 'stuck') return;
    for (let failures = 1; ; failures += 1) {
      try {
        await this.stuck.add(order);
        return;
      } catch (error) {
        this.logger.error(
          `That job ${order.jobId} has to be taken back can't be kept yet: ${asAppError(error).message}`,
        );
        await pause(backoff(failures, AGAIN));
      }
    }
  }

  private async drop(jobId: string): Promise<void> {
    try {
      const folder = this.files.workFolder(jobId);
      await killLeftChildren(folder.path);
      await folder.remove();
    } catch (error) {
      this.logger.warn(`What job ${jobId} left could not be removed yet: ${String(error)}`);
    }
  }
}

/** How long a stop waits for stages that it has stopped. */
const STOP_MS = 30_000;

const ended: Omit<ReportedEnd, 'outcome'> = { stage: null, error: null, result: null, keptBytes: null, cutOff: false };

/** Whether it has ended within the time. */
async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
