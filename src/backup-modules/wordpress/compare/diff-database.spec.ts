import { describe, expect, it } from 'vitest';
import type { TableDifference } from '../../../engine/ports/index.js';
import { CountingStorageDriver, MemoryStorageDriver, useTempFolder } from '../../../engine/testing/index.js';
import {
  diffTables,
  diffTexts,
  dumpMembers,
  storeMembers,
  tableText,
  type DumpTable,
  type Given,
} from './compare.spec-support.js';
import { diffDatabase, type DiffDatabaseLimits } from './index.js';

const folder = useTempFolder('compare');
const { signal } = new AbortController();

async function one(before: DumpTable, after: DumpTable, given?: Given): Promise<TableDifference | undefined> {
  return (await diffTables(folder(), [before], [after], given))[0];
}

const numbered = (count: number, version = (_n: number) => 0): string[] =>
  Array.from({ length: count }, (_, n) => `(${n},'row ${n}, it\\'s (one)','${'x'.repeat(n % 90)}${version(n)}')`);
const table = (rows: readonly string[], more: Partial<DumpTable> = {}): DumpTable => ({
  name: 't',
  key: '`a`',
  rows,
  ...more,
});

const long = (text: string, a: number): string => `('${text.repeat(100_000)}',${a})`;

describe('a table', () => {
  it('of another definition has all its rows changed when each got a new value', async () => {
    const before = table(numbered(50));
    const columns = '`a` int(11) NOT NULL,\n  `b` varchar(100) NOT NULL,\n  `v` longtext,\n  `w` int(11) DEFAULT 7';
    const after = table(
      numbered(50).map((row) => row.replace(/\)$/, ',7)')),
      { columns },
    );
    expect(await one(before, after)).toMatchObject({
      definitionChanged: true,
      rowsAdded: 0,
      rowsRemoved: 0,
      rowsChanged: 50,
    });
  });

  it('with a new index only has no other rows', async () => {
    const before = table(numbered(50));
    const after = table(numbered(50), { key: '`a`),\n  KEY `b` (`b`' });
    expect(await one(before, after)).toMatchObject({
      change: 'changed',
      definitionChanged: true,
      rowsChanged: 0,
      exact: true,
    });
  });

  it('keeps its definition when only counters or switches of keys move', async () => {
    const before = table([], { options: 'ENGINE=MyISAM' });
    const after = table(["(1,'x','y')"], { options: 'ENGINE=MyISAM AUTO_INCREMENT=2' });
    expect(await one(before, after)).toMatchObject({ change: 'changed', definitionChanged: false, rowsAdded: 1 });
  });

  it('is compared by its key also when the columns were put in another order', async () => {
    const before = table(["(1,'x','v')", "(2,'y','v')"], { key: '`b`,`a`' });
    const columns = '`v` longtext,\n  `b` varchar(100) NOT NULL,\n  `a` int(11) NOT NULL';
    const after = table(["('v','x',1)", "('v','z',2)"], { key: '`b`,`a`', columns });
    expect(await one(before, after)).toMatchObject({ rowsAdded: 1, rowsRemoved: 1, rowsChanged: 1 });
  });

  it('whose key is another one has rows added and removed only', async () => {
    const before = table(["(1,'x','v')", "(2,'y','v')"]);
    const after = table(["(1,'x','v')", "(2,'y','w')"], { key: '`b`' });
    expect(await one(before, after)).toMatchObject({
      rowsAdded: 1,
      rowsRemoved: 1,
      rowsChanged: 0,
      definitionChanged: true,
    });
  });

  it('may have rows longer than anything that is held, and a key behind them', async () => {
    const columns = '`v` longtext,\n  `a` int(11) NOT NULL';
    const rows = [long('abc', 1), long("x),\\'", 2), long('q', 3)];
    const after = [long('abc', 1), long("x),\\'", 4), long('r', 3)];
    expect(await one(table(rows, { columns }), table(after, { columns }))).toMatchObject({
      rowsAdded: 1,
      rowsRemoved: 1,
      rowsChanged: 1,
      exact: true,
    });
  });

  it('is the same when its rows are only cut or sorted otherwise', async () => {
    const driver = new MemoryStorageDriver();
    const text = tableText(table(numbered(200)));
    const sorted = tableText(table(numbered(200).toReversed()));
    const old = await storeMembers(driver, 'before', await dumpMembers(folder(), text, 300));
    const now = await storeMembers(driver, 'after', await dumpMembers(folder(), sorted, 900));
    expect((await diffDatabase(old, now, signal)).tables).toMatchObject([
      { change: 'same', exact: true, rowsAfter: 200 },
    ]);
  });

  it('with a key that comes more than once, as history has it, is compared all the same', async () => {
    const before = table(["(1,'x','v')", "(1,'x','w')", "(2,'x','w')", "(3,'x','1')", "(3,'x','2')", "(3,'x','3')"]);
    const after = table(["(1,'x','v')", "(1,'x','w')", "(1,'x','u')", "(2,'y','w')", "(3,'x','4')", "(3,'x','5')"]);
    expect(await one(before, after)).toMatchObject({ rowsAdded: 1, rowsRemoved: 1, rowsChanged: 3 });
  });

  it('has keys of numbers that are not run together', async () => {
    const more = { key: '`a`,`b`', columns: '`a` int(11) NOT NULL,\n  `b` int(11) NOT NULL' };
    expect(await one(table(['(1,23)'], more), table(['(12,3)'], more))).toMatchObject({ rowsAdded: 1, rowsRemoved: 1 });
  });
});

