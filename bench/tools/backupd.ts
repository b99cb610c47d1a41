import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BackupDto, JobDto } from '../../src/cli/api-types.js';
import { TestMaster } from '../../test/support/master.js';
import type { BenchSite } from '../corpus/site.js';
import { allocatedBelow } from '../measure/disk.js';
import { cpuOfTree, proportionalOfTree } from '../measure/process-tree.js';
import { runPlain, runTimed, word } from '../measure/run-command.js';
import { watching } from '../measure/watch.js';
import { RESTORE_PASSWORD, type RestoreTarget, type Sample, sampleOf, type Scope, type Tool } from './tool.js';

/** Exit code of the command line for a job that was done with warnings. */
const WITH_WARNINGS = 3;
const LOOK_MS = 40;

/** How much memory and disk a job took at its highest. */
export interface Peaks {
  /** Proportional memory of the master, its children and the command line. */
  ownBytes: number;
  /** The same with our PostgreSQL. */
  withPostgresBytes: number;
  /** Of `ownBytes`, without the command line. */
  masterBytes: number;
  /** The master at rest, before. */
  idleBytes: number;
  /** Most bytes on disk in work folder and storage, less what stays stored. */
  temporaryBytes: number;
  seconds: number;
}

export interface HowToRun {
  /** The command line's program. */
  entry: string;
  /** Gives each master an empty database; null: each runs its own PostgreSQL, as by default. */
  databaseUrl: (() => Promise<string>) | null;
}

/** backupd through its own command line, against a master that runs and idles, with its default local storage. */
export class Backupd implements Tool {
  readonly name = 'backupd';
  #site!: BenchSite;
  #home = '';
  #master: TestMaster | null = null;

  constructor(private readonly how: HowToRun) {}

