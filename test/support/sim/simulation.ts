import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppConfig } from '../../../src/config/index.js';
import { Site, StorageProvider } from '../../../src/database/entities.js';
import { Setting } from '../../../src/modules/settings/setting.entity.js';
import { cloneDatabase } from '../database.js';
import { makeScratch } from '../scratch.js';
import type { Bug } from './bugs.js';
import { SimDatabase } from './database.js';
import type { Stage } from './fleet.js';
import { History } from './history.js';
import { SimQueue } from './queue.js';
import { rebuiltDifferently } from './rebuild.js';
import { Scenario } from './scenario.js';
import { World } from './world.js';

/** Where it is a folder in memory. */
const MEMORY = '/dev/shm';
const START = new Date('2026-01-02T03:04:05.000Z');
const TODAY = new Date('2026-01-12T03:04:05.000Z');
/** The product's own rebuild is run after this share of the seeds; that it can be done is checked after each. */
const REBUILT = 0.25;
const ids = (kind: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `0190f3b0-0000-7000-8000-${kind}0000000000${index}`);

/** What came of one seed. */
export interface Outcome {
  seed: number;
  /** Which rule is broken, and how. Empty = none. */
  faults: string[];
  /** The same for the same seed. */
  trace: string;
  /** Outside calls. */
  calls: number;
  log: string[];
}

/** The simulation on a database of its own. */
export class Simulation {
  private runs = 0;

  private constructor(
    private readonly stage: Stage,
    private readonly history: History,
    private readonly setClock: (now: number) => void,
    readonly close: () => Promise<void>,
  ) {}

  static async open(setClock: (now: number) => void): Promise<Simulation> {
    const clone = await cloneDatabase();
    const scratch = makeScratch('sim', existsSync(MEMORY) ? MEMORY : undefined);
    const database = new SimDatabase(clone.url);
    await database.open();
    const stage: Stage = {
      database,
      queue: new SimQueue(database.orm),
      configs: ['a', 'b'].map((name) => configOf(join(scratch.path, name), clone.url)),
      providerIds: ids('a', 2),
      siteIds: ids('b', 2),
    };
    for (const { paths } of stage.configs) mkdirSync(paths.work, { recursive: true });
    await furnish(stage);
    const simulation = new Simulation(stage, new History(database), setClock, async () => {
      await database.close();
      await clone.drop();
      scratch.remove();
    });
    await simulation.begin();
    return simulation;
  }

  async run(seed: number, bug: Bug | null = null): Promise<Outcome> {
    await this.empty();
    const world = new World(seed, TODAY, this.setClock);
    const scenario = new Scenario(world, this.stage, bug);
    const faults: string[] = [];
    try {
      if (world.random.chance(0.6)) await this.history.bringBack(scenario.storages, scenario.made);
      await scenario.play();
      await scenario.end();
      faults.push(...scenario.faults, ...(await scenario.checker.atEnd(scenario.workFolders())));
      if (faults.length === 0 && world.random.chance(REBUILT))
        faults.push(...(await rebuiltDifferently(scenario, this.stage)));
    } catch (error) {
      faults.push(
        `the simulation itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    } finally {
      await scenario.abandon();
      scenario.clear();
    }
    return { seed, faults, trace: world.trace, calls: world.calls, log: world.log };
  }

  private async begin(): Promise<void> {
    const world = new World(0, START, this.setClock);
    const scenario = new Scenario(world, this.stage, null);
    await scenario.goodDays(2);
    const faults = await scenario.checker.atEnd(scenario.workFolders());
    if (faults.length > 0) throw new Error(`The good days were not good: ${faults.join('; ')}`);
    await this.history.keep(scenario.storages, scenario.made);
    await scenario.abandon();
  }

  private async empty(): Promise<void> {
    const { database } = this.stage;
    if (this.runs++ % 200 === 0) await database.truncate();
    else await database.empty();
  }
}

/** Without a limit on bandwidth: that would take time. */
function configOf(dataDir: string, databaseUrl: string): AppConfig {
  const { limits } = AppConfig.of({ dataDir });
  return AppConfig.of({ dataDir, databaseUrl, limits: { ...limits, bandwidthMbps: 0 } });
}

/** Two sites, two storages and a policy, which all seeds share. */
async function furnish({ database, providerIds, siteIds }: Stage): Promise<void> {
  const em = database.orm.em.fork();
  for (const [index, id] of providerIds.entries())
    await em.insert(StorageProvider, {
      id,
      name: `storage${index}`,
      kind: 'sim',
      settings: { index },
      isDefault: true,
      enabled: true,
      createdAt: START,
      updatedAt: START,
    });
  for (const [index, id] of siteIds.entries())
    await em.insert(Site, {
      id,
      name: `site${index}`,
      path: `/srv/site${index}`,
      module: 'sim',
      settings: {},
      excludes: [],
      overrides: {},
      labels: [],
      paused: false,
      createdAt: START,
      updatedAt: START,
    });
  await em.insert(Setting, { key: 'retention.default', value: { keepLast: 2 }, updatedAt: START });
  await em.insert(Setting, { key: 'retention.grace', value: { hours: 2 }, updatedAt: START });
}
