import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SiteDto } from '../../../src/cli/api-types.js';
import type { StorageDriver } from '../../../src/engine/ports/index.js';
import type { TableDiffDto } from '../../../src/modules/diff/dto/table-diff.dto.js';
import { BackupAdopter } from '../../../src/modules/backups/index.js';
import { StorageService } from '../../../src/modules/storage/index.js';
import { MariaDbServer } from '../../support/mariadb.js';
import { runSql } from '../../support/postgres.js';
import { WordPressSite } from '../../support/wordpress.js';
import type { TestApp } from '../core/test-app.js';
import { cliAs } from '../core/cli.js';
import { GatedSite, startJobsApp } from './jobs-app.js';

/** Tables with all kinds of keys; `wp_big` has many pieces. */
const BEFORE = `
CREATE TABLE wp_big (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, v varchar(200)) ENGINE=InnoDB;
INSERT INTO wp_big SELECT seq, CONCAT(SHA2(seq, 512), "it's (", seq, '),\n(') FROM seq_1_to_20000;
CREATE TABLE wp_dropped (id int PRIMARY KEY) ENGINE=InnoDB; INSERT INTO wp_dropped VALUES (1), (2), (3);
CREATE TABLE wp_altered (id int PRIMARY KEY, v text) ENGINE=InnoDB; INSERT INTO wp_altered SELECT seq, SHA2(seq, 256) FROM seq_1_to_1000;
CREATE TABLE wp_indexed (id int PRIMARY KEY, v int) ENGINE=InnoDB; INSERT INTO wp_indexed VALUES (1, 2), (2, 3);
CREATE TABLE wp_no_key (a int, v varchar(60)) ENGINE=InnoDB;
INSERT INTO wp_no_key SELECT seq % 7, SHA2(seq % 1000, 224) FROM seq_1_to_3000;
CREATE TABLE wp_composite (v varchar(100), b int, a varchar(20), PRIMARY KEY (a, b)) ENGINE=InnoDB;
INSERT INTO wp_composite SELECT SHA2(seq, 256), seq % 50, CONCAT('ä,\\'', seq DIV 50) FROM seq_1_to_2000;
CREATE TABLE wp_text_key (name varchar(100) COLLATE utf8mb4_bin PRIMARY KEY, v int, bin blob) ENGINE=InnoDB;
INSERT INTO wp_text_key SELECT CONCAT('na\\\\me ''', seq, '\n😀'), seq, UNHEX(SHA2(seq, 256)) FROM seq_1_to_2000;
CREATE TABLE wp_old (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, v text) ENGINE=MyISAM; INSERT INTO wp_old (v) VALUES ('x'), ('y');
CREATE VIEW wp_view AS SELECT id FROM wp_big; CREATE VIEW wp_kept_view AS SELECT id FROM wp_big;
CREATE TRIGGER wp_kept_trigger BEFORE INSERT ON wp_dropped FOR EACH ROW SET @x = 1;
CREATE TRIGGER wp_trigger BEFORE INSERT ON wp_big FOR EACH ROW SET @x = 1;
`;
const EDITS = `
UPDATE wp_big SET v = 'edited' WHERE id IN (7000, 7001); DELETE FROM wp_big WHERE id = 7050; INSERT INTO wp_big (v) VALUES ('new');
DROP TABLE wp_dropped;
CREATE TABLE wp_added (id int PRIMARY KEY) ENGINE=InnoDB; INSERT INTO wp_added VALUES (1), (2);
ALTER TABLE wp_altered ADD COLUMN more int NOT NULL DEFAULT 4; DELETE FROM wp_altered WHERE id < 5;
ALTER TABLE wp_indexed ADD KEY v (v);
DELETE FROM wp_no_key WHERE a = 3 LIMIT 5; INSERT INTO wp_no_key VALUES (1, 'one'), (1, 'one'), (NULL, NULL);
UPDATE wp_composite SET v = 'x' WHERE b = 7; DELETE FROM wp_composite WHERE b = 8; INSERT INTO wp_composite VALUES ('v', 1000, 'new');
UPDATE wp_text_key SET v = -1 WHERE v % 500 = 0; UPDATE wp_text_key SET name = 'renamed' WHERE v = 13;
INSERT INTO wp_old (v) VALUES ('z');
CREATE OR REPLACE VIEW wp_view AS SELECT v FROM wp_big;
DROP TRIGGER wp_trigger; CREATE TRIGGER wp_trigger BEFORE INSERT ON wp_big FOR EACH ROW SET @x = 2;
`;

