import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { JobJournal, JobWarning, MemberSink, MemberSpec } from '../../../engine/ports/index.js';
import { requires, useTempFolder } from '../../../engine/testing/index.js';
import { dumpSqlite, sqliteExcludes } from './index.js';

const folder = useTempFolder('sqlite');
const FILE = 'wp-content/database/.ht.sqlite';

class OneFile implements MemberSink {
  bytes = 0;
  spec: MemberSpec | null = null;

  async add(spec: MemberSpec, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const parts: Uint8Array[] = [];
    for await (const part of content instanceof Uint8Array ? [content] : content) parts.push(part);
    const whole = Buffer.concat(parts);
    if (whole.length !== spec.size) throw new Error(`${whole.length} bytes, not ${spec.size}`);
    await writeFile(folder('copy'), whole);
    this.spec = spec;
    this.bytes = spec.size;
  }
}

class Notes implements JobJournal {
  warnings: JobWarning[] = [];
  notes: string[] = [];
  progress(): void {}
  warn(warning: JobWarning): void {
    this.warnings.push(warning);
  }
  note(message: string): void {
    this.notes.push(message);
  }
}

async function site(sql: string, file = folder('site', FILE)): Promise<DatabaseSync> {
  await mkdir(dirname(file), { recursive: true });
  await mkdir(folder('work'), { recursive: true });
  const database = new DatabaseSync(file);
  database.exec(sql);
  return database;
}

async function dump(file = folder('site', FILE), signal = new AbortController().signal) {
  const sink = new OneFile();
  const journal = new Notes();
  const database = { engine: 'sqlite' as const, file, tablePrefix: 'wp_' };
  const siteRoot = folder('site');
  const { summary, rows } = await dumpSqlite({ database, siteRoot, sink, workDir: folder('work'), signal, journal });
  return { sink, journal, summary, rows };
}