  get repository(): string {
    return join(this.#home, 'data/storage');
  }

  get master(): TestMaster {
    if (this.#master === null) throw new Error('the master does not run');
    return this.#master;
  }

  async begin(site: BenchSite, home: string, scope: Scope): Promise<void> {
    this.#site = site;
    this.#home = home;
    const env = this.how.databaseUrl === null ? {} : { BACKUPD_DATABASE_URL: await this.how.databaseUrl() };
    this.#master = await TestMaster.start({ dataDir: join(home, 'data'), env });
    const settings = scope === 'files' ? '--setting database=false' : '';
    await runPlain(this.#command(`sites add ${word(site.root)} ${settings}`));
  }

  async backUp(): Promise<Sample> {
    return this.#job(this.backUpCommand);
  }

  /** The command that backs the site up. */
  get backUpCommand(): string {
    return this.#command(`backup ${word(this.#site.root)} --wait --json`);
  }

  restore(scope: Scope, { folder, database }: RestoreTarget): Promise<Sample> {
    const secret = join(this.#home, 'restore-account');
    const to = `--to ${word(folder)} --yes --json`;
    if (scope === 'files') return this.#job(this.#ofLatest('restore', `--only files ${to}`), `sync -f ${word(folder)}`);
    writeFileSync(secret, RESTORE_PASSWORD, { mode: 0o600 });
    const account = `--database ${word(database)} --db-user ${word(database)} --db-host ${word(`localhost:${this.#site.server.socket}`)} --db-password-file ${word(secret)}`;
    return this.#job(this.#ofLatest('restore', `${account} ${to}`), `sync -f ${word(folder)}`);
  }

  /** The whole command, and as `engineSeconds` the same file from the API. */
  async oneFile(path: string, out: string): Promise<Sample> {
    const [backup] = JSON.parse(await runPlain(this.#command('backups --limit 1 --json'))) as BackupDto[];
    const command = await this.#oneFileCommand(path, out);
    const sample = await this.#sample(command);
    const begin = performance.now();
    const response = await fetch(
      `${this.master.url}/backups/${backup?.id}/file?path=${encodeURIComponent(`files/${path}`)}`,
      { headers: { authorization: `Bearer ${this.master.token}` } },
    );
    const content = Buffer.from(await response.arrayBuffer());
    const engineSeconds = (performance.now() - begin) / 1000;
    if (!response.ok) throw new Error(`The API gave ${response.status} for a file: ${content.toString()}`);
    writeFileSync(`${out}.api`, content);
    return { ...sample, engineSeconds };
  }

  check(): Promise<Sample> {
    return this.#job(this.#ofLatest('verify', '--json'));
  }

  /** A backup that is watched, not timed: looking at memory costs time. */
  async watchedBackUp(): Promise<Peaks> {
    const { master } = this;
    const peaks = { ownBytes: 0, withPostgresBytes: 0, masterBytes: 0, temporaryBytes: 0, seconds: 0 };
    const idleBytes = proportionalOfTree(master.pid).own;
    let commandLine = 0;
    let mostDisk = 0;
    const look = (): void => {
      const { own, postgres } = proportionalOfTree(master.pid);
      const all = own + (commandLine === 0 ? 0 : proportionalOfTree(commandLine).own);
      peaks.masterBytes = Math.max(peaks.masterBytes, own);
      peaks.ownBytes = Math.max(peaks.ownBytes, all);
      peaks.withPostgresBytes = Math.max(peaks.withPostgresBytes, all + postgres);
      mostDisk = Math.max(mostDisk, this.#allocated());
    };
    const onStart = (pid: number): void => {
      commandLine = pid;
    };
    const run = await watching(look, LOOK_MS, () => runTimed(this.backUpCommand, { accept: [WITH_WARNINGS], onStart }));
    return { ...peaks, idleBytes, seconds: run.seconds, temporaryBytes: mostDisk - this.#allocated() };
  }

  async end(): Promise<void> {
    await this.#master?.stop();
    this.#master = null;
    rmSync(this.#home, { recursive: true, force: true });
  }

  /** Runs a command that waits for a job and prints it. */
  async #job(command: string, ...more: string[]): Promise<Sample> {
    const { stdout, ...sample } = await this.#sample([command, ...more].join('\n'));
    const job = JSON.parse(stdout) as JobDto;
    if (job.startedAt === null || job.finishedAt === null) throw new Error(`the ${job.kind} has no times`);
    for (const warning of job.warnings.slice(0, 5)) process.stderr.write(`  ! ${warning.message}\n`);
    return {
      ...sample,
      engineSeconds: (Date.parse(job.finishedAt) - Date.parse(job.startedAt)) / 1000,
      stages: Object.fromEntries(job.stages.map((stage) => [stage.name, stage.durationSeconds ?? 0])),
    };
  }

  /** A sample of a command with what the master used for it. */
  async #sample(script: string): Promise<Sample & { stdout: string }> {
    const { pid } = this.master;
    const before = cpuOfTree(pid);
    const sample = await sampleOf(this.#site, script, [WITH_WARNINGS]);
    const after = cpuOfTree(pid);
    const postgresCpuSeconds = after.postgres - before.postgres;
    const cpuSeconds = sample.cpuSeconds + after.own - before.own + postgresCpuSeconds;
    return { ...sample, cpuSeconds, postgresCpuSeconds };
  }

  /** `get` where the command line has it, else a restore of that one path. */
  async #oneFileCommand(path: string, out: string): Promise<string> {
    const help = await runPlain(this.#command('--help'));
    if (/^\s+get\b/m.test(help)) return `${this.#ofLatest('get', word(path))} > ${word(out)}`;
    return this.#ofLatest('restore', `--only files --path ${word(path)} --to ${word(`${out}.folder`)} --yes`);
  }

  #ofLatest(verb: string, rest: string): string {
    return this.#command(`${verb} latest --site ${word(this.#site.root)} ${rest}`);
  }

  #command(rest: string): string {
    const settings = `BACKUPD_MODE=master BACKUPD_CONFIG=/dev/null BACKUPD_DATA_DIR=${word(join(this.#home, 'data'))}`;
    return `${settings} ${word(process.execPath)} ${word(this.how.entry)} ${rest}`;
  }

  #allocated(): number {
    return allocatedBelow(join(this.#home, 'data/work'), this.repository);
  }
}
