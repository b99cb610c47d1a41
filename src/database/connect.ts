import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { AppError, errnoOf } from '../common/errors/index.js';

const OLDEST = 150_000;
/** A server that is just being started with us (compose, boot) gets this long. */
const PATIENCE_MS = 30_000;
const worthWaiting = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', '57P03']);

/** A connection of its own to the database, and a check that backupd can work with the server. Errors: DATABASE_UNREACHABLE, DATABASE_TOO_OLD. */
export async function connect(databaseUrl: string, patienceMs = PATIENCE_MS): Promise<Client> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const client = new Client({
      connectionString: databaseUrl,
      application_name: 'backupd',
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    });
    // A connection lost while idle is found out by the next query; without a listener it would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await checkServer(client);
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (error instanceof AppError) throw error;
      const code = codeOf(error);
      if (!worthWaiting.has(code) || Date.now() > end) throw unreachable(databaseUrl, code, error);
      await sleep(250);
    }
  }
}

async function checkServer(client: Client): Promise<void> {
  const { rows } = await client.query<{ number: number; version: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
  );
  const server = rows[0];
  if (server === undefined || server.number >= OLDEST) return;
  throw new AppError({
    code: 'DATABASE_TOO_OLD',
    kind: 'precondition',
    message: `The database server is PostgreSQL ${server.version}; backupd needs 15 or newer.`,
    hint: 'Point BACKUPD_DATABASE_URL at a newer server, or leave it unset: backupd then runs its own.',
    retry: 'never',
    context: { version: server.version },
  });
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return errnoOf(error) ?? 'no answer';
}

function unreachable(databaseUrl: string, code: string, cause: unknown): AppError {
  const { host, pathname } = new URL(databaseUrl);
  return new AppError({
    code: 'DATABASE_UNREACHABLE',
    kind: 'precondition',
    message: `The database ${pathname.slice(1)} at ${host} can't be used: ${cause instanceof Error ? cause.message || code : code}.`,
    hint: 'Check BACKUPD_DATABASE_URL (host, port, user, password, database) and that the server runs.',
    cause,
  });
}
