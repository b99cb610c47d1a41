import { execFile } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from 'vitest';
import { dumpMySql, type DumpMySqlOptions, type DumpResult } from '../../src/backup-modules/wordpress/dump/index.js';
import { useTempFolder } from '../../src/engine/testing/index.js';
import type { JobJournal, JobWarning, MemberSink, MemberSpec, StageProgress } from '../../src/engine/ports/index.js';
import type { SiteDatabase } from '../../src/backup-modules/wordpress/types.js';
import { MariaDbServer, type MariaDbAccount } from '../support/mariadb.js';

const run = promisify(execFile);

/** Writes members as files and checks what a sink demands: path order, exact sizes. */
export class FolderSink implements MemberSink {
  bytes = 0;
  readonly members: MemberSpec[] = [];

  constructor(readonly folder: string) {}

  async add(spec: MemberSpec, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const last = this.members.at(-1)?.path;
    if (last !== undefined && Buffer.compare(Buffer.from(last), Buffer.from(spec.path)) >= 0) {
      throw new Error(`${spec.path} after ${last}`);
    }
    const path = join(this.folder, spec.path);
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'wx');
    let size = 0;
    for await (const part of content instanceof Uint8Array ? [content] : content) {
      await file.write(part);
      size += part.length;
    }
    await file.close();
    if (size !== spec.size) throw new Error(`${spec.path}: ${size} bytes, not ${spec.size}`);
    this.members.push(spec);
    this.bytes += size;
  }

  /** As a person would: the stock client, all pieces in the order of the shell. */
  async loadByHand(server: MariaDbServer, database: string): Promise<void> {
    const client = `mariadb --no-defaults --socket="$1" -uroot --max-allowed-packet=1G "$2"`;
    const script = `set -o pipefail; cat database/*.sql | ${client}`;
    await run('bash', ['--norc', '-c', script, 'bash', server.socket, database], {
      cwd: this.folder,
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
      maxBuffer: 1 << 26,
    });
  }
}

/** Keeps what a job would have told. */
export class ListJournal implements JobJournal {
  readonly warnings: JobWarning[] = [];
  readonly notes: string[] = [];
  readonly steps: StageProgress[] = [];

  progress(progress: StageProgress): void {
    this.steps.push(progress);
  }
  warn(warning: JobWarning): void {
    this.warnings.push(warning);
  }
  note(message: string): void {
    this.notes.push(message);
  }
  codes(): string[] {
    return this.warnings.map((warning) => warning.code);
  }
}

/** The account as a site's database. */
export function siteDatabase(account: MariaDbAccount, tablePrefix = 'wp_'): Extract<SiteDatabase, { engine: 'mysql' }> {
  const { database, user, password, socket } = account;
  const credentials = { host: null, port: null, socketPath: socket, user, password, database };
  return { engine: 'mysql', credentials, tablePrefix, charset: 'utf8mb4' };
}

