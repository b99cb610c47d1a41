import type { BenchSite } from '../corpus/site.js';
import { runTimed, word } from '../measure/run-command.js';
import { cpuOfTree } from '../measure/process-tree.js';

export const TOOL_NAMES = ['backupd', 'restic', 'borg', 'plain', 'original'] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

/** What is backed up or restored: a site's files, or files and database. */
export type Scope = 'files' | 'all';

/** One measured run. */
export interface Sample {
  /** The whole command, from its start to its end. */
  seconds: number;
  /** Ours only: the job's own time as its row has it, or the API's answer. */
  engineSeconds?: number;
  /** User + system time of the command and all its processes; of ours, of the master's too. */
  cpuSeconds: number;
  /** Of `cpuSeconds`, what our PostgreSQL used. */
  postgresCpuSeconds?: number;
  /** User + system time of the site's database server meanwhile. */
  serverCpuSeconds: number;
  /** Highest resident memory of the command's processes. */
  residentBytes: number;
  /** Ours only: seconds of each stage. */
  stages?: Record<string, number>;
  /** What the repository grew by. */
  storedBytes?: number;
}

/** Password of the account that `RestoreTarget.database` has. */
export const RESTORE_PASSWORD = 'bench-restore';

/** Where a restore goes: an empty folder, and an empty database with an account of its name. */
export interface RestoreTarget {
  folder: string;
  database: string;
}

/** A way to back a site up, with a repository of its own. Each call is one measured run; what is written is durable at its end. */
export interface Tool {
  readonly name: ToolName;
  /** Makes an empty repository below `home` for this site. Not measured. */
  begin(site: BenchSite, home: string, scope: Scope): Promise<void>;
  backUp(scope: Scope): Promise<Sample>;
  restore?(scope: Scope, target: RestoreTarget): Promise<Sample>;
  /** Writes one file of the last backup (path below the site's root) to `out`. */
  oneFile?(path: string, out: string): Promise<Sample>;
  /** Reads and checks everything that is stored. */
  check?(): Promise<Sample>;
  /** The folder with what is stored. */
  readonly repository: string;
  /** Removes the repository and ends its processes. Not measured. */
  end(): Promise<void>;
}

/** Runs a command line and takes the sample. */
export async function sampleOf(
  site: BenchSite,
  script: string,
  accept: readonly number[] = [],
): Promise<Sample & { stdout: string }> {
  const before = cpuOfTree(site.server.pid).own;
  const { seconds, cpuSeconds, residentBytes, stdout } = await runTimed(script, { accept });
  const serverCpuSeconds = cpuOfTree(site.server.pid).own - before;
  return { seconds, cpuSeconds, serverCpuSeconds, residentBytes, stdout };
}

/** The dump as people write it in their scripts. */
export function dumpCommand(site: BenchSite): string {
  return `mariadb-dump --no-defaults -uroot -S ${word(site.server.socket)} --single-transaction --quick ${word(site.database)}`;
}

/** The stock client, reading a dump. */
export function loadCommand(site: BenchSite, database: string): string {
  return `mariadb --no-defaults -uroot -S ${word(site.server.socket)} ${word(database)}`;
}
