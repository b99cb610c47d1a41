import { readdirSync, rmSync } from 'node:fs';
import { type AppError, asAppError } from '../../../src/common/errors/index.js';
import type { AppConfig } from '../../../src/config/index.js';
import { RepairScheduler } from '../../../src/modules/repair/repair-scheduler.js';
import type { Bug } from './bugs.js';
import { Checker } from './check.js';
import type { SimDatabase } from './database.js';
import { Master } from './master.js';
import type { SimQueue } from './queue.js';
import type { Content } from './site-module.js';
import { SimStorage } from './storage.js';
import type { SimProcess, World } from './world.js';

export const HOUR_MS = 3_600_000;

/** What a seed is run with. */
export interface Stage {
  database: SimDatabase;
  queue: SimQueue;
  /** One for each master that may run. */
  configs: readonly AppConfig[];
  providerIds: readonly string[];
  siteIds: readonly string[];
}

/** The masters of a seed on their database, storages and queue, and what is known of what they did. */
export class Fleet {
  readonly storages: readonly SimStorage[];
  readonly checker: Checker;
  readonly made = new Map<string, Content>();
  readonly rotted = new Set<string>();
  readonly pinned = new Set<string>();
  readonly asked = new Set<string>();
  readonly faults: string[] = [];
  protected readonly contents = new Map<string, Map<string, string>>();
  protected readonly masters: (Master | null)[];
  /** Providers that are being reconciled, and by whom: one at a time, as the product's lock sees to. */
  protected readonly reconciled = new Map<string, SimProcess>();
  /** Who was given which delivery. */
  protected readonly handed = new Map<string, { jobId: string; master: Master }>();
  protected jobIds: string[] = [];

  constructor(
    readonly world: World,
    protected readonly stage: Stage,
    private readonly bug: Bug | null,
  ) {
    const { database, queue, providerIds } = stage;
    this.storages = providerIds.map((id) => new SimStorage(id, world));
    this.masters = stage.configs.map(() => null);
    this.checker = new Checker(database, this.storages, this);
    queue.handedOut.clear();
    queue.neverSettles = bug === 'unsettled';
    for (const siteId of stage.siteIds) this.contents.set(siteId, new Map([['index', 'hello']]));
    world.onDeath = async (process) => {
      await database.buried(process);
      for (const [providerId, by] of this.reconciled) if (by === process) this.reconciled.delete(providerId);
    };
  }

  /** A site is written to all the time: no two reads give the same. */
  contentOf = (siteId: string): Content =>
    new Map([...(this.contents.get(siteId) ?? []), ['log', `${this.world.now} ${this.world.calls}`]]);

  /** Faults off; everything that waits for anything comes to its end. */
  async end(): Promise<void> {
    this.world.note('— quiet —');
    for (const storage of this.storages) {
      storage.isAway = false;
      storage.isFaulty = false;
    }
    for (let round = 0; round < 10; round++) {
      this.stage.configs.forEach((_config, index) => {
        const before = this.masters[index];
        if (before !== null && before !== undefined) before.process.diesIn = null;
        if (index === 0 || before !== null) this.ensure(index);
      });
      await this.settle();
      this.stage.queue.handedOut.clear();
      await this.deliver(true);
      await this.settle();
      const master = this.up();
      if (master === null) continue;
      let repairs = 0;
      void master.maintain();
      await this.settle();
      if (round < 4)
        void master.do('repair', async () => {
          repairs = (await master.services.get(RepairScheduler).run()).length;
        });
      await this.settle();
      if (repairs === 0 && (await this.isQuiet())) {
        if (this.workFolders().length === 0) return;
        // A job that another master took over leaves its folder until the next start.
        await this.abandon();
      }
      this.world.advance(26 * HOUR_MS);
    }
  }

