import { AppError, throwIfAborted } from '../../../common/errors/index.js';
import type { MySqlSession } from '../mysql/index.js';

/** Which session of a restore holds a lock. */
export type FencedRole = 'control' | 'bytes' | 'admin' | `load-${number}`;

/** Connections that load rows side by side. */
export const LOAD_SESSIONS = 3;
export const loadRole = (index: number): FencedRole => `load-${index}`;
/** Roles of sessions that write, and may still do so for a killed run. */
const WRITING_ROLES: readonly FencedRole[] = [
  'bytes',
  ...Array.from({ length: LOAD_SESSIONS }, (_, index) => loadRole(index)),
];

const ATTEMPTS = 60;
/** How long the server waits for the killed session to end before we look again. */
const WAIT_SECONDS = 1;
const lockName = (id: string, role: FencedRole): string => `backupd.restore.${id}.${role}`;

/**
 * Takes the server-side lock of this restore for the session's life. A statement that a killed backupd left running on
 * the server is ended first: otherwise it could still rename or create a table after we looked.
 */
export async function fence(session: MySqlSession, id: string, role: FencedRole, signal?: AbortSignal): Promise<void> {
  const name = lockName(id, role);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (signal) throwIfAborted(signal);
    // oxlint-disable no-await-in-loop -- each look follows from the one before
    const row = await session.row<{ got: number | null }>('SELECT GET_LOCK(?, ?) AS got', [
      name,
      attempt === 0 ? 0 : WAIT_SECONDS,
    ]);
    if (row?.got === 1) return;
    const used = await session.row<{ holder: number | null }>('SELECT IS_USED_LOCK(?) AS holder', [name]);
    const holder = used?.holder ?? null;
    if (holder !== null) await kill(session, holder);
    // oxlint-enable no-await-in-loop
  }
  throw stillBusy();
}

/** Ends what sessions of a killed run in these roles still do; holds none of their locks. */
export async function fenceOff(session: MySqlSession, id: string, signal: AbortSignal): Promise<void> {
  for (const role of WRITING_ROLES) {
    // oxlint-disable-next-line no-await-in-loop -- one connection
    await fence(session, id, role, signal);
    // oxlint-disable-next-line no-await-in-loop -- one connection
    await session.rows('SELECT RELEASE_LOCK(?)', [lockName(id, role)]);
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
