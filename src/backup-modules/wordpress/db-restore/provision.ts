import { AppError } from '../../../common/errors/index.js';
import type { ManifestDatabaseInfo } from '../../../engine/snapshot/manifest/types.js';
import { connect, escapeLike, quoteIdentifier, quoteString, type MySqlSession } from '../mysql/index.js';
import type { MySqlCredentials } from '../types.js';
import { COLLATION_NAME } from './collations.js';
import type { StateFile } from './state.js';
import { TargetServer } from './target-server.js';
import type { MySqlRestoreOptions } from './types.js';

interface Account {
  user: string;
  host: string;
}

const CREATABLE = new Set(['DATABASE_NOT_FOUND', 'DATABASE_DENIED', 'DATABASE_LOGIN_REFUSED']);
const NO_PASSWORD = "'***'";

export const quoteAccount = (account: Account): string => `${quoteString(account.user)}@${quoteString(account.host)}`;

/** A database name in GRANT is a pattern: `_` and `%` must be taken literally. */
export const grantPattern = (database: string): string => quoteIdentifier(escapeLike(database));

/** Why the target cannot be used as it is; null when it can. */
export async function targetProblem(target: MySqlCredentials, signal: AbortSignal): Promise<AppError | null> {
  try {
    const session = await connect(target, { signal });
    await session.close();
    return null;
  } catch (error) {
    if (error instanceof AppError && CREATABLE.has(error.code)) return error;
    throw error;
  }
}

/** The error for a target that is not there, with the SQL a person can run. */
export function withCreateHint(problem: AppError, target: MySqlCredentials, info: ManifestDatabaseInfo): AppError {
  const host = accountHost(target, null);
  const charset = info.charset && COLLATION_NAME.test(info.charset) ? info.charset : 'utf8mb4';
  const account = quoteAccount({ user: target.user, host });
  const sql = [
    `CREATE DATABASE IF NOT EXISTS ${quoteIdentifier(target.database)} CHARACTER SET ${charset};`,
    ...(problem.code === 'DATABASE_LOGIN_REFUSED'
      ? [`CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY ${NO_PASSWORD};`]
      : []),
    `GRANT ALL PRIVILEGES ON ${grantPattern(target.database)}.* TO ${account};`,
  ].join(' ');
  return new AppError({
    code: problem.code,
    kind: 'precondition',
    message: problem.message,
    hint: `Give the restore database admin credentials, or run as an administrator (with the real password in place of ***): ${sql}`,
    retry: problem.retry,
    context: problem.context,
    cause: problem,
  });
}

/** Makes sure the database is there and the site's account may use it. What it makes is in the journal first. */
export async function provision(
  options: MySqlRestoreOptions,
  info: ManifestDatabaseInfo,
  state: StateFile,
): Promise<void> {
  const { target, admin, signal } = options;
  let problem = await targetProblem(target, signal);
  if (problem === null) return;
  if (problem.code === 'DATABASE_NOT_FOUND' && (await createWithOwnAccount(options, info, state))) return;
  if (admin === null) throw withCreateHint(problem, target, info);
  const session = await connect(admin, { database: null, signal });
  try {
    await createDatabase(session, target.database, info, state, options);
    const account = await ensureAccount(session, problem, options, state);
    if (state.state.createdUser === null) await state.update({ grantedTo: account });
    await session.run(`GRANT ALL PRIVILEGES ON ${grantPattern(target.database)}.* TO ${quoteAccount(account)}`);
  } finally {
    await session.close();
  }
  problem = await targetProblem(target, signal);
  if (problem !== null) throw withCreateHint(problem, target, info);
}

/** True when the site's own account may create its database. */
async function createWithOwnAccount(
  options: MySqlRestoreOptions,
  info: ManifestDatabaseInfo,
  state: StateFile,
): Promise<boolean> {
  const session = await connect(options.target, { database: null, signal: options.signal });
  try {
    await createDatabase(session, options.target.database, info, state, options);
    return true;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'DATABASE_DENIED') throw error;
    await state.update({ createdDatabase: false });
    return false;
  } finally {
    await session.close();
  }
}

