import { randomUUID } from 'node:crypto';
import { BackupPins } from '../../../src/modules/backups/backup-pins.js';
import { BackupRemover, BackupsService } from '../../../src/modules/backups/index.js';
import { JobsService } from '../../../src/modules/jobs/index.js';
import { JobRetries } from '../../../src/modules/jobs/job-retries.js';
import { JobWorker } from '../../../src/modules/jobs/job-worker.js';
import { Report } from '../../../src/modules/reconcile/report.js';
import { Reconciler } from '../../../src/modules/reconcile/reconciler.js';
import { RepairScheduler } from '../../../src/modules/repair/repair-scheduler.js';
import { RetentionRunner } from '../../../src/modules/retention/retention-runner.js';
import { StorageService } from '../../../src/modules/storage/index.js';
import { Fleet, HOUR_MS } from './fleet.js';
import type { Master } from './master.js';
import { shortKey, type SimStorage } from './storage.js';

const STALLING = 5;

type Step = readonly [weight: number, name: string, run: () => void | Promise<void>];

/** What happens in one seed. */
export class Scenario extends Fleet {
  /** In some seeds masters stand still for so long that they are taken for dead. */
  private readonly hasStalls = this.world.seed % STALLING === 0;

  /** The steps, in the order of the seed. */
  async play(): Promise<void> {
    const { random } = this.world;
    this.ensure(0);
    if (this.hasStalls) this.ensure(1);
    const count = 4 + Math.min(random.below(14), random.below(14), random.below(14));
    for (let step = 0; step < count && this.faults.length === 0; step++) {
      await this.chosen();
      await this.deliver();
      await this.world.run(random.below(random.pick([2, 30, 120])));
      await this.restartDead();
    }
  }

  /** A few good days: backups of one site that share bundles, with nothing that fails. */
  async goodDays(count: number): Promise<void> {
    for (const storage of this.storages) storage.isFaulty = false;
    this.ensure(0);
    await this.settle();
    const [site] = this.stage.siteIds;
    if (site === undefined) throw new Error('There is no site.');
    for (const name of ['a', 'b', 'c']) this.contents.get(site)?.set(name, name.repeat(40));
    for (let day = 0; day < count; day++) {
      this.contents.get(site)?.set('index', `day ${day}`);
      this.by('backup', (master) => master.services.get(BackupsService).start(site));
      await this.settle();
      await this.deliver(true);
      await this.settle();
      this.world.advance(24 * HOUR_MS);
    }
    await this.end();
  }

