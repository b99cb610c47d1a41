import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../../common/errors/index.js';
import { parseVersion, type MySqlVendor } from './server-facts.js';

const run = promisify(execFile);

/** A client program found on this host. */
export interface ClientProgram {
  path: string;
  vendor: MySqlVendor;
  /** First line of `--version`. */
  version: string;
  /** Version of the distribution it belongs to (`Distrib 10.11.19`, `Ver 8.4.2`), not of the program. */
  versionNumbers: readonly [number, number, number];
  /** Long options it knows, from its `--help`. */
  options: ReadonlySet<string>;
}

export interface MySqlClients {
  /** mariadb-dump and mysqldump, as far as they are there. */
  dump: readonly ClientProgram[];
  /** mariadb and mysql. */
  shell: readonly ClientProgram[];
}

const FALLBACK_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/mysql/bin';

/** The search path of this process, as a shell would use it. */
export function searchPath(): string {
  // oxlint-disable-next-line node/no-process-env -- PATH says where programs are; it is no setting of backupd
  return process.env['PATH'] || FALLBACK_PATH;
}

async function firstExecutable(name: string, path: string): Promise<string | null> {
  for (const folder of path.split(':')) {
    if (!folder.startsWith('/')) continue;
    const candidate = join(folder, name);
    try {
      // One after the other on purpose: the first on the path counts.
      // oxlint-disable-next-line no-await-in-loop
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not here.
    }
  }
  return null;
}

/** The long options in the text of `--help`. */
export function optionsInHelp(help: string): ReadonlySet<string> {
  const options = new Set<string>();
  // Options stand at the start of a line: `  -a, --create-options`, `  --hex-blob`; texts about them are indented further.
  for (const match of help.matchAll(/^ {2}(?:-., )?--([a-z0-9][a-z0-9-]*)/gm)) if (match[1]) options.add(match[1]);
  return options;
}

async function inspect(path: string): Promise<ClientProgram | null> {
  const limits = { timeout: 15_000, maxBuffer: 4 * 1024 * 1024, env: { LC_ALL: 'C', PATH: FALLBACK_PATH } };
  try {
    const [{ stdout: version }, { stdout: help }] = await Promise.all([
      run(path, ['--no-defaults', '--version'], limits),
      run(path, ['--no-defaults', '--help'], limits),
    ]);
    const line = version.split('\n')[0]?.trim() ?? '';
    const distrib = /Distrib (\S+)/.exec(line)?.[1] ?? /Ver (\S+)/.exec(line)?.[1] ?? line;
    // MariaDB 11 and later: `mariadb-dump from 11.4.2-MariaDB, client 10.19 for …`.
    const numbers = parseVersion(/\bfrom (\S+)/.exec(line)?.[1] ?? distrib);
    return {
      path,
      vendor: /mariadb/i.test(line) ? 'mariadb' : 'mysql',
      version: line.replace(path, path.split('/').at(-1) ?? path),
      versionNumbers: numbers,
      options: optionsInHelp(help),
    };
  } catch {
    // A program that cannot even say its version is of no use: as good as missing.
    return null;
  }
}

async function findAll(names: readonly string[], path: string): Promise<ClientProgram[]> {
  const found = await Promise.all(
    names.map(async (name) => {
      const program = await firstExecutable(name, path);
      return program === null ? null : inspect(program);
    }),
  );
  return found.filter((program) => program !== null);
}

/** Which client programs are there. `path` is a search path (default: PATH of this process). */
export async function findClients(path: string = searchPath()): Promise<MySqlClients> {
  const [dump, shell] = await Promise.all([
    findAll(['mariadb-dump', 'mysqldump'], path),
    findAll(['mariadb', 'mysql'], path),
  ]);
  return { dump, shell };
}

/** The program that fits the server best: the server's own vendor first. */
export function bestClient(programs: readonly ClientProgram[], vendor: MySqlVendor): ClientProgram | null {
  return programs.find((program) => program.vendor === vendor) ?? programs[0] ?? null;
}

/** The dump program to use; throws DUMP_CLIENT_MISSING with the package to install. */
export function requireDumpClient(clients: MySqlClients, vendor: MySqlVendor): ClientProgram {
  const client = bestClient(clients.dump, vendor);
  if (client) return client;
  throw new AppError({
    code: 'DUMP_CLIENT_MISSING',
    kind: 'precondition',
    message: 'Neither mariadb-dump nor mysqldump is installed on this host.',
    hint: 'Install a client: apt-get install mariadb-client (Debian, Ubuntu), dnf install mariadb (Fedora, RHEL), apk add mariadb-client (Alpine).',
    retry: 'never',
  });
}