describe('what is too much to compare', () => {
  const before = table(numbered(400));
  const after = table([...numbered(400, (n) => (n % 3 === 0 ? 1 : 0)), "(900,'new','')"]);
  const truth = { rowsAdded: 1, rowsRemoved: 0, rowsChanged: 134 };

  it('is exact within the limits', async () => {
    expect(await one(before, after)).toMatchObject({ ...truth, exact: true });
  });

  it.each<[string, DiffDatabaseLimits]>([
    ['digests of pieces', { listed: 10 }],
    ['pieces to read of a table', { readOfTable: 10 }],
    ['pieces to read', { read: 10 }],
    ['rows', { rows: 100 }],
  ])('is told as the most that it can be beyond the limit of %s', async (_, limits) => {
    // So many rows that the first look for room comes.
    const old = table(numbered(1000));
    const now = table([...numbered(1000, (n) => (n % 3 === 0 ? 1 : 0)), "(9000,'new','')"]);
    const found = await one(old, now, { limits });
    expect(found).toMatchObject({ change: 'changed', exact: false });
    expect(found?.rowsAdded).toBeGreaterThanOrEqual(1);
    expect(found?.rowsAdded).toBeLessThanOrEqual(1001);
    expect(found?.rowsRemoved).toBeLessThanOrEqual(1000);
    expect(found?.rowsChanged).toBeGreaterThanOrEqual(334);
  });

  it('does not take the figures of other tables along', async () => {
    const small = { name: 'a_small', key: '`a`', rows: numbered(3) };
    const found = await diffTables(folder(), [small, before], [{ ...small, rows: numbered(4) }, after], {
      limits: { listed: 20 },
    });
    expect(found).toMatchObject([{ rowsAdded: 1, exact: true }, { exact: false }]);
  });

  it('is passed over, and the next table is compared', async () => {
    const last = { name: 'z', key: '`a`', rows: numbered(30) };
    const found = await diffTables(
      folder(),
      [table(numbered(1500)), last],
      [table(numbered(1500, () => 1)), { ...last, rows: numbered(31) }],
      { limits: { rows: 100 } },
    );
    expect(found).toMatchObject([
      { rowsChanged: 1500, rowsAdded: 1500, rowsRemoved: 1500, exact: false },
      { rowsChanged: 0, rowsAdded: 1, rowsRemoved: 0, exact: true },
    ]);
  });

  it('is not what rows on both sides amount to: they make room', async () => {
    // Every row is read, as the pieces are cut otherwise; few differ.
    const driver = new MemoryStorageDriver();
    const rows = numbered(20_000);
    const changed = numbered(20_000, (n) => (n % 5000 === 0 ? 1 : 0));
    const old = await storeMembers(driver, 'before', await dumpMembers(folder(), tableText(table(rows)), 300));
    const now = await storeMembers(driver, 'after', await dumpMembers(folder(), tableText(table(changed)), 500));
    const found = await diffDatabase(old, now, signal, { rows: 500 });
    expect(found.tables).toMatchObject([{ rowsChanged: 4, rowsAdded: 0, rowsRemoved: 0, exact: true }]);
  });
});

it('fetches only what is not in both backups', async () => {
  const inner = new MemoryStorageDriver();
  const rows = numbered(30_000);
  const tables = ['a', 'm', 'z'].map((name) => tableText({ name, key: '`a`', rows }));
  const members = await dumpMembers(folder(), tables.join(''), 4096);
  const changed = rows.with(15_000, "(15000,'other','x')");
  const now = await dumpMembers(
    folder(),
    [tables[0], tableText({ name: 'm', key: '`a`', rows: changed }), tables[2]].join(''),
    4096,
  );
  const driver = new CountingStorageDriver(inner);
  const [before, after] = [await storeMembers(driver, 'before', members), await storeMembers(driver, 'after', now)];
  driver.bytesRead = 0;
  driver.reads.length = 0;
  const found = await diffDatabase(before, after, signal);
  expect(found.tables.filter(({ change }) => change !== 'same')).toMatchObject([
    { name: 'm', rowsChanged: 1, exact: true },
  ]);
  const bundles = driver.reads.filter(({ key }) => key.endsWith('.tar.zst'));
  const fetched = bundles.map(({ range }) => range?.length ?? Number.POSITIVE_INFINITY);
  // The definition once, one piece (or two) on each side; each lies in one or two frames.
  expect(bundles.length).toBeLessThanOrEqual(3);
  expect(Math.max(...fetched)).toBeLessThan(10_000);
  const bundleSize = inner.objects.get(bundles[0]?.key ?? '')?.bytes.length ?? 0;
  expect(fetched.reduce((sum, length) => sum + length, 0)).toBeLessThan(bundleSize / 20);

  driver.reads.length = 0;
  const same = await diffDatabase(before, before, signal);
  expect(same.tables.every(({ change }) => change === 'same')).toBe(true);
  expect(driver.reads.every(({ key }) => key.endsWith('.manifest.ndjson.zst'))).toBe(true);
});

