import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpMySql, type DumpMySqlOptions, type DumpResult } from '../../src/backup-modules/wordpress/dump/index.js';
import { MariaDbServer, type MariaDbAccount } from '../support/mariadb.js';
import { contentOf, FolderSink, ListJournal, siteDatabase } from './dump-support.js';
import { HOSTILE_SQL, LATIN_SQL, ODD_CHARSET_SQL, WORDPRESS_TABLES } from './dump-fixtures.js';
import { useTempFolder } from '../../src/engine/testing/index.js';

const folder = useTempFolder('dump');
let server: MariaDbServer;
let count = 0;

beforeAll(async () => {
  server = await MariaDbServer.start({ args: ['--max-allowed-packet=256M'] });
});
afterAll(async () => {
  await server.stop();
});

/** A database of its own with the SQL loaded by root, and an account with all rights on it. */
async function database(sql: string, charset?: string): Promise<MariaDbAccount> {
  count += 1;
  const account = await server.createDatabase(`site_${count}`, charset === undefined ? {} : { charset });
  await server.load(sql, account.database);
  return account;
}

interface Dumped {
  result: DumpResult;
  sink: FolderSink;
  journal: ListJournal;
}

async function dump(account: MariaDbAccount, more: Partial<DumpMySqlOptions> = {}): Promise<Dumped> {
  const journal = new ListJournal();
  const sinks: FolderSink[] = [];
  const result = await dumpMySql({
    database: siteDatabase(account),
    openSink: async (attempt) => {
      sinks.push(new FolderSink(folder(`try-${count}-${attempt}`)));
      return sinks.at(-1)!;
    },
    workDir: folder(),
    signal: new AbortController().signal,
    journal,
    ...more,
  });
  return { result, sink: sinks.at(-1)!, journal };
}

/** Loads the dump into an empty database of another name by the stock client. */
async function restored(sink: FolderSink, charset = 'utf8mb4'): Promise<string> {
  count += 1;
  const name = `again_${count}`;
  await server.query(`CREATE DATABASE ${name} CHARACTER SET ${charset}`);
  await sink.loadByHand(server, name);
  return name;
}

describe('a dump and its restore by hand', () => {
  it('gives an equal database, whatever the tables hold', async () => {
    const account = await database(WORDPRESS_TABLES + HOSTILE_SQL);
    const { result, sink, journal } = await dump(account);
    expect(await contentOf(server, await restored(sink))).toEqual(await contentOf(server, account.database));
    expect(journal.codes()).toEqual(['TABLE_NOT_TRANSACTIONAL']);
    expect(journal.warnings[0]?.context?.['tables']).toEqual(['wp_memory', 'wp_old']);
    expect(result).toMatchObject({ attempts: 1, bytes: sink.bytes });
    expect(result.summary).toMatchObject({ engine: 'mariadb', name: account.database, charset: 'utf8mb4' });
    expect(sink.members[0]?.path).toBe('database/0000-preamble.sql');
    expect(sink.members.at(-1)?.path).toBe('database/9999-epilogue.sql');
    const preamble = await readFile(join(sink.folder, 'database/0000-preamble.sql'), 'latin1');
    expect(preamble).not.toContain('sandbox');
    const all = await Promise.all(sink.members.map((m) => readFile(join(sink.folder, m.path), 'latin1')));
    expect(all.join('')).not.toContain(account.database);
  });
});
