import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
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
    const { stdout: help } = await run(path, ['--no-defaults', '--help'], limits);
    let line = firstLine(help);
    // The real ones say it above their help.
    if (!VERSION.test(line)) line = firstLine((await run(path, ['--no-defaults', '--version'], limits)).stdout);
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

const VERSION = /\b(?:Ver|Distrib|from) \d/;
const firstLine = (text: string): string => text.split('\n')[0]?.trim() ?? '';

/** What a program said, and when: to ask costs a job 20 ms of its time. A script may start another program by and by. */
const ASK_AGAIN_MS = 3_600_000;
const known = new Map<string, { at: number; stamp: string; program: Promise<ClientProgram | null> }>();

/** The same, asked once as long as the file stays as it is. Two names of one file are one program. */
async function inspectOnce(path: string): Promise<ClientProgram | null> {
  const real = await realpath(path).catch(() => path);
  const file = await stat(real, { bigint: true }).catch(() => null);
  if (file === null) return null;
  const stamp = [file.dev, file.ino, file.size, file.mtimeNs, file.ctimeNs].join(' ');
  const now = performance.now();
  const before = known.get(real);
  const isFresh = before?.stamp === stamp && now - before.at < ASK_AGAIN_MS;
  const one = isFresh ? before : { at: now, stamp, program: inspect(path) };
  known.set(real, one);
  const program = await one.program;
  if (program !== null) return { ...program, path };
  // It may have been a bad moment.
  if (known.get(real) === one) known.delete(real);
  return null;
}

/** Which client programs are there. `path` is a search path (default: PATH of this process). */
export async function findClients(path: string = searchPath()): Promise<MySqlClients> {
  const found = await Promise.all(
    ['mariadb-dump', 'mysqldump'].map(async (name) => {
      const program = await firstExecutable(name, path);
      return program === null ? null : inspectOnce(program);
    }),
  );
  return { dump: found.filter((program) => program !== null) };
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