type Tables = Map<string, { definition: string; key: string[]; rows: RowDataPacket[] }>;

/** All of a database, held whole. */
async function everything(connection: Connection): Promise<Tables> {
  const rowsOf = async (sql: string): Promise<RowDataPacket[]> => (await connection.query<RowDataPacket[]>(sql))[0];
  const tables: Tables = new Map();
  for (const row of await rowsOf("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'")) {
    const name = String(Object.values(row)[0]);
    const shown = String((await rowsOf(`SHOW CREATE TABLE \`${name}\``))[0]?.['Create Table']);
    const keys = await rowsOf(`SHOW KEYS FROM \`${name}\` WHERE Key_name = 'PRIMARY'`);
    tables.set(name, {
      definition: shown.replace(/ AUTO_INCREMENT=\d+/, ''),
      key: keys.map((key) => String(key['Column_name'])),
      rows: await rowsOf(`SELECT * FROM \`${name}\``),
    });
  }
  return tables;
}

/** The figures, worked out row by row. */
function truth(before: Tables, after: Tables): unknown[] {
  return [...new Set([...before.keys(), ...after.keys()])].toSorted().map((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    const [left, fresh] = [countRows(old?.rows ?? []), countRows(now?.rows ?? [])];
    for (const [text, one] of left) {
      const other = fresh.get(text);
      const both = Math.min(one.count, other?.count ?? 0);
      one.count -= both;
      if (other !== undefined) other.count -= both;
    }
    const key = now?.key ?? [];
    const keyOf = (row: RowDataPacket): string => JSON.stringify(key.map((column) => row[column] as unknown));
    const surplus = (rows: typeof left): RowDataPacket[] =>
      [...rows.values()].flatMap(({ row, count }) => Array.from({ length: count }, () => row));
    const gone = new Set(surplus(left).map(keyOf));
    const changed = key.length === 0 ? 0 : surplus(fresh).filter((row) => gone.has(keyOf(row))).length;
    const rowsAdded = surplus(fresh).length - changed;
    const rowsRemoved = surplus(left).length - changed;
    const definitionChanged = old !== undefined && now !== undefined && old.definition !== now.definition;
    const isSame = !definitionChanged && rowsAdded + rowsRemoved + changed === 0;
    return {
      name,
      change: old === undefined ? 'added' : now === undefined ? 'removed' : isSame ? 'same' : 'changed',
      definitionChanged,
      rowsBefore: old?.rows.length ?? 0,
      rowsAfter: now?.rows.length ?? 0,
      rowsAdded,
      rowsRemoved,
      rowsChanged: changed,
      exact: true,
    };
  });
}

const rowsOf = (found: Tables): number => [...found.values()].reduce((sum, { rows }) => sum + rows.length, 0);

function countRows(rows: readonly RowDataPacket[]): Map<string, { row: RowDataPacket; count: number }> {
  const counts = new Map<string, { row: RowDataPacket; count: number }>();
  for (const row of rows) {
    const text = JSON.stringify(row);
    const known = counts.get(text) ?? { row, count: 0 };
    known.count += 1;
    counts.set(text, known);
  }
  return counts;
}