  /** One more thing with nothing around it. */
  async peacefully(work: (master: Master) => Promise<unknown>): Promise<void> {
    const master = this.up();
    if (master === null) throw new Error('No master is up.');
    const failures: AppError[] = [];
    void master.do('work', async () => work(master).catch((error: unknown) => failures.push(asAppError(error))));
    await this.settle();
    for (const failure of failures) throw failure;
  }

  /** Nothing of this seed goes on. */
  async abandon(): Promise<void> {
    for (const master of this.masters) if (master?.process.isDead === false) await this.world.kill(master.process);
  }

  /** Folders of jobs that are left over. */
  workFolders(): string[] {
    return this.stage.configs.flatMap(({ paths }) => readdirSync(paths.work));
  }

  clear(): void {
    for (const { paths } of this.stage.configs)
      for (const name of readdirSync(paths.work)) rmSync(`${paths.work}/${name}`, { recursive: true });
  }

  private async isQuiet(): Promise<boolean> {
    const [row] = await this.stage.database.rows<{ left: number }>(
      `select (select count(*) from job where status in ('pending', 'running') or litter)::int
        + (select count(*) from backup where deleting_at is not null)::int as left`,
    );
    return row?.left === 0;
  }

  protected async settle(): Promise<void> {
    await this.world.finish(Promise.all(this.masters.map(async (master) => master?.idle())));
  }

  protected ensure(index: number): void {
    const config = this.stage.configs[index];
    if (config === undefined || this.masters[index]?.process.isDead === false) return;
    const { database, queue } = this.stage;
    const model = {
      contentOf: this.contentOf,
      made: (hash: string, content: Content) => void this.made.set(hash, content),
    };
    const { world, storages, bug } = this;
    const master = new Master('ab'[index] ?? 'c', config, { world, database, queue, storages, model, bug });
    this.masters[index] = master;
    master.start();
    void master.maintain();
  }

  protected async restartDead(): Promise<void> {
    const { random } = this.world;
    for (const [index, master] of this.masters.entries()) {
      if (master === null || !master.process.isDead) continue;
      this.faults.push(...(await this.checker.atAnyTime()));
      if (random.chance(0.2)) continue;
      this.ensure(index);
      const next = this.masters[index];
      // Also while it recovers, and so twice in a row.
      if (next !== null && next !== undefined && random.chance(0.3)) next.process.diesIn = 1 + random.below(30);
    }
  }

  protected up(): Master | null {
    const able = this.masters.filter((master): master is Master => master?.isUp === true);
    return able.length === 0 ? null : this.world.random.pick(able);
  }

  protected by(what: string, work: (master: Master) => Promise<unknown>): void {
    const master = this.up();
    if (master !== null) void master.do(what, () => work(master));
  }

  /** Gives deliveries to masters: late, in any order, to one that never answers; all at once where the queue is reliable. */
  protected async deliver(isReliable = false): Promise<void> {
    const { random } = this.world;
    const { database, queue } = this.stage;
    const waiting = await database.waiting(new Date(this.world.now));
    while (waiting.length > 0) {
      const [next] = waiting.splice(random.below(waiting.length), 1);
      if (next === undefined || queue.handedOut.has(next.id)) continue;
      const { id, jobId } = next;
      if (!this.jobIds.includes(jobId)) this.jobIds.push(jobId);
      const fate = isReliable ? 1 : random.next();
      if (fate < 0.1) continue;
      const master = this.up();
      if (master === null) return;
      queue.handedOut.add(id);
      this.world.note(`queue ${fate < 0.15 ? 'loses' : 'delivers'} ${jobId.slice(-4)} to ${master.process.name}`);
      if (fate < 0.15) continue;
      this.handed.set(id, { jobId, master });
      void this.hand(master, id, jobId);
      if (!isReliable && random.chance(0.1)) void master.take(id, jobId);
    }
  }

  /** One that could not begin is delivered again. */
  protected async hand(master: Master, id: string, jobId: string): Promise<void> {
    if (!(await master.take(id, jobId)) && !master.process.isDead) this.stage.queue.handedOut.delete(id);
  }
}
