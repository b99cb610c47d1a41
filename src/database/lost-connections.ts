import type { Pool, PoolClient } from 'pg';

/** Whoever waits for an answer of it has an error by then, and has given it back. */
const AFTER_MS = 1000;

/**
 * Takes connections that were lost in the midst of a transaction out of the pool. Kysely gives one back only when its rollback worked,
 * which is never so then: a database that restarts would leave the pool with fewer places each time, and in the end with none.
 */
export function takeBackLost(pool: Pool): void {
  const out = new Set<PoolClient>();
  pool.on('acquire', (client) => out.add(client));
  pool.on('release', (_error, client) => out.delete(client));
  pool.on('connect', (client) => {
    client.once('end', () => setTimeout(() => takeBack(client, out), AFTER_MS).unref());
  });
}

function takeBack(client: PoolClient, out: ReadonlySet<PoolClient>): void {
  if (!out.has(client)) return;
  client.release(true);
  // Giving it back a second time is an error.
  client.release = () => undefined;
}
