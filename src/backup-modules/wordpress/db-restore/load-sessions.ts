import { AppError } from '../../../common/errors/index.js';
import type { MySqlCredentials } from '../types.js';
import { ByteSession, type ByteSessionOptions } from './byte-session.js';
import { rowTooBig, serverErrno, statementFailed } from './errors.js';
import { loadRole, LOAD_SESSIONS } from './fence.js';
import type { LoadWarnings } from './load-warnings.js';
import { SpareRooms, type RowBatch } from './row-batch.js';

const PACKET_TOO_LARGE = 1153;
/** Of statements side by side one may have to give way; the server has taken it back whole. */
const TRY_AGAIN = new Set([1205, 1213]);
const ATTEMPTS = 5;

/**
 * Loads rows over several connections, each statement a transaction of its own. Rows of a table that has no order of its own
 * (no primary key) go over one connection, so that they keep theirs. The first failure is thrown by the next call.
 */
export class LoadSessions implements AsyncDisposable {
  private readonly idle: ByteSession[];
  private readonly busy = new Map<ByteSession, Promise<void>>();
  private readonly ordered = new Map<string, Promise<void>>();
  private failure: Error | null = null;
  /** For the statements of batches. */
  readonly rooms = new SpareRooms();

  private constructor(
    private readonly sessions: readonly ByteSession[],
    private readonly warnings: LoadWarnings,
  ) {
    this.idle = [...sessions];
  }

  static async open(
    credentials: MySqlCredentials,
    options: Omit<ByteSessionOptions, 'role'>,
    warnings: LoadWarnings,
  ): Promise<LoadSessions> {
    const sessions: ByteSession[] = [];
    try {
      for (let i = 0; i < LOAD_SESSIONS; i += 1) {
        // oxlint-disable-next-line no-await-in-loop -- an account may have few connections: the first ones are enough
        const session = await openSession(credentials, { ...options, role: loadRole(i) }, sessions.length > 0);
        if (session === null) break;
        sessions.push(session);
      }
    } catch (error) {
      await Promise.all(sessions.map(async (session) => session.close()));
      throw error;
    }
    return new LoadSessions(sessions, warnings);
  }

  /** Bytes of the longest statement that the server takes. */
  get maxAllowedPacket(): number {
    return Math.min(...this.sessions.map((session) => session.maxAllowedPacket));
  }

  /** Hands the rows to a connection as soon as one is free. `inOrder`: after those of the same table before them. */
  async insert(batch: RowBatch, inOrder: boolean): Promise<void> {
    const before = inOrder ? this.ordered.get(batch.table.scratch) : undefined;
    await before;
    const session = await this.free();
    const work = this.send(session, batch)
      .catch((error: unknown) => {
        this.failure ??= error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => {
        this.busy.delete(session);
        this.idle.push(session);
      });
    this.busy.set(session, work);
    if (inOrder) this.ordered.set(batch.table.scratch, work);
  }

  /** Waits until everything that was handed over is in the database. */
  async drain(): Promise<void> {
    await Promise.all(this.busy.values());
    this.ordered.clear();
    this.check();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.busy.values());
    await Promise.all(this.sessions.map(async (session) => session.close()));
  }

  private async free(): Promise<ByteSession> {
    for (;;) {
      this.check();
      const session = this.idle.pop();
      if (session !== undefined) return session;
      // oxlint-disable-next-line no-await-in-loop -- the next one that ends
      await Promise.race(this.busy.values());
    }
  }

  private check(): void {
    if (this.failure !== null) throw this.failure;
  }

  private async send(session: ByteSession, batch: RowBatch): Promise<void> {
    const { table, piece, expected } = batch;
    for (let attempt = 1; ; attempt += 1) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- tries
        const { affectedRows, warnings } = await session.sendBytes(batch.statement);
        // oxlint-disable-next-line no-await-in-loop -- in the session of the statement
        if (warnings > 0) await this.warnings.tell(session.session, table, piece);
        if (expected !== null && affectedRows !== expected) throw rowsMissing(piece, expected, affectedRows);
        table.rows += affectedRows;
        this.rooms.giveBack(batch.statement);
        return;
      } catch (error) {
        const errno = serverErrno(error);
        if (errno === PACKET_TOO_LARGE) throw rowTooBig(piece, batch.statement.length, session.maxAllowedPacket, error);
        if (errno === null || !TRY_AGAIN.has(errno) || attempt === ATTEMPTS) {
          throw error instanceof AppError && error.code === 'DUMP_ROWS_MISSING' ? error : statementFailed(piece, error);
        }
      }
    }
  }
}

/** Null when a further connection is refused. */
async function openSession(
  credentials: MySqlCredentials,
  options: ByteSessionOptions,
  isFurther: boolean,
): Promise<ByteSession | null> {
  try {
    return await ByteSession.open(credentials, options);
  } catch (error) {
    if (isFurther && error instanceof AppError && error.code.startsWith('DATABASE_')) return null;
    throw error;
  }
}

export function rowsMissing(piece: string, expected: number, loaded: number): AppError {
  return new AppError({
    code: 'DUMP_ROWS_MISSING',
    kind: 'source',
    message: `${piece} should hold ${expected} rows; the database took ${loaded}.`,
    hint: 'Nothing of the live database was changed. Verify the backup.',
    retry: 'never',
    context: { piece, expected, loaded },
  });
}
