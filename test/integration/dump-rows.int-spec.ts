import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/common/errors/index.js';
import type { MariaDbAccount } from '../support/mariadb.js';
import { HOSTILE_SQL, LATIN_SQL, WORDPRESS_TABLES } from './dump-fixtures.js';
import { FolderSink, useDumpBench, type Dumped } from './dump-support.js';
import { until } from '../support/scratch.js';

const bench = useDumpBench();

/** All members of a dump: what a backup stores. */
async function membersOf({ sink }: Dumped): Promise<Record<string, string>> {
  const members: Record<string, string> = {};
  for (const { path, rows } of sink.members) {
    // oxlint-disable-next-line no-await-in-loop -- in order
    members[`${path} (${rows ?? '-'} rows)`] = await readFile(join(sink.folder, path), 'latin1');
  }
  return members;
}

/** Tables of all shapes; `MD5` and `RAND(seed)` make the same bytes in every run. */
const MANY_ROWS = `
CREATE TABLE wp_keyed (a varchar(40), b int, t mediumtext, x mediumblob, f double, n decimal(12,3), s datetime(6), PRIMARY KEY (a, b)) ENGINE=InnoDB;
INSERT INTO wp_keyed SELECT MD5(seq), seq, REPEAT(CONCAT(MD5(seq), '\\n''"\\\\ä😀', CHAR(seq % 256)), seq % 40), UNHEX(REPEAT(MD5(-seq), seq % 7)),
  IF(seq % 9, RAND(seq) * POW(10, seq % 300), NULL), seq / 7, FROM_UNIXTIME(1e9 + seq + seq / 1e5) FROM seq_1_to_6000;
CREATE TABLE wp_plain (a int, t text) ENGINE=InnoDB; INSERT INTO wp_plain SELECT seq DIV 3, MD5(seq) FROM seq_1_to_3000;
CREATE TABLE wp_long (id int PRIMARY KEY, x longblob, t longtext) ENGINE=InnoDB;
INSERT INTO wp_long VALUES (1, REPEAT(0x0011FF, 9000000), NULL), (2, '', REPEAT('ab''c\\n', 3400000)), (3, 'x', ''), (4, REPEAT('y', 16777208), NULL), (8, REPEAT('y', 16777209), NULL), (5, NULL, REPEAT('z', 16777205)),
  (6, NULL, REPEAT('"', 262144)), (7, REPEAT('q', 100000), REPEAT('\\Z', 70000));
`;

describe('rows that are read over the protocol', () => {
  it('become the same members, byte for byte, as the dump program writes', async () => {
    const account = await bench.database(WORDPRESS_TABLES + HOSTILE_SQL + LATIN_SQL + MANY_ROWS);
    // It writes columns that the server computes as well, which no strict server takes back.
    await bench.server.query('DROP TABLE wp_generated', account.database);
    await bench.server.query(
      'ALTER TABLE `od``d \'na"m\\\\\n-- Dumping events\nDROP TABLE x; VALUES (1)` DROP COLUMN g',
      account.database,
    );
    const ours = await membersOf(await bench.dump(account));
    const theirs = await membersOf(await bench.dump(account, { rowsByClient: true }));
    expect(Object.keys(ours)).toEqual(Object.keys(theirs));
    expect(Object.keys(ours).length).toBeGreaterThan(100);
    for (const [path, content] of Object.entries(theirs))
      if (ours[path] !== content) throw new Error(`${path} differs: ${firstDifference(ours[path] ?? '', content)}`);
  }, 120_000);

  it('leave out what the server computes', async () => {
    const account = await bench.database(
      `CREATE TABLE wp_g (a int, v int GENERATED ALWAYS AS (a + 1) VIRTUAL, hidden int INVISIBLE DEFAULT 7, d int DEFAULT (1 + 1));
       INSERT INTO wp_g (a) VALUES (1), (2); CREATE TABLE wp_only (v int GENERATED ALWAYS AS (1) VIRTUAL); INSERT INTO wp_only VALUES (), ();`,
    );
    const { sink, result } = await bench.dump(account);
    expect(result.rows).toBe(4);
    const members = Object.values(await membersOf({ sink } as Dumped)).join('');
    expect(members).toContain('INSERT INTO `wp_g` (`a`, `hidden`, `d`) VALUES\n(1,7,2),\n(2,7,2);\n');
    expect(members).toContain('INSERT INTO `wp_only` () VALUES\n(),\n();\n');
    const again = await bench.restored(sink);
    expect(await bench.server.query('SELECT a, v, hidden, d FROM wp_g', again)).toEqual([
      { a: 1, v: 2, hidden: 7, d: 2 },
      { a: 2, v: 3, hidden: 7, d: 2 },
    ]);
  });
});