const trigger = (name: string, body: string): string =>
  `/*!50003 SET @saved_sql_mode = @@sql_mode */ ;\nDELIMITER ;;\n/*!50003 CREATE*/ /*!50003 TRIGGER \`${name}\` BEFORE INSERT ON \`t\` FOR EACH ROW ${body} */;;\nDELIMITER ;\n/*!50003 SET sql_mode = @saved_sql_mode */ ;\n`;
const view = (name: string, body: string): string =>
  `/*!50001 DROP VIEW IF EXISTS \`${name}\`*/;\n/*!50001 CREATE VIEW \`${name}\` AS ${body} */;\n`;
const routine = (name: string, body: string): string =>
  `/*!50003 DROP FUNCTION IF EXISTS \`${name}\` */;\nDELIMITER ;;\nCREATE FUNCTION \`${name}\`() RETURNS int RETURN ${body} ;;\nDELIMITER ;\n`;
const event = (name: string, body: string): string =>
  `/*!50106 DROP EVENT IF EXISTS \`${name}\` */;\nDELIMITER ;;\n/*!50106 CREATE*/ /*!50106 EVENT \`${name}\` ON SCHEDULE EVERY 1 DAY DO ${body} */ ;;\nDELIMITER ;\n`;
const file = (text: string): Parameters<typeof storeMembers>[2] => [
  { path: 'database/sqlite/wp-content/database/.ht.sqlite', part: 'sqlite', content: Buffer.from(text) },
];

describe('what is no table', () => {
  const t = tableText(table(numbered(3)));

  it('is told by kind and name', async () => {
    const before = [t, trigger('kept', 'SET @x = 1'), trigger('old', 'SET @x = 2'), view('v', 'SELECT 1')];
    const beforeLate = [event('e', 'SELECT 1'), routine('f', '1'), routine('g', '1')];
    const after = [
      t,
      trigger('fresh', 'SET @x = 1'),
      trigger('kept', 'SET @x = 1'),
      view('v', 'SELECT 2'),
      view('w', 'SELECT 1'),
    ];
    const afterLate = [event('e', 'SELECT 2'), routine('g', '1'), routine('f', '2')];
    const found = await diffTexts(folder(), [...before, ...beforeLate].join(''), [...after, ...afterLate].join(''));
    expect(found.tables).toMatchObject([{ name: 't', change: 'same' }]);
    expect(found.objects).toEqual([
      { kind: 'event', name: 'e', change: 'changed' },
      { kind: 'routine', name: 'f', change: 'changed' },
      { kind: 'trigger', name: 'fresh', change: 'added' },
      { kind: 'trigger', name: 'old', change: 'removed' },
      { kind: 'view', name: 'v', change: 'changed' },
      { kind: 'view', name: 'w', change: 'added' },
    ]);
  });

  it('goes with its table', async () => {
    const found = await diffTexts(folder(), t + trigger('tr', 'SET @x = 1'), '');
    expect(found.objects).toEqual([{ kind: 'trigger', name: 'tr', change: 'removed' }]);
    expect(found.tables).toMatchObject([{ name: 't', change: 'removed', rowsRemoved: 3, rowsAfter: 0 }]);
  });

  it('may be a whole database in a file', async () => {
    const driver = new MemoryStorageDriver();
    const before = await storeMembers(driver, 'before', file('one'));
    const after = await storeMembers(driver, 'after', file('two'));
    const name = 'database/sqlite/wp-content/database/.ht.sqlite';
    expect(await diffDatabase(before, after, signal)).toEqual({
      tables: [],
      objects: [{ kind: 'file', name, change: 'changed' }],
    });
    expect(await diffDatabase(before, before, signal)).toEqual({ tables: [], objects: [] });
  });
});

it('ends when it is told to', async () => {
  const driver = new MemoryStorageDriver();
  const backup = await storeMembers(driver, 'before', await dumpMembers(folder(), tableText(table(numbered(3))), 200));
  await expect(diffDatabase(backup, backup, AbortSignal.abort())).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
});
