import { statSync } from 'node:fs';
import { AppError } from '../../../common/errors/index.js';
import type { MySqlCredentials } from '../types.js';
import type { DatabaseTarget } from './errors.js';

/** Where servers put their socket, in the order clients of the common distributions look. */
export const DEFAULT_SOCKETS: readonly string[] = [
  '/run/mysqld/mysqld.sock',
  '/var/run/mysqld/mysqld.sock',
  '/var/lib/mysql/mysql.sock',
  '/run/mysql/mysql.sock',
  '/tmp/mysql.sock',
  '/var/mysql/mysql.sock',
  '/opt/bitnami/mariadb/tmp/mysql.sock',
  '/opt/bitnami/mysql/tmp/mysql.sock',
  '/opt/lampp/var/mysql/mysql.sock',
];

/** A server as it is really reached. */
export type MySqlEndpoint = { socketPath: string } | { host: string; port: number };

function isSocket(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
}

/** The first of the usual socket paths that is there, or null. */
export function findDefaultSocket(candidates: readonly string[] = DEFAULT_SOCKETS): string | null {
  for (const path of candidates) {
    try {
      if (isSocket(path)) return path;
    } catch {
      // A folder on the way that may not be entered: not this one.
    }
  }
  return null;
}

/** Socket, or host and port. `localhost` without a port means the socket, as it does for MySQL's own clients. */
export function resolveEndpoint(
  credentials: MySqlCredentials,
  sockets: readonly string[] = DEFAULT_SOCKETS,
): MySqlEndpoint {
  if (credentials.socketPath !== null) return { socketPath: credentials.socketPath };
  const local = credentials.host === null || (credentials.host === 'localhost' && credentials.port === null);
  if (!local) return { host: credentials.host ?? 'localhost', port: credentials.port ?? 3306 };
  const socketPath = findDefaultSocket(sockets);
  if (socketPath !== null) return { socketPath };
  throw new AppError({
    code: 'DATABASE_UNREACHABLE',
    kind: 'source',
    message: 'DB_HOST means the local socket, and none of the usual places has one.',
    hint: `Start the database server, or name its socket in DB_HOST as localhost:/path/to.sock. Looked at: ${sockets.join(', ')}.`,
    retry: 'later',
    context: { user: credentials.user, database: credentials.database },
  });
}

/** The endpoint for messages. */
export function describeTarget(credentials: MySqlCredentials, endpoint?: MySqlEndpoint): DatabaseTarget {
  const server = !endpoint
    ? (credentials.socketPath ?? `${credentials.host ?? 'localhost'}${credentials.port ? `:${credentials.port}` : ''}`)
    : 'socketPath' in endpoint
      ? `socket ${endpoint.socketPath}`
      : `${endpoint.host}:${endpoint.port}`;
  return { server, user: credentials.user, database: credentials.database || null };
}
