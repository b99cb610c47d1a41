import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MariaDbServer } from '../test/support/mariadb.js';
import { BARE, type BenchSite, buildSite, calm, scaled, SITE_M, SITE_S, startDatabaseServer } from './corpus/site.js';
import { bytesBelow } from './measure/disk.js';
import { settle, warm } from './measure/quiet.js';
import type { BenchOptions } from './options.js';
import type { Samples } from './report/results.js';
import {
  RESTORE_PASSWORD,
  type RestoreTarget,
  type Sample,
  type Scope,
  type Tool,
  type ToolName,
} from './tools/tool.js';
import type { Toolbox } from './tools/index.js';

/** How a row runs its rounds. */
export interface RoundPlan {
  /** Default: the bench's own. */
  runs?: number;
  /** What each round begins with. */
  begin?: (round: number) => Promise<void>;
  /** The tool for a run; made new where each run needs an empty repository. */
  tool: (name: ToolName) => Promise<Tool>;
  /** Folders to have in the page cache. */
  warm?: (tool: Tool) => string[];
  /** Last thing before the run. */
  chill?: () => Promise<void>;
  run: (tool: Tool, round: number) => Promise<Sample>;
  after?: (tool: Tool, round: number) => Promise<void>;
}

const QUICK_SCALE = 0.004;

/** What the rows share: sites and repositories, each made when a row first asks for it. */
export class Workshop {
  /** Share of the full corpus. */
  readonly scale: number;
  /** Repositories with at least a first backup, by site and tool. */
  readonly #filled = new Map<string, Tool>();
  readonly #sites = new Map<string, BenchSite>();
  #server: MariaDbServer | null = null;
  #folders = 0;

  constructor(
    readonly options: BenchOptions,
    readonly toolbox: Toolbox,
    private readonly scratch: string,
  ) {
    this.scale = options.quick ? QUICK_SCALE : 1;
  }

  say(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  /** A path below the scratch folder that was not given out before; its parent is there. */
  folder(name: string): string {
    this.#folders += 1;
    const path = join(this.scratch, `${this.#folders}-${name}`);
    mkdirSync(join(path, '..'), { recursive: true });
    return path;
  }

  siteM(): Promise<BenchSite> {
    return this.#site('site-m', () => scaled(SITE_M, this.scale));
  }

  siteS(): Promise<BenchSite> {
    return this.#site('site-s', () => scaled(SITE_S, this.scale));
  }

  /** WordPress core, to be grown by a row. */
  bare(name: string): Promise<BenchSite> {
    return this.#site(name, () => ({ ...scaled(BARE, this.scale), name }));
  }

  async #site(name: string, spec: () => Parameters<typeof buildSite>[2]): Promise<BenchSite> {
    const known = this.#sites.get(name);
    if (known !== undefined) return known;
    this.say(`building ${name} …`);
    this.#server ??= await startDatabaseServer();
    const site = await buildSite(this.#server, join(this.scratch, name), spec());
    this.#sites.set(name, site);
    return site;
  }

  /** The named tool on a site, with at least a first backup. */
  async filled(name: ToolName, site: BenchSite, scope: Scope = 'all'): Promise<Tool> {
    const known = this.#filled.get(keyOf(name, site, scope));
    if (known !== undefined) return known;
    this.say(`first backup with ${name} …`);
    const tool = await this.fresh(name, site, scope);
    this.keep(tool, site, scope);
    await tool.backUp(scope);
    return tool;
  }

  /** A tool with an empty repository. */
  async fresh(name: ToolName, site: BenchSite, scope: Scope): Promise<Tool> {
    const tool = this.toolbox.make(name);
    await tool.begin(site, this.folder(name), scope);
    return tool;
  }

  /** Keeps a repository with a first backup for later rows. */
  keep(tool: Tool, site: BenchSite, scope: Scope = 'all'): void {
    this.#filled.set(keyOf(tool.name, site, scope), tool);
  }

  /** Ends the repositories of a site that no later row needs. */
  async discard(site: BenchSite): Promise<void> {
    for (const [key, tool] of this.#filled) {
      if (!key.startsWith(`${site.root} `)) continue;
      this.#filled.delete(key);
      await tool.end();
    }
  }

  /**
   * Paired runs: in each round every tool once, the order turned from round to round. Before each run everything is on disk
   * and the given folders are in the page cache.
   */
  async rounds(names: readonly ToolName[], plan: RoundPlan): Promise<Samples> {
    const samples: Samples = {};
    for (let round = 0; round < (plan.runs ?? this.options.runs); round += 1) {
      await plan.begin?.(round);
      for (let place = 0; place < names.length; place += 1) {
        const name = names[(place + round) % names.length];
        if (name === undefined) continue;
        const tool = await plan.tool(name);
        await this.prepare(plan.warm?.(tool));
        await plan.chill?.();
        const before = bytesBelow(tool.repository);
        const sample = { ...(await plan.run(tool, round)) };
        sample.storedBytes = bytesBelow(tool.repository) - before;
        (samples[name] ??= []).push(sample);
        this.#show(tool, sample);
        await plan.after?.(tool, round);
      }
    }
    return samples;
  }

  /** Writes out what is to be written, and reads folders into the page cache. A quick bench measures nothing: it does not wait. */
  async prepare(folders: readonly string[] = []): Promise<void> {
    if (this.options.quick) return;
    await settle();
    await warm(...folders);
  }

  #show(tool: Tool, sample: Sample): void {
    const engine = sample.engineSeconds === undefined ? '' : ` (engine ${sample.engineSeconds.toFixed(2)})`;
    const stages = Object.entries(sample.stages ?? {}).map(([name, seconds]) => ` ${name} ${seconds.toFixed(2)}`);
    this.say(
      `  ${tool.name.padEnd(8)} ${sample.seconds.toFixed(2)} s${engine}, cpu ${sample.cpuSeconds.toFixed(2)} + server ${sample.serverCpuSeconds.toFixed(2)}${stages.join('')}`,
    );
  }

  /** An empty folder and an empty database for a restore. */
  async restoreTarget(): Promise<RestoreTarget & { dropDatabase: () => Promise<void> }> {
    const { server } = await this.siteM();
    const database = 'bench_restored';
    await server.query(`DROP DATABASE IF EXISTS ${database}`);
    await server.createDatabase(database, { password: RESTORE_PASSWORD });
    const folder = this.folder('restored');
    mkdirSync(folder);
    const dropDatabase = async (): Promise<void> => {
      await server.query(`DROP DATABASE IF EXISTS ${database}`);
      await calm(server);
    };
    return { folder, database, dropDatabase };
  }

  async close(): Promise<void> {
    for (const tool of this.#filled.values()) await tool.end();
    this.#filled.clear();
    await this.#server?.stop();
    this.#server = null;
  }
}

const keyOf = (name: ToolName, site: BenchSite, scope: Scope): string => `${site.root} ${name} ${scope}`;