async function createDatabase(
  session: MySqlSession,
  database: string,
  info: ManifestDatabaseInfo,
  state: StateFile,
  options: MySqlRestoreOptions,
): Promise<void> {
  const found = await session.row('SELECT 1 AS found FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?', [
    database,
  ]);
  if (found !== null) return;
  const server = await TargetServer.read(session, options.journal);
  const charset = info.charset !== null && COLLATION_NAME.test(info.charset) ? info.charset : 'utf8mb4';
  const collation = info.collation !== null && COLLATION_NAME.test(info.collation) ? info.collation : null;
  await server.learn(collation === null ? [] : [collation], [charset]);
  await state.update({ createdDatabase: true });
  const collate = collation === null ? '' : ` COLLATE ${server.collation(collation)}`;
  await session.run(`CREATE DATABASE ${quoteIdentifier(database)} CHARACTER SET ${server.charset(charset)}${collate}`);
}

async function ensureAccount(
  admin: MySqlSession,
  problem: AppError,
  options: MySqlRestoreOptions,
  state: StateFile,
): Promise<Account> {
  const { target, signal } = options;
  if (problem.code !== 'DATABASE_LOGIN_REFUSED') {
    const session = await connect(target, { database: null, signal });
    try {
      const row = await session.row<{ account: string }>('SELECT CURRENT_USER() AS account');
      return splitAccount(row?.account ?? '');
    } finally {
      await session.close();
    }
  }
  const seen = await admin.row<{ account: string }>('SELECT USER() AS account');
  const account = { user: target.user, host: accountHost(target, splitAccount(seen?.account ?? '').host) };
  const exists = await admin.row('SELECT 1 AS found FROM mysql.user WHERE User = ? AND Host = ?', [
    account.user,
    account.host,
  ]);
  if (exists !== null) {
    throw new AppError({
      code: 'DATABASE_LOGIN_REFUSED',
      kind: 'precondition',
      message: `The database account ${quoteAccount(account)} exists, but not with the password of the site's configuration.`,
      hint: `Correct DB_PASSWORD (or its override), or set the password as an administrator: ALTER USER ${quoteAccount(account)} IDENTIFIED BY ${NO_PASSWORD}; other sites that use the account need it too.`,
      retry: 'never',
      context: { user: account.user, host: account.host },
      cause: problem,
    });
  }
  await state.update({ createdUser: account });
  await admin.run(`CREATE USER ${quoteAccount(account)} IDENTIFIED BY ${quoteString(target.password)}`);
  return account;
}

/** From where the account will come, as the server sees it: a socket is `localhost`. */
function accountHost(target: MySqlCredentials, seen: string | null): string {
  const isSocket = target.socketPath !== null || target.host === null || target.host === 'localhost';
  if (isSocket && target.port === null) return 'localhost';
  const isLoopback = ['localhost', '127.0.0.1', '::1'].includes(target.host ?? '');
  // Addresses of other hosts change (containers, DHCP); the password protects the account.
  return isLoopback ? (seen ?? 'localhost') : '%';
}

function splitAccount(text: string): Account {
  const at = text.lastIndexOf('@');
  return { user: text.slice(0, at), host: text.slice(at + 1) };
}

/** Takes back what `provision` made; only what is ours and only when nobody else put something into the database. */
export async function unprovision(options: MySqlRestoreOptions, state: StateFile): Promise<void> {
  const { createdDatabase, createdUser, grantedTo, database } = state.state;
  if (!createdDatabase && createdUser === null && grantedTo === null) return;
  const credentials = options.admin ?? (createdUser === null && grantedTo === null ? options.target : null);
  if (credentials === null) {
    options.journal.warn({
      code: 'DATABASE_LEFT_BEHIND',
      message: `The database ${database} or its account, made for this restore, could not be removed without admin credentials.`,
      context: { database },
    });
    return;
  }
  const session = await connect(credentials, { database: null });
  try {
    const tables = await session.row<{ n: number | string }>(
      'SELECT COUNT(*) AS n FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?',
      [database],
    );
    if (createdDatabase && Number(tables?.n ?? 0) === 0) {
      await session.run(`DROP DATABASE IF EXISTS ${quoteIdentifier(database)}`);
    }
    if (createdUser !== null) await session.run(`DROP USER IF EXISTS ${quoteAccount(createdUser)}`);
    else if (grantedTo !== null && options.admin !== null) {
      await session
        .run(`REVOKE ALL PRIVILEGES ON ${grantPattern(database)}.* FROM ${quoteAccount(grantedTo)}`)
        .catch(() => undefined);
    }
  } finally {
    await session.close();
  }
  await state.update({ createdDatabase: false, createdUser: null, grantedTo: null });
}
