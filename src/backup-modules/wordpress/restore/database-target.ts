import { AppError } from '../../../common/errors/index.js';
import type { RestoreRequest, RestoreStageContext } from '../../../engine/ports/index.js';
import { inspectWordPress, parseDbHost } from '../discovery/index.js';
import { connect } from '../mysql/index.js';
import type { MySqlCredentials, SiteDatabase } from '../types.js';
import type { RestorePlan } from './restore-plan.js';

/** Where a dump goes, and with which account. */
export interface DatabaseTarget {
  credentials: MySqlCredentials;
  tablePrefix: string;
  /** Not the one that the restored configuration names: it must be changed. */
  isOther: boolean;
}

const DEFAULT_HOST = 'localhost';

/**
 * The target database: the one asked for, else what the restored configuration says (`staged`), else what the
 * configuration on disk says. When the server refuses the restored account and the present one works, the present one is
 * used, with a warning. Throws DATABASE_UNKNOWN.
 */
export async function databaseTarget(
  context: RestoreStageContext,
  plan: RestorePlan,
  staged: string | null,
): Promise<DatabaseTarget> {
  const { request, source } = context;
  const backupPrefix = source.header.database?.tablePrefix ?? 'wp_';
  if (request.targetDatabase !== null) {
    const { host, name, user, password, prefix } = request.targetDatabase;
    const credentials = { ...serverOf(host ?? DEFAULT_HOST), user, password, database: name };
    return { credentials, tablePrefix: prefix ?? backupPrefix, isOther: true };
  }
  const restored = staged === null ? null : mysqlOf(await inspectQuietly(staged, context));
  const present = mysqlOf(plan.present?.database ?? null);
  const wanted = restored ?? present;
  if (wanted === null) throw unknownDatabase();
  if (restored !== null && present !== null && (await isRefused(restored)) && !(await isRefused(present))) {
    context.journal.warn({
      code: 'CONFIG_OUTDATED',
      message:
        'The server refuses the database account in the restored wp-config.php; the database was restored with the account that was configured before.',
      context: { database: present.credentials.database },
    });
    return { ...present, isOther: false };
  }
  return { ...wanted, isOther: false };
}

/** The account that may create databases, as asked. Its own database is not used. */
export function adminCredentials(request: RestoreRequest): MySqlCredentials | null {
  const admin = request.adminDatabase;
  if (admin === null) return null;
  const host = admin.host ?? request.targetDatabase?.host ?? DEFAULT_HOST;
  return { ...serverOf(host), user: admin.user, password: admin.password, database: '' };
}

function serverOf(host: string): Pick<MySqlCredentials, 'host' | 'port' | 'socketPath'> {
  const server = parseDbHost(host);
  if (server !== null) return server;
  throw new AppError({
    code: 'DATABASE_HOST_INVALID',
    kind: 'usage',
    message: `"${host}" is not an address of a database server.`,
    hint: 'Give a host, host:port, localhost, or localhost:/path/of/the.sock.',
    retry: 'never',
  });
}

async function isRefused({ credentials }: { credentials: MySqlCredentials }): Promise<boolean> {
  try {
    const session = await connect({ ...credentials, database: '' });
    await session.close();
    return false;
  } catch (error) {
    return error instanceof AppError && error.code === 'DATABASE_LOGIN_REFUSED';
  }
}

async function inspectQuietly(path: string, context: RestoreStageContext): Promise<SiteDatabase | null> {
  try {
    return (await inspectWordPress(path, { overrides: context.site.overrides })).database;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

function mysqlOf(database: SiteDatabase | null): { credentials: MySqlCredentials; tablePrefix: string } | null {
  if (database?.engine !== 'mysql') return null;
  return { credentials: database.credentials, tablePrefix: database.tablePrefix };
}

function unknownDatabase(): AppError {
  return new AppError({
    code: 'DATABASE_UNKNOWN',
    kind: 'usage',
    message: 'Neither the site on disk nor the restored files say which database the dump belongs to.',
    hint: 'Name it (targetDatabase, --database), give overrides for the site, or restore the files first.',
    retry: 'never',
  });
}
