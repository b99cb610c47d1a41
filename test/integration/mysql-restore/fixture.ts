import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { dumpMySql } from '../../../src/backup-modules/wordpress/dump/index.js';
import { MySqlRestore, type DatabaseMember } from '../../../src/backup-modules/wordpress/db-restore/index.js';
import type { MySqlCredentials } from '../../../src/backup-modules/wordpress/types.js';
import type { JobJournal, JobWarning, MemberSink, MemberSpec } from '../../../src/engine/ports/index.js';
import type { ManifestDatabaseInfo, ManifestEntry } from '../../../src/engine/snapshot/manifest/types.js';
import type { MariaDbAccount, MariaDbServer } from '../../support/mariadb.js';

/** A dump held in memory. */
export interface TestBackup {
  info: ManifestDatabaseInfo;
  members: { spec: MemberSpec; content: Buffer }[];
}

export class TestJournal implements JobJournal {
  readonly warnings: JobWarning[] = [];
  readonly notes: string[] = [];
  bytesDone = 0;
  progress(progress: { bytesDone: number }): void {
    this.bytesDone = progress.bytesDone;
  }
  warn(warning: JobWarning): void {
    this.warnings.push(warning);
  }
  note(message: string): void {
    this.notes.push(message);
  }
  get codes(): string[] {
    return this.warnings.map((warning) => warning.code);
  }
}

export function credentialsOf(account: MariaDbAccount, change: Partial<MySqlCredentials> = {}): MySqlCredentials {
  return {
    host: null,
    port: null,
    socketPath: account.socket,
    user: account.user,
    password: account.password,
    database: account.database,
    ...change,
  };
}

export function adminOf(server: MariaDbServer): MySqlCredentials {
  return { host: null, port: null, socketPath: server.socket, user: 'root', password: '', database: '' };
}

/** Backs a database up with backupd's own dump. */
export async function backUp(folder: string, account: MariaDbAccount, tablePrefix = 'wp_'): Promise<TestBackup> {
  const members: TestBackup['members'] = [];
  const sink: MemberSink = {
    bytes: 0,
    async add(spec, content) {
      const parts: Uint8Array[] = [];
      if (content instanceof Uint8Array) parts.push(Buffer.from(content));
      else for await (const part of content) parts.push(Buffer.from(part));
      members.push({ spec, content: Buffer.concat(parts) });
    },
  };
  const { summary } = await dumpMySql({
    database: { engine: 'mysql', credentials: credentialsOf(account), tablePrefix, charset: null },
    openSink: async () => {
      members.length = 0;
      return sink;
    },
    workDir: folder,
    signal: new AbortController().signal,
    journal: new TestJournal(),
    pieceBytes: 64 * 1024,
  });
  return { info: summary, members };
}

/** A dump written by hand. */
export function handmade(
  parts: { part: MemberSpec['part']; sql: string | Buffer; table?: string; path?: string }[],
  info: Partial<ManifestDatabaseInfo> = {},
): TestBackup {
  return {
    info: {
      engine: 'mariadb',
      version: '10.11',
      client: null,
      name: 'old',
      charset: 'utf8mb4',
      collation: 'utf8mb4_general_ci',
      tablePrefix: 'wp_',
      dumpCharset: 'utf8mb4',
      tables: 0,
      takenAt: new Date(0).toISOString(),
      ...info,
    },
    members: parts.map(({ part, sql, table, path }, i) => {
      const content = Buffer.from(sql as string);
      return {
        spec: {
          path: path ?? `database/${String(i).padStart(4, '0')}-${part}.sql`,
          size: content.length,
          ...(part === undefined ? {} : { part }),
          ...(table === undefined ? {} : { table }),
        },
        content,
      };
    }),
  };
}

/** The pieces as a backup source gives them, in chunks of an odd size. */
export async function* membersOf(backup: TestBackup, chunk = 7919): AsyncGenerator<DatabaseMember> {
  for (const { spec, content } of backup.members) {
    const chunks: Buffer[] = [];
    for (let at = 0; at < content.length; at += chunk) chunks.push(content.subarray(at, at + chunk));
    yield { ...spec, content: Readable.from(chunks) };
  }
}

export async function* entriesOf(backup: TestBackup): AsyncGenerator<ManifestEntry> {
  for (const { spec } of backup.members) {
    yield {
      kind: 'entry',
      type: 'file',
      mode: 0o600,
      uid: 0,
      gid: 0,
      mtime: '0',
      ...spec,
    };
  }
}

let count = 0;

export interface TestRestore {
  restore: MySqlRestore;
  journal: TestJournal;
  workDir: string;
  safetyDir: string;
  abort: AbortController;
  /** Another instance over the same work folder: what a restarted backupd has. */
  again: () => MySqlRestore;
}

export async function restoreTo(
  folder: string,
  target: MySqlCredentials,
  options: { admin?: MySqlCredentials; tablePrefix?: string; keepTables?: string[]; workDir?: string } = {},
): Promise<TestRestore> {
  count += 1;
  const workDir = options.workDir ?? join(folder, `work-${count}`);
  const safetyDir = join(folder, `safety-${count}`);
  await mkdir(workDir, { recursive: true, mode: 0o700 });
  const journal = new TestJournal();
  const abort = new AbortController();
  const make = (): MySqlRestore =>
    new MySqlRestore({
      jobId: 'job-1',
      workDir,
      safetyDir,
      target,
      tablePrefix: options.tablePrefix ?? 'wp_',
      admin: options.admin ?? null,
      ...(options.keepTables ? { keepTables: options.keepTables } : {}),
      journal,
      signal: abort.signal,
    });
  return { restore: make(), journal, workDir, safetyDir, abort, again: make };
}

/** Everything a restore could leave behind on the server, as names. */
export async function litter(server: MariaDbServer): Promise<string[]> {
  const tables = await server.query(
    "SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME) AS n FROM information_schema.TABLES WHERE TABLE_NAME LIKE '\\_bk%'",
  );
  return tables.map((row) => String(row['n']));
}

/** All files below a folder, relative. */
export async function filesBelow(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return found.filter((entry) => entry.isFile()).map((entry) => entry.name);
}
