import { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { DiscoveryService } from '@nestjs/core';
import { asAppError } from '../../../src/common/errors/index.js';
import { AppConfig } from '../../../src/config/index.js';
import { type StorageDriverFactory, StorageDriverProvider } from '../../../src/engine/ports/index.js';
import { BackupJobHandler } from '../../../src/modules/backups/backup-job.handler.js';
import { BackupRemover } from '../../../src/modules/backups/index.js';
import { JobHandlers, JobTimings } from '../../../src/modules/jobs/index.js';
import { JobQueue } from '../../../src/modules/jobs/job-queue.js';
import { JobRecovery } from '../../../src/modules/jobs/job-recovery.js';
import { JobSweeper } from '../../../src/modules/jobs/job-sweeper.js';
import { JobWorker } from '../../../src/modules/jobs/job-worker.js';
import { RepairJobHandler } from '../../../src/modules/repair/repair-job.handler.js';
import { SecretBox } from '../../../src/modules/secrets/index.js';
import { type Bug, plantedBy } from './bugs.js';
import type { SimDatabase } from './database.js';
import { Injector } from './injector.js';
import type { SimQueue } from './queue.js';
import { type SiteModel, SimSiteModule } from './site-module.js';
import { SimDriver, type SimStorage } from './storage.js';
import { Dead, type SimProcess, type World } from './world.js';

/** What all masters of a seed share. */
export interface Surroundings {
  world: World;
  database: SimDatabase;
  queue: SimQueue;
  storages: readonly SimStorage[];
  model: SiteModel;
  bug: Bug | null;
}

@StorageDriverProvider()
class SimDriverFactory implements StorageDriverFactory {
  readonly kind = 'sim';
  readonly title = 'Simulated storage';
  readonly settingsSchema = { type: 'object' };
  readonly secretSettings: readonly string[] = [];

  constructor(
    private readonly storages: readonly SimStorage[],
    private readonly isTrusting: boolean,
  ) {}

  create({ index }: Readonly<Record<string, unknown>>): SimDriver {
    const storage = this.storages[Number(index)];
    if (storage === undefined) throw new Error('There is no such storage.');
    return new SimDriver(`storage${String(index)}`, storage, this.isTrusting);
  }

  async places(settings: Readonly<Record<string, unknown>>): Promise<string[]> {
    return Promise.resolve([`sim:${String(settings['index'])}/`]);
  }
}

/** The longest that a timer takes. */
const NEVER_MS = 2 ** 31 - 1;

const box = new SecretBox(Buffer.alloc(32, 7));

/** One life of a master: the product's own services around the simulated outside. */
export class Master {
  readonly process: SimProcess;
  readonly services: Injector;
  /** It has recovered and takes jobs. */
  isReady = false;
  private readonly tasks = new Set<Promise<boolean>>();
  private readonly world: World;

  constructor(
    name: string,
    readonly config: AppConfig,
    { world, database, queue, storages, model, bug }: Surroundings,
  ) {
    this.world = world;
    this.process = { name, isDead: false, diesIn: null, isFrozen: false };
    const { orm } = database;
    const plugIns = [
      { instance: new SimSiteModule(model, bug === 'row-first'), metatype: SimSiteModule },
      { instance: new SimDriverFactory(storages, bug === 'trusting'), metatype: SimDriverFactory },
    ];
    this.services = new Injector(
      [
        [MikroORM, orm],
        [EntityManager, orm.em],
        [AppConfig, config],
        [SecretBox, box],
        [JobQueue, queue],
        [DiscoveryService, { getProviders: () => plugIns }],
      ],
      plantedBy(bug),
    );
    // Told by a real clock, which would make a slow machine play another game: here every stage hears.
    this.services.get(JobTimings).deafMs = { cancelled: NEVER_MS, stalled: NEVER_MS };
  }

  get isUp(): boolean {
    return this.isReady && !this.process.isDead && !this.process.isFrozen;
  }

  get isBusy(): boolean {
    return this.tasks.size > 0;
  }

  /** As the application's start does it: puts right what an earlier life left, then takes jobs. */
  start(): void {
    this.services.get(BackupJobHandler);
    this.services.get(RepairJobHandler);
    void this.do('start', async () => {
      await this.services.get(JobRecovery).recoverAll();
      for (const handler of this.services.get(JobHandlers).all()) await handler.atStart?.();
      this.isReady = true;
    });
  }

  /** What is done again and again. */
  async maintain(): Promise<void> {
    const running = (): string[] => this.services.get(JobWorker).running();
    await this.do('look for the forgotten', () => this.services.get(JobRecovery).recoverForgotten(running()));
    await this.do('sweep', () => this.services.get(JobSweeper).sweepAll());
    await this.do('finish deletions', () => this.services.get(BackupRemover).finishAll());
  }

  /** Takes a delivery; whether it could be taken. */
  async take(deliveryId: string, jobId: string): Promise<boolean> {
    return this.do('take', () => this.services.get(JobWorker).take(deliveryId, jobId));
  }

  /** Runs it as this master. Never throws: how it ended is noted. Whether it ended well. */
  async do(what: string, work: () => Promise<unknown>): Promise<boolean> {
    if (this.process.isDead) return false;
    const task = this.world.as(this.process, work).then(
      () => true,
      (error: unknown) => this.failed(what, error),
    );
    this.tasks.add(task);
    return task.finally(() => this.tasks.delete(task));
  }

  private failed(what: string, error: unknown): false {
    if (error instanceof Dead || this.process.isDead) return false;
    const { code, message } = asAppError(error);
    this.world.note(`${this.process.name} ${what}: ${code} ${code === 'INTERNAL' ? message : ''}`);
    return false;
  }

  /** Resolves when it has nothing to do. */
  async idle(): Promise<void> {
    while (this.tasks.size > 0 && !this.process.isDead) await Promise.allSettled(this.tasks);
  }
}
