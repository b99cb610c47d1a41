import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOSTILE_SQL, LATIN_SQL, ODD_CHARSET_SQL, WORDPRESS_TABLES } from './dump-fixtures.js';
import { contentOf, siteDatabase, useDumpBench } from './dump-support.js';

const bench = useDumpBench();

describe('a dump and its restore by hand', () => {
  it('gives an equal database, whatever the tables hold', async () => {
    const account = await bench.database(WORDPRESS_TABLES + HOSTILE_SQL);
    const { result, sink, journal } = await bench.dump(account);
    expect(await contentOf(bench.server, await bench.restored(sink))).toEqual(
      await contentOf(bench.server, account.database),
    );
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

  it('keeps text of every Unicode and latin1 column byte for byte', async () => {
    const account = await bench.database(WORDPRESS_TABLES + LATIN_SQL, 'latin1');
    await bench.server.query(
      `CREATE TABLE wp_bytes (id int PRIMARY KEY, v varchar(1) CHARACTER SET latin1);
       INSERT INTO wp_bytes SELECT seq, CONVERT(UNHEX(LPAD(HEX(seq), 2, '0')) USING latin1) FROM seq_1_to_255`,
      account.database,
    );
    const { result, sink, journal } = await bench.dump(account);
    expect(await contentOf(bench.server, await bench.restored(sink, 'latin1'))).toEqual(
      await contentOf(bench.server, account.database),
    );
    expect(result.summary).toMatchObject({ charset: 'latin1', dumpCharset: 'utf8mb4' });
    expect(journal).toMatchObject({ warnings: [], notes: [] });
  });

  it('dumps text as hex where Unicode would lose bytes', async () => {
    const account = await bench.database(WORDPRESS_TABLES + ODD_CHARSET_SQL);
    const { sink, journal } = await bench.dump(account);
    expect(await contentOf(bench.server, await bench.restored(sink))).toEqual(
      await contentOf(bench.server, account.database),
    );
    expect(journal.notes.join()).toMatch(/ascii, cp1251, gbk, koi8r, sjis/);
  });

  it('carries a row of 30 MB and cuts the rest into pieces of complete statements', async () => {
    const account = await bench.database(WORDPRESS_TABLES);
    await bench.server.query(
      `INSERT INTO wp_options VALUES (50, 'big', REPEAT('a\\'😀\\n', 4000000));
       INSERT INTO wp_posts SELECT seq + 10, '2024-01-01', REPEAT(MD5(seq), 30), NULL FROM seq_1_to_9000`,
      account.database,
    );
    const { sink, journal } = await bench.dump(account, { pieceBytes: 64 * 1024 });
    const posts = sink.members.filter((member) => member.table === 'wp_posts' && member.part === 'data');
    expect(posts.length).toBeGreaterThan(60);
    expect(posts.reduce((rows, member) => rows + (member.rows ?? 0), 0)).toBe(9002);
    for (const member of posts) expect(member.size).toBeLessThan(6 * 64 * 1024 + 2048);
    expect(Math.max(...sink.members.map((member) => member.size))).toBeGreaterThan(30_000_000);
    expect((await readdir(bench.folder())).filter((name) => name !== 'children')).toEqual([
      expect.stringMatching(/^try-/),
    ]);
    const done = journal.steps.map((step) => step.bytesDone);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(journal.steps.at(-1)).toMatchObject({ itemsDone: 2, itemsTotal: 2 });
    expect(await contentOf(bench.server, await bench.restored(sink))).toEqual(
      await contentOf(bench.server, account.database),
    );
  });

  it('keeps the history of system-versioned tables', async () => {
    const account = await bench.database(
      `${WORDPRESS_TABLES} CREATE TABLE wp_v (a int PRIMARY KEY, b int) WITH SYSTEM VERSIONING; CREATE TABLE wp_w LIKE wp_v;
       INSERT INTO wp_v VALUES (1, 1); UPDATE wp_v SET b = 2; DELETE FROM wp_v; INSERT INTO wp_w VALUES (1, 5);`,
    );
    const { sink, journal } = await bench.dump(account);
    const history = (database: string) =>
      bench.server.query('SELECT a, b, row_start, row_end FROM wp_v FOR SYSTEM_TIME ALL ORDER BY row_start', database);
    expect(await history(await bench.restored(sink))).toEqual(await history(account.database));
    expect(await history(account.database)).toHaveLength(2);
    expect(journal.warnings).toEqual([]);
  });

  it('gives an empty database for an empty one, with a warning', async () => {
    const account = await bench.database('');
    const { sink, journal } = await bench.dump(account);
    expect(sink.members.map((member) => member.part)).toEqual(['preamble', 'epilogue']);
    expect(await contentOf(bench.server, await bench.restored(sink))).toEqual({});
    expect(journal.codes()).toEqual(['DATABASE_EMPTY']);
  });
});

describe('a database that sites share', () => {
  const sites =
    WORDPRESS_TABLES + WORDPRESS_TABLES.replaceAll('wp_', 'wp_shop_') + WORDPRESS_TABLES.replaceAll('wp_', 'wpx');
  const more = `CREATE TABLE wp_2_posts (a int); CREATE TABLE wp_2_options (a int); CREATE TABLE plugin_log (a int);
    CREATE TABLE wpxextra (a int); CREATE FUNCTION wp_f() RETURNS int RETURN 1; CREATE FUNCTION wpxf() RETURNS int RETURN 1;
    CREATE VIEW wp_shop_view AS SELECT 1; CREATE VIEW wp_view AS SELECT 1;`;

  it('is dumped by the longest prefix, and what is left out is said', async () => {
    const account = await bench.database(sites + more);
    const { sink, journal } = await bench.dump(account);
    const names = Object.keys(await contentOf(bench.server, await bench.restored(sink)));
    expect(names.toSorted()).toEqual(['FUNCTION wp_f', 'TABLE wp_options', 'TABLE wp_posts', 'VIEW wp_view']);
    expect(journal.warnings).toMatchObject([{ code: 'TABLES_LEFT_OUT', context: { tables: ['plugin_log'] } }]);
    expect(journal.notes.join()).toContain('wp_shop_, wp_2_, wpx');
  });

  it('gives a network its blogs, and a site the tables named for it', async () => {
    const network = `CREATE TABLE wp_blogs (blog_id bigint); INSERT INTO wp_blogs VALUES (1), (2); CREATE TABLE wp_site (id int);`;
    const account = await bench.database(sites + more + network);
    const { sink } = await bench.dump(account, { scope: { alsoTables: ['wpxextra'], excludeTables: ['wp_site'] } });
    const tables = [...new Set(sink.members.filter((m) => m.part === 'schema').map((member) => member.table))];
    expect(tables).toEqual(['wp_2_options', 'wp_2_posts', 'wp_blogs', 'wp_options', 'wp_posts', 'wpxextra']);
  });

  it('is refused for a prefix that has no tables', async () => {
    const account = await bench.database(sites);
    await expect(bench.dump(account, { database: siteDatabase(account, 'other_') })).rejects.toMatchObject({
      code: 'DATABASE_TABLES_MISSING',
    });
  });
});

describe('an account with few rights', () => {
  it('still gets a dump, with a warning for each thing that is missing', async () => {
    const account = await bench.database(
      `${WORDPRESS_TABLES} CREATE VIEW wp_view AS SELECT 1; CREATE VIEW wp_broken AS SELECT option_id FROM wp_options;
       ALTER TABLE wp_options CHANGE option_id id bigint; CREATE PROCEDURE wp_p() SELECT 1;
       CREATE TRIGGER wp_t BEFORE INSERT ON wp_posts FOR EACH ROW SET NEW.ID = NEW.ID;`,
    );
    await bench.server.query(
      `CREATE USER few@localhost IDENTIFIED BY 'x'; GRANT SELECT, EXECUTE ON ${account.database}.* TO few@localhost`,
    );
    const { sink, journal } = await bench.dump({ ...account, user: 'few', password: 'x' });
    expect(journal.warnings.map((warning) => warning.context?.['privilege'] ?? warning.code)).toEqual([
      'SHOW VIEW or SELECT',
      'EVENT',
      'TRIGGER',
      'the right to see routines (SHOW CREATE ROUTINE, or SELECT on mysql.proc)',
      'VIEW_BROKEN',
    ]);
    expect(Object.keys(await contentOf(bench.server, await bench.restored(sink)))).toEqual([
      'TABLE wp_options',
      'TABLE wp_posts',
    ]);
    const all = await bench.dump(account);
    expect(all.journal.warnings).toMatchObject([{ code: 'VIEW_BROKEN', context: { names: ['wp_broken'] } }]);
  });
});