const textTypes = new Set(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set']);

const id = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** Everything in a database; text by its bytes in hex. Equal databases give equal values. */
export async function contentOf(server: MariaDbServer, database: string): Promise<Record<string, unknown>> {
  const connection = await server.connect({ database });
  const rows = async (sql: string, values: unknown[] = []): Promise<Record<string, string | null>[]> => {
    const [result] = await connection.query(sql, values);
    return result as Record<string, string | null>[];
  };
  try {
    await connection.query(`SET time_zone = '+00:00', SQL_QUOTE_SHOW_CREATE = 1`);
    const content: Record<string, unknown> = {};
    const tables = await rows(
      'SELECT TABLE_NAME n, TABLE_TYPE t FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? ORDER BY 1',
      [database],
    );
    for (const { n, t } of tables) {
      const name = n ?? '';
      const kind = t === 'VIEW' ? 'VIEW' : t === 'SEQUENCE' ? 'SEQUENCE' : 'TABLE';
      const shown = Object.values((await rows(`SHOW CREATE ${kind} ${id(name)}`))[0] ?? {});
      const columns = await rows(
        'SELECT COLUMN_NAME n, DATA_TYPE t FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION',
        [database, name],
      );
      const list = columns.map((column, i) => {
        const quoted = id(column['n'] ?? '');
        const type = column['t'] ?? '';
        if (textTypes.has(type)) return `HEX(CAST(${quoted} AS BINARY)) c${i}`;
        return /blob|binary|geometry|point|polygon|bit/.test(type)
          ? `HEX(${quoted}) c${i}`
          : `CAST(${quoted} AS CHAR) c${i}`;
      });
      const data = kind === 'VIEW' ? [] : await rows(`SELECT ${list.join(', ')} FROM ${id(name)}`);
      content[`${kind} ${name}`] = {
        definition: shown.slice(0, 2).map((text) => text?.replaceAll(`${id(database)}.`, '')),
        rows: data.map((row) => JSON.stringify(row)).toSorted(),
      };
    }
    for (const { Trigger, Table } of await rows('SHOW TRIGGERS')) {
      const shown = (await rows(`SHOW CREATE TRIGGER ${id(Trigger ?? '')}`))[0];
      content[`TRIGGER ${Trigger}`] = [Table, shown?.['SQL Original Statement'], shown?.['sql_mode']];
    }
    for (const kind of ['PROCEDURE', 'FUNCTION']) {
      for (const { Name } of await rows(`SHOW ${kind} STATUS WHERE Db = ?`, [database])) {
        const shown = (await rows(`SHOW CREATE ${kind} ${id(Name ?? '')}`))[0];
        content[`${kind} ${Name}`] = [Object.values(shown ?? {})[2], shown?.['sql_mode']];
      }
    }
    for (const { Name } of await rows('SHOW EVENTS WHERE Db = ?', [database])) {
      const shown = (await rows(`SHOW CREATE EVENT ${id(Name ?? '')}`))[0];
      content[`EVENT ${Name}`] = [shown?.['Create Event'], shown?.['time_zone'], shown?.['sql_mode']];
    }
    return content;
  } finally {
    await connection.end();
  }
}

export interface Dumped {
  result: DumpResult;
  sink: FolderSink;
  journal: ListJournal;
}

export interface DumpBench {
  readonly server: MariaDbServer;
  /** A path in the test's own scratch folder. */
  folder(...parts: string[]): string;
  /** A database of its own with the SQL loaded by root, and an account with all rights on it. */
  database(sql: string, charset?: string): Promise<MariaDbAccount>;
  dump(account: MariaDbAccount, more?: Partial<DumpMySqlOptions>): Promise<Dumped>;
  /** Loads the dump into an empty database of another name by the stock client; gives the name. */
  restored(sink: FolderSink, charset?: string): Promise<string>;
}

/** A MariaDB server for the tests of a file. */
export function useDumpBench(): DumpBench {
  const folder = useTempFolder('dump');
  let server: MariaDbServer | null = null;
  let count = 0;
  let dumps = 0;
  const running = (): MariaDbServer => {
    if (!server) throw new Error('The server runs only while tests run.');
    return server;
  };
  beforeAll(async () => {
    server = await MariaDbServer.start({ args: ['--max-allowed-packet=256M'] });
  });
  afterAll(async () => {
    await server?.stop();
  });
  return {
    get server() {
      return running();
    },
    folder,
    async database(sql, charset) {
      count += 1;
      const account = await running().createDatabase(`site_${count}`, charset === undefined ? {} : { charset });
      await running().load(sql, account.database);
      // Routines made by another account can be read only with this.
      await running().query(`GRANT SELECT ON mysql.proc TO '${account.user}'@'localhost'`);
      return account;
    },
    async dump(account, more = {}) {
      const journal = new ListJournal();
      dumps += 1;
      const mark = `try-${dumps}`;
      const result = await dumpMySql({
        database: siteDatabase(account),
        openSink: async (attempt) => new FolderSink(folder(`${mark}-${attempt}`)),
        workDir: folder(),
        signal: new AbortController().signal,
        journal,
        ...more,
      });
      return { result, sink: result.sink as FolderSink, journal };
    },
    async restored(sink, charset = 'utf8mb4') {
      count += 1;
      const name = `again_${count}`;
      await running().query(`CREATE DATABASE ${name} CHARACTER SET ${charset}`);
      await sink.loadByHand(running(), name);
      return name;
    },
  };
}