/** Does something when the first rows arrive. */
async function whenRowsArrive(
  account: MariaDbAccount,
  act: () => Promise<void> | void,
  signal?: AbortSignal,
): Promise<Dumped> {
  return bench.dump(account, {
    ...(signal ? { signal } : {}),
    openSink: async (attempt) => {
      const sink = new FolderSink(bench.folder(`${account.database}-${attempt}`));
      const add = sink.add.bind(sink);
      let isFirst = true;
      sink.add = async (spec, content) => {
        await add(spec, content);
        if (!isFirst || spec.table !== 'wp_a' || spec.part !== 'data') return;
        isFirst = false;
        await act();
      };
      return sink;
    },
  });
}

const threads = async (): Promise<number> => (await readdir('/proc/self/task')).length;
const descriptors = async (): Promise<number> => (await readdir('/proc/self/fd')).length;

interface Held {
  threads: number;
  descriptors: number;
}

const held = async (): Promise<Held> => ({ threads: await threads(), descriptors: await descriptors() });

/** What is held when nothing of the dump before is closing any more: the same for a while. */
async function heldInPeace(): Promise<Held> {
  let last = await held();
  let same = 0;
  return until('what is held to stay the same', async () => {
    const now = await held();
    same = now.threads === last.threads && now.descriptors === last.descriptors ? same + 1 : 0;
    last = now;
    return same >= 5 ? now : null;
  });
}

function failToStore(): never {
  throw new Error('no room for it');
}

describe('a connection that reads rows', () => {
  const big = `${WORDPRESS_TABLES} CREATE TABLE wp_a (id int PRIMARY KEY, t longtext); INSERT INTO wp_a SELECT seq, REPEAT('x', 10000) FROM seq_1_to_4000;`;

  it('that the server ends is an error to be tried again', async () => {
    const account = await bench.database(big);
    const kill = async (): Promise<void> => {
      const ids = await bench.server.query(
        `SELECT id FROM information_schema.PROCESSLIST WHERE USER = '${account.user}'`,
      );
      await Promise.all(ids.map(({ id }) => bench.server.query(`KILL ${id}`)));
    };
    await expect(whenRowsArrive(account, kill)).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE', retry: 'later' });
  });

  it('is closed with its thread when what it read cannot be stored', async () => {
    const account = await bench.database(big);
    await bench.dump(account);
    const before = await heldInPeace();
    await expect(whenRowsArrive(account, failToStore)).rejects.toThrow('no room for it');
    expect(await held()).toEqual(before);
  });

  it('is closed with its thread when the job is cancelled', async () => {
    const account = await bench.database(big);
    await bench.dump(account);
    const before = await heldInPeace();
    const abort = new AbortController();
    const error: unknown = await whenRowsArrive(account, () => abort.abort(), abort.signal).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'JOB_CANCELLED' });
    expect(await held()).toEqual(before);
  });
});

function firstDifference(a: string, b: string): string {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return JSON.stringify([at, a.slice(Math.max(0, at - 20), at + 40), b.slice(Math.max(0, at - 20), at + 40)]);
}
