import { type FilterQuery, MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import type { RollBackEnd } from '../../engine/ports/index.js';
import { killLeftChildren } from '../../engine/runner/index.js';
import { Semaphore } from '../resources/index.js';
import { InstanceId } from './instance-id.js';
import { JobHandlers } from './job-handler.js';
import { JobStore } from './job-store.js';
import { Job, JobStatus } from './job.entity.js';
import { workElsewhere } from './jobs.errors.js';
import { lostRuns } from './lost-runs.js';
import { KeptWork } from './kept-work.js';
import { RunContexts } from './run-context.js';

const ENDED = { $nin: [JobStatus.Pending, JobStatus.Running] };
/** Kept work is its own master's to remove; of one that is gone for so long others remove what lies in storage. */
const OTHERS_AFTER_MS = 86_400_000;
/** Each takes connections to the database: at the same time they must leave some of the pool's ten. */
const SWEEPS_AT_A_TIME = 4;
/** No stage of a master that is there hangs for longer: a person has restarted it by then. */
const DEAF_FOR_MS = 7 * 86_400_000;

/** Removes what ended jobs left, and tries again later where that was not possible. */
@Injectable()
export class JobSweeper {
  private readonly logger = new Logger('jobs');
  private sweeping: Promise<void> | null = null;
  private readonly sweeps = new Map<string, Promise<boolean>>();
  /** Jobs that have ended while a run of theirs here is still alive. */
  private readonly alive = new Set<string>();
  private readonly places = new Semaphore(SWEEPS_AT_A_TIME);

  constructor(
    private readonly orm: MikroORM,
    private readonly store: JobStore,
    private readonly handlers: JobHandlers,
    private readonly contexts: RunContexts,
    private readonly kept: KeptWork,
    private readonly instance: InstanceId,
  ) {}

  /**
   * Takes back and removes all that the job left; throws when that is not possible now, as for a restore that another master ran
   * (WORK_ELSEWHERE): with an empty work folder nothing would be taken back. Idempotent.
   */
  async takeBack(job: Job): Promise<RollBackEnd> {
    const { resumable } = this.handlers.get(job.kind);
    const runnerId = job.runnerId ?? null;
    if (!resumable && runnerId !== null && runnerId !== (await this.instance.get())) throw workElsewhere(job.id);
    const folder = this.contexts.folderOf(job.id);
    await killLeftChildren(folder.path);
    await this.handlers.release(job, folder.path);
    await folder.open();
    const context = this.contexts.contextOf(job, new AbortController().signal);
    const end = await this.handlers.get(job.kind).sweep?.(job, context, this.contexts.secretsOf(job));
    await folder.remove();
    return end ?? 'taken-back';
  }

  /**
   * The same for an ended job, which then counts as clean; what it keeps stays. Here one at a time of a job: the later waits for the
   * earlier. No retry comes between, as it is refused until the job is clean. False when it must be tried again.
   */
  sweep({ id }: Pick<Job, 'id'>): Promise<boolean> {
    const sweep = this.sweeps.get(id) ?? this.sweepOne(id).finally(() => this.sweeps.delete(id));
    this.sweeps.set(id, sweep);
    return sweep;
  }

  /** Leaves what the job left where it is, as a run of it is still alive; `false` = no longer. */
  keepOff(id: string, isAlive = true): void {
    if (isAlive) this.alive.add(id);
    else this.alive.delete(id);
  }

  private async sweepOne(id: string): Promise<boolean> {
    const leave = await this.places.acquire();
    try {
      const em = this.orm.em.fork();
      const job = await em.findOne(Job, { id, litter: true, status: ENDED, keptUntil: null });
      if (job !== null) {
        if (await this.isAlive(job)) return false;
        await this.takeBack(job);
        await this.store.cleared(job, em);
      }
      return true;
    } catch (error) {
      this.logger.warn(`What job ${id} left could not be removed yet: ${String(error)}`);
      return false;
    } finally {
      leave();
    }
  }

  /**
   * Here, or where only who ran it can know: until that one has ended it (a node that says so is taken out of the row), starts again, or is not
   * heard of for a week.
   */
  private async isAlive({ id, error = null, runnerId, finishedAt }: Job): Promise<boolean> {
    if (this.alive.has(id)) return true;
    const isOthers = typeof runnerId === 'string' && runnerId !== (await this.instance.get());
    if (error?.code !== 'STAGE_NOT_STOPPED' || !isOthers) return false;
    return (finishedAt?.getTime() ?? 0) > Date.now() - DEAF_FOR_MS;
  }

  /** What a run here wrote for a job that another master has taken over since. False when that is not possible now. */
  async clearLost(id: string): Promise<boolean> {
    const job = await this.orm.em.fork().findOne(Job, { id });
    if (job === null || lostRuns(job).length === 0) return true;
    try {
      await this.handlers.get(job.kind).lost?.(job);
      return true;
    } catch (error) {
      this.logger.warn(`What a lost run of job ${id} wrote could not be removed yet: ${String(error)}`);
      return false;
    }
  }

  /** Nothing of the site's earlier jobs is kept any longer: its next backup begins, and does not wait for storages that do not answer. */
  async release(siteId: string, butFor: string): Promise<void> {
    for (const id of await this.letGo({ siteId, id: { $ne: butFor } })) {
      void this.sweep({ id });
    }
  }

  /** Removes what is kept, the oldest first, until the disk has room again. */
  async makeRoom(): Promise<void> {
    while (await this.kept.isDiskLow()) {
      const where = { keptUntil: { $ne: null }, status: ENDED, runnerId: await this.instance.get() };
      const [oldest] = await this.orm.em.fork().find(Job, where, { orderBy: { finishedAt: 'asc' }, limit: 1 });
      if (oldest === undefined) return;
      this.logger.log(`Job ${oldest.id} keeps nothing any longer: the disk is nearly full.`);
      await this.releaseEach({ id: oldest.id });
    }
  }

  /** All ended jobs that left something, and what has been kept long enough. Runs once at a time. */
  sweepAll(): Promise<void> {
    this.sweeping ??= this.sweepEach().finally(() => {
      this.sweeping = null;
    });
    return this.sweeping;
  }

  /** Resolves when no sweep runs any more. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.sweeping, ...this.sweeps.values()]);
  }

  private async sweepEach(): Promise<void> {
    await this.makeRoom();
    const now = Date.now();
    const mine = { keptUntil: { $lt: new Date(now) }, runnerId: await this.instance.get() };
    // A node drops it by itself.
    const ofNodes = { keptUntil: { $lt: new Date(now) }, nodeId: { $ne: null } };
    await this.releaseEach({ $or: [mine, ofNodes, { keptUntil: { $lt: new Date(now - OTHERS_AFTER_MS) } }] });
    // What only another master can take back is left to it.
    const anywhere = this.handlers.all().flatMap(({ kind, resumable }) => (resumable ? [kind] : []));
    const which = [{ kind: { $in: anywhere } }, { runnerId: await this.instance.get() }, { runnerId: null }];
    const where = { litter: true, status: ENDED, keptUntil: null, $or: which };
    const ended = await this.orm.em.fork().find(Job, where, { orderBy: { createdAt: 'asc' }, limit: 1000 });
    for (const job of ended) await this.sweep(job);
  }

  private async releaseEach(which: FilterQuery<Job>): Promise<void> {
    for (const id of await this.letGo(which)) await this.sweep({ id });
  }

  /** From now on it is litter; a retry that came first wins. Ids of the jobs. */
  private async letGo(which: FilterQuery<Job>): Promise<string[]> {
    const em = this.orm.em.fork();
    const where: FilterQuery<Job> = { $and: [{ keptUntil: { $ne: null }, status: ENDED }, which] };
    const ids = (await em.find(Job, where, { fields: ['id'] })).map(({ id }) => id);
    await em.nativeUpdate(Job, { id: { $in: ids }, status: ENDED }, { keptUntil: null, keptBytes: null });
    return ids;
  }
}
