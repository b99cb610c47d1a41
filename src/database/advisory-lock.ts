import type { EntityManager } from '@mikro-orm/postgresql';
import { connect } from './connect.js';

const PATIENCE_MS = 10_000;

/** A lock that all masters on this database see. It ends with its connection, so a killed master holds none. */
export interface HeldLock {
  /** Raised when the connection broke: another master may have the lock by now. */
  readonly lost: AbortSignal;
  /** Idempotent. */
  release(): Promise<void>;
}

/** The lock of this name, on a connection of its own; null when somebody has it. Error: DATABASE_UNREACHABLE. */
export async function tryLock(databaseUrl: string, name: string): Promise<HeldLock | null> {
  const client = await connect(databaseUrl, PATIENCE_MS);
  const lost = new AbortController();
  let released = false;
  const release = async (): Promise<void> => {
    released = true;
    await client.end().catch(() => undefined);
  };
  client.on('end', () => {
    if (!released) lost.abort();
  });
  try {
    const { rows } = await client.query<{ got: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as got',
      [name],
    );
    if (rows[0]?.got === true) return { lost: lost.signal, release };
  } catch (error) {
    await release();
    throw error;
  }
  await release();
  return null;
}

/**
 * Waits for the lock of this name until the end of the caller's transaction. Shared ones go together, an exclusive one goes
 * alone.
 */
export async function lockInTransaction(em: EntityManager, name: string, mode: 'shared' | 'exclusive'): Promise<void> {
  const take = mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  await em.execute(`select ${take}(hashtextextended(?, 0))`, [name]);
}
