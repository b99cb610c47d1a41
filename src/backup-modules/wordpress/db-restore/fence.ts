import { setTimeout as delay } from 'node:timers/promises';
import { AppError, throwIfAborted } from '../../../common/errors/index.js';
import type { MySqlSession } from '../mysql/index.js';

/** Which session of a restore holds a lock. */
export type FencedRole = 'control' | 'bytes' | 'admin';

const POLL_MS = 50;
const PATIENCE_MS = 60_000;
const lockName = (id: string, role: FencedRole): string => `backupd.restore.${id}.${role}`;

/**
 * Takes the server-side lock of this restore for the session's life. A statement that a killed backupd left running on
 * the server is ended first: otherwise it could still rename or create a table after we looked.
 */
export async function fence(session: MySqlSession, id: string, role: FencedRole, signal?: AbortSignal): Promise<void> {
  const name = lockName(id, role);
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    if (signal) throwIfAborted(signal);
    // Polling is the point here: the server has no way to tell when a killed statement has ended.
    // oxlint-disable-next-line no-await-in-loop
    const row = await session.row<{ got: number | null; holder: number | null }>(
      'SELECT GET_LOCK(?, 0) AS got, IS_USED_LOCK(?) AS holder',
      [name, name],
    );
    if (row?.got === 1) return;
    if (Date.now() > deadline) throw stillBusy();
    // oxlint-disable-next-line no-await-in-loop
    if (row?.holder !== null && row?.holder !== undefined) await kill(session, row.holder);
    // oxlint-disable-next-line no-await-in-loop
    await delay(POLL_MS);
  }
}

async function kill(session: MySqlSession, connection: number): Promise<void> {
  try {
    await session.run(`KILL ${connection}`);
  } catch {
    // It ended by itself between the two statements; the next look tells.
  }
}

function stillBusy(): AppError {
  return new AppError({
    code: 'DATABASE_BUSY',
    kind: 'source',
    message: 'A statement of the interrupted restore is still running on the database server.',
    hint: 'Wait until it has ended (SHOW PROCESSLIST), then try again.',
    retry: 'later',
  });
}