  private async chosen(): Promise<void> {
    const { random } = this.world;
    const site = random.pick(this.stage.siteIds);
    const storage = random.pick(this.storages);
    const steps: Step[] = [
      [8, 'backup', () => this.backUp(site)],
      [3, 'cancel', () => this.cancel()],
      [2, 'retry', () => this.retry()],
      [3, 'remove', () => this.onBackup('remove', (id, master) => this.remove(id, master))],
      [1, 'pin', () => this.onBackup('pin', (id, master) => this.pin(id, master))],
      [2, 'retention', () => this.retain(site)],
      [2, 'reconcile', () => this.reconcile(storage)],
      [1, 'repair', () => this.by('repair', (master) => master.services.get(RepairScheduler).run())],
      [1, 'maintain', () => void this.up()?.maintain()],
      [2, 'away', () => this.flip(storage)],
      [1, 'rot', () => this.rot(storage)],
      [3, 'leap', () => this.leap()],
      [4, 'crash', () => this.crash()],
      [2, 'second master', () => this.ensure(1)],
      [this.hasStalls ? 10 : 0, 'taken for dead', () => this.takenForDead()],
    ];
    let at = random.below(steps.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, name, run] of steps) {
      at -= weight;
      if (at >= 0) continue;
      this.world.note(`— ${name} —`);
      await run();
      return;
    }
  }

  private backUp(siteId: string): void {
    const { random } = this.world;
    const content = this.contents.get(siteId);
    for (let change = random.below(3); change >= 0; change--)
      content?.set(random.pick(['index', 'a', 'b', 'c']), `${random.below(1_000_000)}`.repeat(1 + random.below(9)));
    const how = { full: random.chance(0.15), reread: random.chance(0.1) };
    this.by('backup', (master) => master.services.get(BackupsService).start(siteId, how));
  }

  private cancel(): void {
    const id = this.jobIds.at(-1 - this.world.random.below(3));
    if (id === undefined) return;
    this.by('cancel', async (master) => {
      await master.services.get(JobsService).cancel(id);
      // The notification reaches all, or is lost.
      if (this.world.random.chance(0.8))
        for (const each of this.masters) if (each?.isUp === true) each.services.get(JobWorker).cancel(id);
    });
  }

  private retry(): void {
    const id = this.jobIds.at(-1 - this.world.random.below(3));
    if (id !== undefined) this.by('retry', (master) => master.services.get(JobRetries).retry(id));
  }

  private async onBackup(what: string, work: (id: string, master: Master) => Promise<unknown>): Promise<void> {
    const rows = await this.stage.database.committed<{ id: string }>('select id from backup order by started_at, id');
    if (rows.length > 0) {
      const { id } = this.world.random.pick(rows);
      this.by(what, (master) => work(id, master));
    }
  }

  private async remove(id: string, master: Master): Promise<void> {
    if (!this.pinned.has(id)) this.asked.add(id);
    await master.services.get(BackupRemover).remove(id, false);
  }

  private async pin(id: string, master: Master): Promise<void> {
    await master.services.get(BackupPins).change(id, { pinned: true });
    this.pinned.add(id);
  }

  private async retain(siteId: string): Promise<void> {
    const sql = 'select id from backup where site_id = $1';
    for (const { id } of await this.stage.database.committed<{ id: string }>(sql, [siteId])) this.asked.add(id);
    this.by('retention', (master) => master.services.get(RetentionRunner).apply(siteId));
  }

  private reconcile({ providerId }: SimStorage): void {
    const { random } = this.world;
    const actions = (['adopt', 'mark', 'delete'] as const).filter(() => random.chance(0.6));
    const graceDays = random.pick([0, 7]);
    this.by('reconcile', async (master) => {
      if (this.reconciled.has(providerId)) return;
      this.reconciled.set(providerId, master.process);
      try {
        const driver = await master.services.get(StorageService).driver(providerId);
        const { signal } = new AbortController();
        const run = { providerId, driver, actions, graceDays, force: false, report: new Report(), signal };
        await master.services.get(Reconciler).run(randomUUID(), run, () => Promise.resolve());
      } finally {
        if (this.reconciled.get(providerId) === master.process) this.reconciled.delete(providerId);
      }
    });
  }

  private flip(storage: SimStorage): void {
    storage.isAway = !storage.isAway;
    this.world.note(`a storage is ${storage.isAway ? 'away' : 'back'}`);
  }

  private rot({ objects, providerId, rot }: SimStorage): void {
    const { random } = this.world;
    const keys = [...objects.keys()].filter((key) => !key.endsWith('site.json'));
    if (keys.length === 0) return;
    const key = random.pick(keys);
    const found = objects.get(key);
    if (found === undefined) return;
    this.rotted.add(`${providerId}/${key}`);
    if (!rot.has(key)) rot.set(key, found.bytes);
    this.world.note(`rotten: ${shortKey(key)}`);
    const bytes = Buffer.from(found.bytes);
    const at = random.below(bytes.length);
    const how = random.below(3);
    if (how === 0) objects.delete(key);
    else if (how === 1) objects.set(key, { ...found, bytes: bytes.subarray(0, at) });
    else {
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      objects.set(key, { ...found, bytes });
    }
  }

  /** Hours or days pass; what the queue had lost is found to be so. */
  private leap(): void {
    const { random } = this.world;
    this.world.advance(random.pick([0.1, 1, 5, 30, 80]) * HOUR_MS);
    const isAnyBusy = this.masters.some((master) => master?.isUp === true && master.isBusy);
    if (!isAnyBusy) this.stage.queue.handedOut.clear();
  }

  /** A master stands still for so long that the queue gives its job to another one, and then goes on. */
  private async takenForDead(): Promise<void> {
    const { random } = this.world;
    const given = [...this.handed].filter(([id, { master }]) => master.isUp && this.stage.queue.handedOut.has(id));
    if (given.length === 0) return;
    const [id, { jobId, master }] = random.pick(given);
    master.process.isFrozen = true;
    this.world.advance(90_000);
    const other = this.up();
    if (other !== null) {
      this.world.note(`${master.process.name} is frozen: queue delivers ${jobId.slice(-4)} to ${other.process.name}`);
      void this.hand(other, id, jobId);
      await this.world.run(40);
      await this.deliver(true);
      await this.world.run(random.below(200));
    }
    master.process.isFrozen = false;
  }

  private crash(): void {
    const master = this.world.random.pick(this.masters);
    if (master?.process.isDead === false) master.process.diesIn ??= 1 + this.world.random.below(60);
  }
}
