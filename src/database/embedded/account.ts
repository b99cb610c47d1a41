import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { AppError } from '../../common/errors/index.js';

const run = promisify(execFile);

/** A system account. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** The account made for the embedded PostgreSQL when backupd runs as root. */
const OWN_ACCOUNT = 'backupd-postgres';

/**
 * Who must run PostgreSQL: null = this process's own user; for root (PostgreSQL refuses to run as root) the owner of the
 * existing cluster, else an account of its own, made when missing; where accounts can't be made, `postgres` or `nobody`.
 */
export async function postgresAccount(clusterDir: string): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = await ownerOf(clusterDir);
  if (owner !== null && owner.uid !== 0) return owner;
  const own = await lookUp(OWN_ACCOUNT);
  if (own !== null) return own;
  await makeAccount();
  for (const name of [OWN_ACCOUNT, 'postgres', 'nobody']) {
    const account = await lookUp(name);
    if (account !== null) return account;
  }
  throw new AppError({
    code: 'DATABASE_UNAVAILABLE',
    kind: 'precondition',
    message: 'PostgreSQL does not run as root, and no other account could be found or made for it.',
    hint: `Make one with "useradd --system ${OWN_ACCOUNT}", run backupd as another user, or set BACKUPD_DATABASE_URL.`,
    retry: 'never',
  });
}

async function makeAccount(): Promise<void> {
  const options = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent'];
  try {
    await run('useradd', [...options, '--shell', '/usr/sbin/nologin', OWN_ACCOUNT]);
  } catch {
    // No such program, a read-only system, or made by someone else meanwhile: the look-up decides.
  }
}

async function lookUp(name: string): Promise<Account | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

async function ownerOf(path: string): Promise<Account | null> {
  try {
    const { uid, gid } = await stat(path);
    return { name: `uid ${uid}`, uid, gid };
  } catch {
    return null;
  }
}
