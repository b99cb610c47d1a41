import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import mysql, { type Connection, type ConnectionOptions, type RowDataPacket } from 'mysql2/promise';
import { cancelledError, throwIfAborted } from '../../../common/errors/index.js';
import { takeConnection } from '../../../engine/native/socket.js';
import type { MySqlCredentials } from '../types.js';
import { describeTarget, resolveEndpoint, type MySqlEndpoint } from './endpoint.js';
import { withSignsOfLife } from './signs-of-life.js';
import { translateMySqlError, type DatabaseTarget } from './errors.js';

export interface ConnectOptions {
  /** Default 10 s: a host that does not answer must not hold a job up. */
  connectTimeoutMs?: number;
  /** Another database than the credentials name; null = none. */
  database?: string | null;
  multipleStatements?: boolean;
  /** Ends the connection when raised; running queries then fail with JOB_CANCELLED. */
  signal?: AbortSignal;
  /** Told while the server is seen to work on a statement that takes long. */
  alive?: (() => void) | undefined;
}

/** A value a query may carry. */
export type QueryValue = string | number | bigint | boolean | null | Buffer | readonly string[];

/** A server that is gone without a word is noticed. */
const KEEP_ALIVE_MS = 60_000;

/**
 * One connection. Errors are AppErrors; binary columns come as Buffer, dates as text, integers beyond 2^53 as text.
 * Close it with `close()` (or `await using`).
 */
export class MySqlSession implements AsyncDisposable {
  constructor(
    /** The driver's connection, for what the methods here do not cover; its errors are untranslated. */
    readonly raw: Connection,
    readonly endpoint: MySqlEndpoint,
    readonly target: DatabaseTarget,
    private readonly signal?: AbortSignal,
    /** Watches over a statement that may take long. */
    private readonly watched: <T>(statement: Promise<T>) => Promise<T> = async (statement) => statement,
  ) {
    signal?.addEventListener('abort', this.onAbort, { once: true });
    // Without a listener a connection that is lost while idle would end the process; the next query reports it.
    raw.on('error', () => undefined);
  }

  /** Whether its bytes are encrypted on the way. */
  get isEncrypted(): boolean {
    return this.socket instanceof TLSSocket;
  }

  /**
   * Takes the connection away from the driver: a descriptor that the caller reads, writes and closes. The session is over then.
   * Null for an encrypted connection; it stays as it is.
   */
  handOver(): number | null {
    this.socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const fd = takeConnection(this.socket);
    if (fd === null) return null;
    this.signal?.removeEventListener('abort', this.onAbort);
    this.raw.destroy();
    return fd;
  }

  private get socket(): Socket {
    // The driver's types leave it out.
    const connection: unknown = 'connection' in this.raw ? this.raw.connection : null;
    if (typeof connection === 'object' && connection !== null && 'stream' in connection) {
      if (connection.stream instanceof Socket) return connection.stream;
    }
    throw new TypeError('the driver keeps its socket elsewhere than it did');
  }

  private readonly onAbort = (): void => {
    // The driver only ends its own half and goes on waiting for the server.
    this.socket.destroy();
    this.raw.destroy();
  };

  /** All rows of a query, parameters as `?` (values) and `??` (identifiers). */
  async rows<Row>(sql: string, values: readonly QueryValue[] = []): Promise<Row[]> {
    try {
      const [rows] = await this.during(this.raw.query<RowDataPacket[]>(sql, [...values]));
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller knows its own columns
      return rows as Row[];
    } catch (error) {
      throw this.translated(error);
    }
  }

  /** The first row, or null. */
  async row<Row>(sql: string, values: readonly QueryValue[] = []): Promise<Row | null> {
    return (await this.rows<Row>(sql, values))[0] ?? null;
  }

  /** Runs a statement whose result does not matter. The text goes to the server as these bytes. */
  async run(sql: string, values: readonly QueryValue[] = []): Promise<void> {
    try {
      await this.during(this.raw.query(sql, [...values]));
    } catch (error) {
      throw this.translated(error);
    }
  }

  /** What comes of a statement that was sent over `raw`; its error is untranslated, but for JOB_CANCELLED. */
  during<T>(statement: Promise<T>): Promise<T> {
    return untilAborted(this.watched(statement), this.signal);
  }

  /** Ends the connection; never throws. */
  async close(): Promise<void> {
    this.signal?.removeEventListener('abort', this.onAbort);
    try {
      await this.raw.end();
    } catch {
      this.raw.destroy();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private translated(error: unknown): Error {
    if (this.signal) throwIfAborted(this.signal);
    return translateMySqlError(error, this.target);
  }
}

/** What comes of the work, or JOB_CANCELLED as soon as the signal is raised: a server that never answers holds nobody up. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    const stop = (): void => reject(cancelledError());
    signal.addEventListener('abort', stop, { once: true });
    const done = (): void => signal.removeEventListener('abort', stop);
    work.then(resolve, reject).finally(done);
    if (signal.aborted) stop();
  });
}

const SECURE_TRANSPORT_REQUIRED = 3159;

/**
 * Connects with a site's credentials. Throws DATABASE_UNREACHABLE, DATABASE_LOGIN_REFUSED, DATABASE_NOT_FOUND,
 * DATABASE_DENIED, DATABASE_BUSY, DATABASE_TLS_FAILED or JOB_CANCELLED; none of them holds the password.
 */
export async function connect(credentials: MySqlCredentials, options: ConnectOptions = {}): Promise<MySqlSession> {
  if (options.signal) throwIfAborted(options.signal);
  const endpoint = resolveEndpoint(credentials);
  const database = options.database === undefined ? credentials.database : options.database;
  const target = describeTarget({ ...credentials, database: database ?? '' }, endpoint);
  const settings: ConnectionOptions = {
    ...endpoint,
    user: credentials.user,
    password: credentials.password,
    ...(database ? { database } : {}),
    connectTimeout: options.connectTimeoutMs ?? 10_000,
    multipleStatements: options.multipleStatements ?? false,
    charset: 'utf8mb4',
    dateStrings: true,
    supportBigNumbers: true,
    // A server chosen by a tenant must not be able to ask for files of this host.
    // Without attributes a statement is sent as every server understands it.
    flags: ['-LOCAL_FILES', '-CLIENT_QUERY_ATTRIBUTES'],
  };
  const open = async (): Promise<Connection> => {
    try {
      return await mysql.createConnection(settings);
    } catch (error) {
      const needsTls = error instanceof Error && 'errno' in error && error.errno === SECURE_TRANSPORT_REQUIRED;
      if (!needsTls) throw error;
      // As PHP's mysqli does for the site itself: encrypted, the certificate not checked.
      return mysql.createConnection({ ...settings, ssl: { rejectUnauthorized: false } });
    }
  };
  let connection: Connection;
  try {
    const opening = open();
    // One that comes too late is not kept.
    opening.then(
      (late) => options.signal?.aborted === true && late.destroy(),
      () => undefined,
    );
    connection = await untilAborted(opening, options.signal);
  } catch (error) {
    throw translateMySqlError(error, target);
  }
  if (options.signal?.aborted) connection.destroy();
  if (options.signal) throwIfAborted(options.signal);
  const { alive, ...others } = options;
  if (alive === undefined) return new MySqlSession(connection, endpoint, target, options.signal);
  const { threadId } = connection;
  const onlooker = (): Promise<MySqlSession> => connect(credentials, others);
  return new MySqlSession(connection, endpoint, target, options.signal, (statement) =>
    withSignsOfLife(statement, { threadId, open: onlooker, alive }),
  );
}
