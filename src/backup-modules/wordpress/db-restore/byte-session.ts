import type { ResultSetHeader } from 'mysql2/promise';
import { AppError, throwIfAborted } from '../../../common/errors/index.js';
import { connect, quoteString, translateMySqlError, type MySqlSession } from '../mysql/index.js';
import type { MySqlCredentials } from '../types.js';
import { fence, type FencedRole } from './fence.js';
import { PacketBody, type StatementRoom } from './packet-body.js';
import type { SqlBytes } from './sql/lexer.js';

/** Character sets in which quotes and backslashes are always the ASCII bytes: what is checked is what the server reads. */
const SAFE_CHARSETS = new Set([
  'utf8mb4',
  'utf8mb3',
  'utf8',
  'latin1',
  'latin2',
  'cp1250',
  'cp1251',
  'ascii',
  'binary',
]);
/** The driver's number of the `binary` character set: text is sent with one byte per character. */
const BINARY_CHARSET = 63;
/**
 * Foreign keys come last. Unique keys are checked row by row: without (as dump programs ask for), MariaDB notices a
 * collision only at COMMIT, without saying where, and MySQL may not notice at all. Measured: no slower.
 */
const CHECKS = 'foreign_key_checks = 0, unique_checks = 1';
/**
 * Permissive on purpose: what the old server held must go in (zero dates, `2024-02-31`, id 0). What does not fit
 * comes back as a warning of the server and is reported.
 */
const LOAD_MODE = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES';

export const isSafeCharset = (name: string): boolean => SAFE_CHARSETS.has(name.toLowerCase());

export interface ByteSessionOptions {
  /** The dump's character set; null: utf8mb4. */
  charset: string | null;
  /** The restore's id. */
  id: string;
  role: FencedRole;
  signal: AbortSignal;
  /** Told while the server is seen to work on a statement that takes long. */
  alive?: (() => void) | undefined;
}

export interface SentStatement {
  affectedRows: number;
  warnings: number;
}

/**
 * A connection that sends statements byte for byte, one at a time: several statements in one text are refused by the
 * server, LOAD DATA LOCAL by the driver, and a client's own commands do not exist.
 */
export class ByteSession implements AsyncDisposable {
  private readonly body: PacketBody;

  private constructor(
    readonly session: MySqlSession,
    private readonly signal: AbortSignal,
    readonly maxAllowedPacket: number,
  ) {
    this.body = new PacketBody(session.raw);
  }

  static async open(credentials: MySqlCredentials, options: ByteSessionOptions): Promise<ByteSession> {
    const charset = (options.charset ?? 'utf8mb4').toLowerCase();
    if (!isSafeCharset(charset)) {
      throw new AppError({
        code: 'DUMP_CHARSET_UNSUPPORTED',
        kind: 'source',
        message: `The dump's character set ${charset} is not supported.`,
        hint: 'Dumps made by backupd are utf8mb4.',
        retry: 'never',
      });
    }
    const session = await connect(credentials, { signal: options.signal, alive: options.alive });
    try {
      await fence(session, options.id, options.role, options.signal);
      // Else the driver follows SET NAMES and encodes anew.
      await tryRun(session, "SET SESSION session_track_system_variables = ''");
      await tryRun(session, 'SET SESSION innodb_strict_mode = 0');
      await tryRun(session, 'SET SESSION wait_timeout = 28800');
      await session.run(`SET NAMES ${await knownCharset(session, charset)}`);
      await session.run(`SET SESSION sql_mode = '${LOAD_MODE}', ${CHECKS}, time_zone = '+00:00', autocommit = 1`);
      await tryRun(session, 'SET SESSION check_constraint_checks = 0');
      await tryRun(session, 'SET SESSION system_versioning_insert_history = 1');
      const packet = await session.row<{ size: number | string }>('SELECT @@max_allowed_packet AS size');
      const config: { charsetNumber?: number } = session.raw.config;
      config.charsetNumber = BINARY_CHARSET;
      return new ByteSession(session, options.signal, Number(packet?.size ?? 0));
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** Runs one statement, given as one character per byte. */
  send(sql: SqlBytes): Promise<SentStatement> {
    // Without values the driver would still look through the text for places to put them.
    return this.sent(() => this.session.raw.query<ResultSetHeader>({ sql, values: null }));
  }

  /** Runs one statement, whose bytes must not change until it has run; nor when it fails. */
  sendBytes(statement: StatementRoom): Promise<SentStatement> {
    return this.sent(() => this.body.query(statement));
  }

  private async sent(query: () => Promise<[ResultSetHeader, unknown]>): Promise<SentStatement> {
    throwIfAborted(this.signal);
    try {
      const [result] = await this.session.during(query());
      return { affectedRows: result.affectedRows, warnings: result.warningStatus };
    } catch (error) {
      throwIfAborted(this.signal);
      throw translateMySqlError(error, this.session.target);
    }
  }

  /** Settings for what follows; null values set the session's own back. */
  async setContext(context: {
    sqlMode: string | null;
    characterSetClient: string | null;
    collationConnection: string | null;
    timeZone: string | null;
  }): Promise<void> {
    const { session } = this;
    await session.run(`SET SESSION sql_mode = ${quoteString(await this.knownModes(context.sqlMode ?? LOAD_MODE))}`);
    if (context.characterSetClient !== null) {
      await session.run(`SET NAMES ${quoteString(await knownCharset(session, context.characterSetClient))}`);
    }
    if (context.collationConnection !== null) {
      await tryRun(session, `SET SESSION collation_connection = ${quoteString(context.collationConnection)}`);
    }
    await tryRun(session, `SET SESSION time_zone = ${quoteString(context.timeZone ?? '+00:00')}`);
  }

  close(): Promise<void> {
    return this.session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The modes of the list that this server has (NO_AUTO_CREATE_USER is gone from MySQL 8, others exist only there). */
  private async knownModes(modes: string): Promise<string> {
    if (await tryRun(this.session, `SET SESSION sql_mode = ${quoteString(modes)}`)) return modes;
    const known: string[] = [];
    for (const mode of modes.split(',')) {
      // oxlint-disable-next-line no-await-in-loop -- one connection
      if (await tryRun(this.session, `SET SESSION sql_mode = ${quoteString(mode)}`)) known.push(mode);
    }
    return known.join(',');
  }
}

/** Whether the statement was accepted. */
async function tryRun(session: MySqlSession, sql: string): Promise<boolean> {
  try {
    await session.run(sql);
    return true;
  } catch (error) {
    if (error instanceof AppError && ['DATABASE_FAILED', 'DATABASE_DENIED'].includes(error.code)) return false;
    throw error;
  }
}

async function knownCharset(session: MySqlSession, charset: string): Promise<string> {
  const row = await session.row<{ n: number | string }>(
    'SELECT COUNT(*) AS n FROM information_schema.CHARACTER_SETS WHERE CHARACTER_SET_NAME = ?',
    [charset],
  );
  if (Number(row?.n ?? 0) > 0) return charset;
  return charset === 'utf8mb3' ? 'utf8' : 'utf8mb4';
}
