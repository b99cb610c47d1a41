import { spawn, type ChildProcess } from 'node:child_process';
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { AppError } from '../../common/errors/index.js';
import type { Account } from './account.js';
import type { Binaries } from './binaries.js';
import { processesIn, signal } from './processes.js';

const MAJOR = '18';
/** Name of the superuser and of the database. */
export const CLUSTER_USER = 'backupd';
/** PostgreSQL is told its folder by this name: it stays right below folders that its account can't pass through. */
export const HERE = '/proc/self/cwd';

/** Makes the cluster when there is none, checks its version, and sets who may log in. Errors: DATABASE_START_FAILED, DATABASE_UNAVAILABLE. */
export async function prepareCluster(binaries: Binaries, folder: string, account: Account | null): Promise<void> {
  if (!(await exists(join(folder, 'PG_VERSION')))) await makeCluster(binaries, folder, account);
  await checkVersion(folder);
  await writeAccessRules(folder, account);
}

async function makeCluster(binaries: Binaries, folder: string, account: Account | null): Promise<void> {
  const draft = `${folder}.new`;
  for (const pid of await processesIn(draft)) signal(pid, 'SIGKILL');
  await rm(draft, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true, mode: 0o711 });
  await mkdir(draft, { mode: 0o700 });
  if (account !== null) await chown(draft, account.uid, account.gid);
  const options = ['--username', CLUSTER_USER, '--auth=peer', '--encoding=UTF8', '--locale=C'];
  const initdb = spawn(
    binaries.initdb,
    ['-D', HERE, ...options, '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    { ...runAs(account), cwd: draft, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let stderr = '';
  initdb.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-4000)));
  const outcome = await ended(initdb);
  if (outcome !== 'exit code 0') throw startFailed(`initdb ended with ${outcome}`, stderr);
  // An empty folder may stand there (a mount point is refused by rename, and said so).
  await rename(draft, folder);
}

async function ended(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, killedBy) => resolve(code === null ? `signal ${killedBy ?? '?'}` : `exit code ${code}`));
  });
}

async function checkVersion(folder: string): Promise<void> {
  const version = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  if (version === MAJOR) return;
  throw new AppError({
    code: 'DATABASE_UNAVAILABLE',
    kind: 'precondition',
    message: `The database in ${folder} was made by PostgreSQL ${version}; this backupd brings PostgreSQL ${MAJOR}.`,
    hint: 'Run the backupd version that made it, or move the folder away and rebuild the catalogue from storage.',
    retry: 'never',
    context: { folder, version },
  });
}

/** Only the system account that runs backupd may log in, as the kernel vouches for it. No password exists. */
async function writeAccessRules(folder: string, account: Account | null): Promise<void> {
  const rules = {
    'pg_hba.conf': `local all ${CLUSTER_USER} peer map=backupd\n`,
    'pg_ident.conf': `backupd "${userInfo().username}" ${CLUSTER_USER}\n`,
  };
  for (const [name, text] of Object.entries(rules)) {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600 });
    if (account !== null) await chown(path, account.uid, account.gid);
  }
}

/** How a PostgreSQL program is run: as the account, with an environment that holds nothing of ours. */
export function runAs(account: Account | null): { uid?: number; gid?: number; env: NodeJS.ProcessEnv } {
  const env = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' };
  return account === null ? { env } : { env, uid: account.uid, gid: account.gid };
}

export function startFailed(reason: string, log: string): AppError {
  const tail = log.trim().split('\n').slice(-8).join('\n');
  return new AppError({
    code: 'DATABASE_START_FAILED',
    kind: 'precondition',
    message: `The embedded PostgreSQL did not start: ${reason}.${tail === '' ? '' : `\n${tail}`}`,
    hint: 'Look for the cause in the lines above (space, permissions, a damaged cluster), or set BACKUPD_DATABASE_URL to another server.',
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
