import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseFacts } from '../../support/database-facts.js';
import { MariaDbServer, type MariaDbAccount } from '../../support/mariadb.js';
import { makeScratch, until } from '../../support/scratch.js';
import { backUp, credentialsOf, handmade, litter, membersOf, restoreTo, type TestBackup } from './fixture.js';

let server: MariaDbServer;
let account: MariaDbAccount;
const scratch = makeScratch('db-limits');
const MIB = 1024 * 1024;

beforeAll(async () => {
  server = await MariaDbServer.start({ args: ['--max-allowed-packet=16M', '--innodb-log-file-size=160M'] });
  account = await server.createDatabase('limits');
});
afterAll(async () => {
  await server.stop();
  scratch.remove();
});

const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('rows near the limits of the server', () => {
  it('that are twice as long in a dump as they were when written come back on the same server', async () => {
    // 12 MiB in a packet of 16 MiB; the dump holds 24 MiB of hexadecimal digits.
    const blob = randomBytes(12 * MIB);
    const text = '\'\\\0\n\u001a"é😀'.repeat(300_000);
    const connection = await server.connect(account);
    await connection.query('CREATE TABLE wp_big (id int PRIMARY KEY, b longblob, t longtext) DEFAULT CHARSET=utf8mb4');
    await connection.execute('INSERT INTO wp_big VALUES (1, ?, NULL)', [blob]);
    await connection.query('INSERT INTO wp_big VALUES (2, NULL, ?), (3, NULL, ?)', [text, 'x']);
    await connection.end();
    const backup = await backUp(scratch.path, account);
    await server.query('DELETE FROM wp_big', 'limits');
    const { restore, journal } = await restoreTo(scratch.path, credentialsOf(account));
    await restore.load(backup.info, membersOf(backup, 65_536));
    await restore.activate();
    await restore.commit();
    const rows = await server.query(
      'SELECT id, SHA2(b, 256) AS b, SHA2(t, 256) AS t FROM wp_big ORDER BY id',
      'limits',
    );
    expect(rows).toEqual([
      { id: 1, b: sha(blob), t: null },
      { id: 2, b: null, t: sha(Buffer.from(text)) },
      { id: 3, b: null, t: sha(Buffer.from('x')) },
    ]);
    expect(journal.warnings).toEqual([]);
  });

  it('that no statement can carry are refused with the variable to raise', async () => {
    const backup = bigRow(40 * MIB);
    const { restore } = await restoreTo(scratch.path, credentialsOf(account));
    await expect(restore.load(backup.info, membersOf(backup, MIB))).rejects.toMatchObject({
      code: 'ROW_TOO_BIG',
      hint: expect.stringContaining('SET GLOBAL max_allowed_packet=67108864'),
      context: { piece: 'database/0001-data.sql' },
    });
    await restore.rollBack();
    expect(await litter(server)).toEqual([]);
    await server.query('SET GLOBAL max_allowed_packet = 67108864');
    const second = await restoreTo(scratch.path, credentialsOf(account));
    await second.restore.load(backup.info, membersOf(backup, MIB));
    await second.restore.rollBack();
  });

  it('keep every byte of every character set', async () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const connection = await server.connect(account);
    await connection.query(
      'CREATE TABLE wp_latin (t varchar(600) CHARACTER SET latin1, b varbinary(600), k varchar(600) CHARACTER SET koi8r)',
    );
    await connection.query('INSERT INTO wp_latin VALUES (_latin1 ?, ?, _koi8r ?)', [all, all, all]);
    await connection.end();
    const bytes = 'SELECT HEX(t) AS t, HEX(b) AS b, HEX(k) AS k FROM wp_latin';
    const before = await server.query(bytes, 'limits');
    const backup = await backUp(scratch.path, account);
    const { restore, journal } = await restoreTo(scratch.path, credentialsOf(account));
    await restore.load(backup.info, membersOf(backup));
    await restore.activate();
    await restore.commit();
    expect(await server.query(bytes, 'limits')).toEqual(before);
    expect(journal.warnings).toEqual([]);
  });
});

describe('a restore that cannot go on', () => {
  it('because a piece is damaged leaves the live tables as they are', async () => {
    const before = await databaseFacts(server, 'limits');
    const backup = handmade([
      { part: 'schema', table: 'wp_big', sql: 'CREATE TABLE `wp_big` (`a` int);' },
      { part: 'data', table: 'wp_big', sql: 'INSERT INTO `wp_big` VALUES (1);INSERT INTO `wp_big` VALUES (1,2);' },
    ]);
    const { restore, again } = await restoreTo(scratch.path, credentialsOf(account));
    await expect(restore.load(backup.info, membersOf(backup))).rejects.toMatchObject({ code: 'DUMP_LOAD_FAILED' });
    await again().rollBack();
    expect(await databaseFacts(server, 'limits')).toEqual(before);
    expect(await litter(server)).toEqual([]);
  });

  it('because rows are missing says how many', async () => {
    const backup = handmade([
      { part: 'schema', table: 'wp_big', sql: 'CREATE TABLE `wp_big` (`a` int);' },
      { part: 'data', table: 'wp_big', sql: 'INSERT INTO `wp_big` VALUES (1);' },
    ]);
    for (const { spec } of backup.members) if (spec.part === 'data') spec.rows = 2;
    const { restore } = await restoreTo(scratch.path, credentialsOf(account));
    await expect(restore.load(backup.info, membersOf(backup))).rejects.toMatchObject({
      code: 'DUMP_ROWS_MISSING',
      context: { expected: 2, loaded: 1 },
    });
    await restore.rollBack();
  });

  it('because it is cancelled while a table is locked ends at once, and the statement on the server with it', async () => {
    await server.query('DROP TABLE IF EXISTS wp_latin; CREATE TABLE wp_lock (a int)', 'limits');
    const before = await databaseFacts(server, 'limits');
    const backup = handmade([{ part: 'schema', table: 'wp_lock', sql: 'CREATE TABLE `wp_lock` (`b` int);' }]);
    const run = await restoreTo(scratch.path, credentialsOf(account), { keepTables: ['wp_big'] });
    await run.restore.load(backup.info, membersOf(backup));
    const holder = await server.connect(account);
    await holder.query('LOCK TABLES wp_lock WRITE');
    const activation = run.restore.activate().then(
      () => null,
      (error: unknown) => error,
    );
    const renaming = "SELECT 1 FROM information_schema.PROCESSLIST WHERE INFO LIKE 'RENAME TABLE%'";
    await until('the rename to wait', async () => (await server.query(renaming)).length > 0);
    run.abort.abort();
    expect(await activation).toMatchObject({ code: 'JOB_CANCELLED' });
    await run.again().rollBack();
    expect(await server.query(renaming)).toEqual([]);
    await holder.query('UNLOCK TABLES');
    await holder.end();
    expect(await databaseFacts(server, 'limits')).toEqual(before);
    expect(await litter(server)).toEqual([]);
  });
});

/** One row whose text cannot be written any shorter. */
function bigRow(bytes: number): TestBackup {
  return handmade([
    { part: 'schema', table: 'wp_huge', sql: 'CREATE TABLE `wp_huge` (`t` longtext) CHARSET=utf8mb4;' },
    { part: 'data', table: 'wp_huge', sql: `INSERT INTO \`wp_huge\` VALUES ('${'x'.repeat(bytes)}');` },
  ]);
}
