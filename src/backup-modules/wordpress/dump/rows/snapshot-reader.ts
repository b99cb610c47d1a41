import { closeSync } from 'node:fs';
import { AppError, throwIfAborted } from '../../../../common/errors/index.js';
import { shutDown } from '../../../../engine/native/socket.js';
import { connect, type MySqlSession, type ServerFacts } from '../../mysql/index.js';
import type { MySqlCredentials } from '../../types.js';
import type { RowsRequest } from './protocol.js';
import type { RowThread, TakenPiece } from './row-thread.js';

/** Seconds. The server must not give up while a disk is slow, or while a long table waits its turn. */
const PATIENCE = 86_400;

/** One moment of a database, from which tables are read. Close it (or `await using`). */
export interface SnapshotReader extends AsyncDisposable {
  /** Reads a table: pieces in order, each one complete INSERT. Gives the number of rows. Throws RowsFailed. */
  read(request: RowsRequest, take: (piece: TakenPiece) => Promise<void>): Promise<number>;
  /** Ends the thread and the connection. Idempotent. */
  close(): Promise<void>;
}

export interface OpenSnapshotOptions {
  credentials: MySqlCredentials;
  server: ServerFacts;
  /** Gets the connection; closed with the reader. */
  thread: RowThread;
  signal: AbortSignal;
}

/**
 * Logs in, takes a consistent snapshot and hands the connection to the thread that reads rows. Not for encrypted connections, whose
 * bytes only the main thread can read. Throws DATABASE_* or JOB_CANCELLED.
 */
export async function openSnapshot(options: OpenSnapshotOptions): Promise<SnapshotReader> {
  const { credentials, thread, signal } = options;
  const session = await connect(credentials, { signal });
  let fd: number | null = null;
  try {
    await prepare(session, options.server);
    fd = session.handOver();
  } finally {
    if (fd === null) await session.close();
  }
  if (fd === null) throw new Error('the connection has no descriptor to read from');
  thread.use({ fd });
  return new ThreadReader(fd, thread, signal);
}

/** As the dump programs do. */
async function prepare(session: MySqlSession, server: ServerFacts): Promise<void> {
  await session.run("SET SESSION sql_mode = '', sql_quote_show_create = 1");
  await session.run("SET SESSION time_zone = '+00:00'");
  await session.run(
    `SET SESSION net_write_timeout = ${PATIENCE}, net_read_timeout = ${PATIENCE}, wait_timeout = ${PATIENCE}`,
  );
  const limit = server.vendor === 'mariadb' ? 'max_statement_time' : 'max_execution_time';
  // Servers before MariaDB 10.1 and MySQL 5.7 have none.
  await session.run(`SET SESSION ${limit} = 0`).catch(ignoreUnknownVariable);
  await session.run('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await session.run('START TRANSACTION WITH CONSISTENT SNAPSHOT');
  await session.run('SAVEPOINT sp');
}

function ignoreUnknownVariable(error: unknown): void {
  if (!(error instanceof AppError) || error.context['errno'] !== 1193) throw error;
}

class ThreadReader implements SnapshotReader {
  private closed: Promise<void> | null = null;

  constructor(
    private readonly fd: number,
    private readonly thread: RowThread,
    private readonly signal: AbortSignal,
  ) {}

  async read(request: RowsRequest, take: (piece: TakenPiece) => Promise<void>): Promise<number> {
    throwIfAborted(this.signal);
    const stop = (): void => shutDown(this.fd);
    this.signal.addEventListener('abort', stop, { once: true });
    try {
      return await this.thread.read(request, take);
    } finally {
      this.signal.removeEventListener('abort', stop);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async close(): Promise<void> {
    await (this.closed ??= this.end());
  }

  /** The thread first: the descriptor must be this connection's as long as it may read from it. */
  private async end(): Promise<void> {
    shutDown(this.fd);
    await this.thread.close();
    closeSync(this.fd);
  }
}
