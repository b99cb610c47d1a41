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
  /** As it says itself: `mariadb-dump  Ver 10.19 Distrib 10.11.19-MariaDB, …`. */
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

type Inspected = Omit<ClientProgram, 'path'>;

const SAID_ITS_VERSION = /\b(?:Ver|from|Distrib) \S/;

async function inspect(path: string): Promise<Inspected | null> {
  const limits = { timeout: 15_000, maxBuffer: 4 * 1024 * 1024, env: { LC_ALL: 'C', PATH: FALLBACK_PATH } };
  const ask = async (option: string): Promise<string> => (await run(path, ['--no-defaults', option], limits)).stdout;
  try {
    const help = await ask('--help');
    // Its first line is that of `--version`, with all clients known.
    const line = firstLine(SAID_ITS_VERSION.test(firstLine(help)) ? help : await ask('--version'));
    const distrib = /Distrib (\S+)/.exec(line)?.[1] ?? /Ver (\S+)/.exec(line)?.[1] ?? line;
    // MariaDB 11 and later: `mariadb-dump from 11.4.2-MariaDB, client 10.19 for …`.
    const numbers = parseVersion(/\bfrom (\S+)/.exec(line)?.[1] ?? distrib);
    return {
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

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.trim() ?? '';
}

/** A wrapper script may begin to call another program. */
const KNOWN_FOR_MS = 10 * 60_000;

/** What programs said of themselves, by their file as it was then: starting one costs some 20 ms, and each backup asks. */
const inspections = new Map<string, { file: string; until: number; found: Promise<Inspected | null> }>();

async function inspectOnce(path: string): Promise<ClientProgram | null> {
  const real = await realpath(path);
  const { ino, size, ctimeMs } = await stat(real);
  const file = `${ino} ${size} ${ctimeMs}`;
  let known = inspections.get(real);
  if (known?.file !== file || known.until < performance.now()) {
    known = { file, until: performance.now() + KNOWN_FOR_MS, found: inspect(real) };
    inspections.set(real, known);
  }
  const found = await known.found;
  // It may only have been out of memory.
  if (found === null) inspections.delete(real);
  return found === null ? null : { path, ...found };
}

/** Which dump programs are there. `path` is a search path (default: PATH of this process). */
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