describe('what changed in the database between two backups', () => {
  let test: TestApp;
  let server: MariaDbServer;
  let site: SiteDto;
  let tables: { before: Tables; after: Tables };
  let backups: { from: string; to: string };

  const cli = (...args: string[]): ReturnType<typeof cliAs> => cliAs(test.operator, args);

  beforeAll(async () => {
    [server, test] = await Promise.all([MariaDbServer.start(), startJobsApp()]);
    const account = await server.createDatabase('shop');
    const root = join(test.folder, 'www/shop');
    const wordpress = await WordPressSite.install({ root, database: account, title: 'The Shop', slim: true });
    await server.query(BEFORE, 'shop');
    const connection = await server.connect({ database: 'shop' });
    site = await test.admin.addSite(root, { name: 'The Shop' });
    const before = await everything(connection);
    const first = await test.admin.backUp(site.id);
    await wordpress.php(
      "wp_insert_post(['post_title' => 'One more', 'post_status' => 'publish']); update_option('blogname', 'Other');",
    );
    writeFileSync(join(root, 'extra.txt'), 'extra');
    await server.query(EDITS, 'shop');
    tables = { before, after: await everything(connection) };
    await connection.end();
    const second = await test.admin.backUp(site.id);
    backups = { from: first.backupId ?? '', to: second.backupId ?? '' };
  });
  afterAll(async () => {
    await test?.close();
    await server?.stop();
  });

  it('is told for each table as it is in truth', async () => {
    const found = await test.operator.get<TableDiffDto>(`/backups/${backups.to}/diff/tables`);
    expect(found).toMatchObject(backups);
    expect(found.tables).toEqual(truth(tables.before, tables.after));
    const byName = new Map(found.tables.map((table) => [table.name, table]));
    expect(byName.get('wp_big')).toMatchObject({
      rowsAdded: 1,
      rowsRemoved: 1,
      rowsChanged: 2,
      definitionChanged: false,
    });
    expect(byName.get('wp_dropped')).toMatchObject({ change: 'removed', rowsRemoved: 3 });
    expect(byName.get('wp_added')).toMatchObject({ change: 'added', rowsAdded: 2 });
    expect(byName.get('wp_altered')).toMatchObject({ definitionChanged: true, rowsRemoved: 4, rowsChanged: 996 });
    expect(byName.get('wp_indexed')).toMatchObject({ change: 'changed', definitionChanged: true, rowsChanged: 0 });
    expect(byName.get('wp_no_key')).toMatchObject({ rowsAdded: 3, rowsRemoved: 5, rowsChanged: 0 });
    expect(byName.get('wp_composite')).toMatchObject({ rowsAdded: 1, rowsRemoved: 40, rowsChanged: 40 });
    expect(byName.get('wp_text_key')).toMatchObject({ rowsAdded: 1, rowsRemoved: 1, rowsChanged: 4 });
    expect(byName.get('wp_old')).toMatchObject({ rowsAdded: 1, definitionChanged: false });
    expect(byName.get('wp_posts')).toMatchObject({ change: 'changed', exact: true });
    expect(byName.get('wp_users')).toMatchObject({ change: 'same' });
    expect(found.totals).toMatchObject({ added: 1, removed: 1, exact: true });
    expect(found.objects).toEqual([
      { kind: 'trigger', name: 'wp_kept_trigger', change: 'removed' },
      { kind: 'trigger', name: 'wp_trigger', change: 'changed' },
      { kind: 'view', name: 'wp_view', change: 'changed' },
    ]);
  });

  it('is told backwards too, and is nothing between a backup and itself', async () => {
    const back = await test.operator.get<TableDiffDto>(`/backups/${backups.from}/diff/tables?from=${backups.to}`);
    const expected = truth(tables.after, tables.before).map(
      (table) => expect.objectContaining({ ...(table as object) }) as unknown,
    );
    expect(back.tables).toEqual(expected);
    const same = await test.operator.get<TableDiffDto>(`/backups/${backups.to}/diff/tables?from=${backups.to}`);
    expect(same.totals).toMatchObject({ added: 0, removed: 0, changed: 0, rowsChanged: 0 });
    expect(same.objects).toEqual([]);
  });

  it('reads no content where nothing changed', async () => {
    const [copy] = (await test.admin.backups(site.id))[0]?.copies ?? [];
    const driver = await test.app.get(StorageService, { strict: false }).driver(copy?.providerId ?? '');
    const keys: string[] = [];
    const read = driver.read.bind(driver);
    const noting: StorageDriver['read'] = (key, range, signal) => {
      keys.push(key);
      return read(key, range, signal);
    };
    Object.assign(driver, { read: noting });
    try {
      await test.operator.get(`/backups/${backups.to}/diff/tables?from=${backups.to}`);
      expect(keys.filter((key) => !key.endsWith('.manifest.ndjson.zst'))).toEqual([]);
      await test.operator.get(`/backups/${backups.to}/diff/tables`);
      expect(keys.filter((key) => key.endsWith('.tar.zst')).length).toBeGreaterThan(0);
    } finally {
      Reflect.deleteProperty(driver, 'read');
    }
  });

  it('is shown on the command line after the files, or alone, or as JSON', async () => {
    const both = await cli('diff', 'latest', '--site', 'The Shop');
    expect(both.stderr).toBe('');
    expect(both.code).toBe(0);
    expect(both.stdout).toMatch(/\+ files\/extra\.txt[^]*TABLE +ROWS ADDED +REMOVED +CHANGED/);
    expect(both.stdout).toMatch(/~ wp_big +1 +1 +2\n/);
    expect(both.stdout).toMatch(/\+ wp_added +2 +0 +0\n/);
    expect(both.stdout).toMatch(/- wp_dropped +0 +3 +0\n/);
    expect(both.stdout).toMatch(/~ wp_altered +0 +4 +996 +definition changed\n/);
    expect(both.stdout).toContain('~ view wp_view\n');
    expect(both.stdout).toMatch(/1 table added, \d+ changed, 1 removed, \d+ the same/);
    expect(both.stdout).not.toContain('wp_users');
    const database = await cli('diff', 'latest', '--only', 'database');
    expect(database.stdout).toContain('wp_big');
    expect(database.stdout).not.toContain('extra.txt');
    for (const args of [
      ['--only', 'files'],
      ['--path', 'extra.txt'],
    ]) {
      const files = await cli('diff', 'latest', ...args);
      expect(files.stdout).toContain('extra.txt');
      expect(files.stdout).not.toContain('wp_big');
    }
    const json = JSON.parse((await cli('diff', 'latest', '--json')).stdout) as Record<string, unknown>;
    expect(json).toMatchObject({ ...backups, totals: { added: 1 }, database: { ...backups, totals: { added: 1 } } });
    const alone = JSON.parse((await cli('diff', 'latest', '--only', 'database', '--json')).stdout) as object;
    expect(alone).toMatchObject({ ...backups, totals: null, items: [], database: backups });
    expect((await cli('diff', 'latest', '--only', 'tables')).code).toBe(2);
    expect((await cli('diff', 'latest', '--only', 'database', '--path', 'x')).code).toBe(2);
  });

  it('and the catalogue knows how many rows each backup has, also where it learns it from the manifest', async () => {
    const counted = async (): Promise<(number | null)[]> =>
      (await test.admin.backups(site.id)).map(({ rowCount }) => rowCount);
    const expected = [rowsOf(tables.after), rowsOf(tables.before)];
    expect(expected[0]).not.toBe(expected[1]);
    expect(await counted()).toEqual(expected);
    const [newest] = await test.admin.backups(site.id);
    const manifestKey = newest?.bundleKey.replace('.tar.zst', '.manifest.ndjson.zst') ?? '';
    await runSql(test.config.databaseUrl ?? '', `delete from backup where id = '${newest?.id ?? ''}'`);
    expect(await counted()).toEqual([expected[1]]);
    const adopter = test.app.get(BackupAdopter, { strict: false });
    await adopter.adopt(newest?.copies[0]?.providerId ?? '', manifestKey);
    expect(await counted()).toEqual(expected);
  });

  it('says what it can not compare', async () => {
    const get = async (path: string): Promise<unknown> => (await test.operator.call('GET', path)).body;
    expect(await get(`/backups/${backups.from}/diff/tables`)).toMatchObject({ code: 'DIFF_NOTHING_BEFORE' });
    expect(await get(`/backups/${site.id}/diff/tables`)).toMatchObject({ code: 'BACKUP_NOT_FOUND' });
    const plain = await GatedSite.make(test, 'plain');
    const one = (await plain.backUp()).backupId ?? '';
    const two = (await plain.backUp()).backupId ?? '';
    expect(await get(`/backups/${two}/diff/tables?from=${backups.to}`)).toMatchObject({ code: 'DIFF_OTHER_SITE' });
    expect(await get(`/backups/${two}/diff/tables?from=${one}`)).toMatchObject({ code: 'DIFF_UNSUPPORTED' });
    expect((await test.viewer.call('GET', `/backups/${backups.to}/diff/tables`)).status).toBe(403);
    expect((await test.anyone.call('GET', `/backups/${backups.to}/diff/tables`)).status).toBe(401);
    expect(await cli('diff', two)).toMatchObject({ code: 0, stderr: '' });
    expect(await cli('diff', two, '--only', 'database')).toMatchObject({ code: 2 });
  });
});