function copyRows(sql: string): unknown[] {
  const database = new DatabaseSync(folder('copy'), { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

const POSTS = `CREATE TABLE wp_posts (id INTEGER PRIMARY KEY, t TEXT, b BLOB);
  INSERT INTO wp_posts VALUES (1, 'emoji 😀', x'00ff27');`;

/** Files in a job's folder; the place for records of its processes may stay. */
const leftIn = async (path: string): Promise<string[]> =>
  (await readdir(path, { recursive: true })).filter((name) => name !== 'children');

describe('dumpSqlite', () => {
  it('copies what is committed, with the log of a live database, and nothing else', async () => {
    const database = await site(`PRAGMA journal_mode = WAL; ${POSTS}`);
    database.exec(
      `INSERT INTO wp_posts VALUES (2, 'in the log', NULL); BEGIN; INSERT INTO wp_posts VALUES (3, 'open', NULL);`,
    );
    const { sink, journal, summary, rows } = await dump();
    expect(rows).toBe(2);
    expect(copyRows('SELECT t FROM wp_posts ORDER BY id')).toEqual([{ t: 'emoji 😀' }, { t: 'in the log' }]);
    database.exec('COMMIT');
    database.close();
    const original = await stat(folder('site', FILE), { bigint: true });
    expect(sink.spec).toMatchObject({
      path: `database/sqlite/${FILE}`,
      part: 'sqlite',
      attributes: { mode: Number(original.mode & 0o7777n), uid: Number(original.uid), gid: Number(original.gid) },
    });
    expect(summary).toMatchObject({
      engine: 'sqlite',
      name: '.ht.sqlite',
      file: folder('site', FILE),
      tables: 1,
      charset: 'UTF-8',
    });
    expect(journal.warnings).toEqual([]);
    expect(await leftIn(folder('work'))).toEqual([]);
  });

  it.each(['WAL', 'DELETE'])(
    'is of one moment while a writer writes (%s)',
    async (mode) => {
      const database = await site(
        `PRAGMA journal_mode = ${mode}; CREATE TABLE wp_a (id INTEGER PRIMARY KEY, n INTEGER, t TEXT);
       WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 20000)
       INSERT INTO wp_a SELECT i, 100, hex(randomblob(400)) FROM s;`,
      );
      database.close();
      // Moves amounts between the first and the last pages: the sum is the same at every moment.
      const writer = spawn(
        process.execPath,
        [
          '--no-warnings',
          '-e',
          `const { DatabaseSync } = require('node:sqlite');
         const d = new DatabaseSync(process.argv[1], { timeout: 20000 });
         let moves = 0;
         const move = () => {
           d.exec('BEGIN IMMEDIATE; UPDATE wp_a SET n = n - 7 WHERE id = 1; UPDATE wp_a SET n = n + 7 WHERE id = 20000; COMMIT');
           if (++moves === 3) console.log('busy');
           setTimeout(move, 1);
         };
         move();`,
          folder('site', FILE),
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      try {
        await once(writer.stdout, 'data');
        const { journal } = await dump();
        const [row] = copyRows('SELECT sum(n) AS total, count(*) AS rows, min(n) AS least FROM wp_a');
        expect(row).toMatchObject({ total: 2_000_000, rows: 20_000 });
        expect((row as { least: number }).least).toBeLessThan(100);
        expect(journal.warnings).toEqual([]);
      } finally {
        writer.kill('SIGKILL');
        await once(writer, 'exit');
      }
    },
    30_000,
  );

  it('warns of a damaged database and saves it all the same', async () => {
    const database = await site(`${POSTS} CREATE INDEX i ON wp_posts (t);
      WITH RECURSIVE s(i) AS (SELECT 9 UNION ALL SELECT i + 1 FROM s WHERE i < 3000) INSERT INTO wp_posts SELECT i, hex(randomblob(50)), NULL FROM s;`);
    database.close();
    const bytes = await readFile(folder('site', FILE));
    bytes.fill(0xaa, bytes.length - 9000, bytes.length - 5000);
    await writeFile(folder('site', FILE), bytes);
    const { journal } = await dump();
    expect(journal.warnings).toMatchObject([{ code: 'SQLITE_DAMAGED' }]);
    expect((await readFile(folder('copy'))).length).toBe(bytes.length);
  });

  it.each([
    ['missing', async () => undefined],
    ['a folder', async (file: string) => mkdir(file)],
    ['no database', async (file: string) => writeFile(file, 'x'.repeat(5000))],
    ['a link to itself', async (file: string) => symlink(file, file)],
    ['a device', async (file: string) => symlink('/dev/zero', file)],
  ])('refuses a file that is %s', async (_what, make) => {
    (await site('', folder('site/other'))).close();
    await mkdir(folder('site/wp-content/database'), { recursive: true });
    await make(folder('site', FILE));
    await expect(dump()).rejects.toMatchObject({ code: 'SQLITE_UNREADABLE', kind: 'source' });
    expect(await leftIn(folder('work'))).toEqual([]);
  });

  it('saves an empty file as an empty database, with a warning', async () => {
    (await site('')).close();
    await truncate(folder('site', FILE), 0);
    const { journal } = await dump();
    expect(journal.warnings).toMatchObject([{ code: 'DATABASE_EMPTY' }]);
  });

  it('follows a link within the site to the file itself', async () => {
    (await site(POSTS, folder('site/shared/odd name?#%.db'))).close();
    await mkdir(folder('site/wp-content/database'), { recursive: true });
    await symlink('../../shared/odd name?#%.db', folder('site', FILE));
    const { sink, journal, summary } = await dump();
    expect(sink.spec?.path).toBe('database/sqlite/shared/odd name?#%.db');
    expect(summary.file).toBe(folder('site/shared/odd name?#%.db'));
    expect(journal.warnings).toEqual([]);
    expect(copyRows('SELECT id FROM wp_posts')).toEqual([{ id: 1 }]);
    expect(sqliteExcludes(folder('site', FILE), folder('site'))).toContain('/shared/odd name?#%.db-wal');
  });

  it('says when a link leads out of the site', async () => {
    (await site(POSTS, folder('elsewhere/x.sqlite'))).close();
    await mkdir(folder('site/wp-content/database'), { recursive: true });
    await symlink(folder('elsewhere/x.sqlite'), folder('site', FILE));
    const { sink, journal } = await dump();
    expect(sink.spec?.path).toBe('database/sqlite-external/x.sqlite');
    expect(journal.warnings).toMatchObject([{ code: 'SQLITE_OUTSIDE_ROOT' }]);
    const direct = await dump(folder('elsewhere/x.sqlite'));
    expect(direct.journal.warnings).toEqual([]);
    expect(direct.journal.notes.join()).toContain('outside');
  });

  it.runIf(requires('root'))("never packs another account's database", async () => {
    (await site(POSTS, folder('elsewhere/x.sqlite'))).close();
    await mkdir(folder('site/wp-content/database'), { recursive: true });
    await chown(folder('site'), 1234, 1234);
    await symlink(folder('elsewhere/x.sqlite'), folder('site', FILE));
    await expect(dump()).rejects.toMatchObject({
      code: 'SQLITE_UNREADABLE',
      message: expect.stringContaining('another account') as string,
    });
  });

  it('ends with the job', async () => {
    (await site(POSTS)).close();
    const abort = new AbortController();
    const running = dump(folder('site', FILE), abort.signal);
    abort.abort();
    await expect(running).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    expect(await leftIn(folder('work'))).toEqual([]);
  });
});

describe('sqliteExcludes', () => {
  it('names the live file and its companions, anchored', async () => {
    (await site(POSTS)).close();
    expect(sqliteExcludes(folder('site', FILE), folder('site'))).toEqual([
      `/${FILE}`,
      `/${FILE}-wal`,
      `/${FILE}-shm`,
      `/${FILE}-journal`,
    ]);
    expect(sqliteExcludes(join(folder('site'), 'not/there.db'), folder('site'))[0]).toBe('/not/there.db');
    expect(sqliteExcludes('/elsewhere/x.db', folder('site'))).toEqual([]);
  });
});
