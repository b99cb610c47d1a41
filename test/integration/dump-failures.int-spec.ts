import { existsSync } from 'node:fs';
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { escape } from 'mysql2';
import { describe, expect, it } from 'vitest';
import type { DumpMySqlOptions } from '../../src/backup-modules/wordpress/dump/index.js';
import { findClients } from '../../src/backup-modules/wordpress/mysql/index.js';
import type { MariaDbAccount } from '../support/mariadb.js';
import { until } from '../support/scratch.js';
import { WORDPRESS_TABLES } from './dump-fixtures.js';
import { contentOf, FolderSink, useDumpBench, type Dumped } from './dump-support.js';

const bench = useDumpBench();

/** A `mariadb-dump` of the test's own. */
async function scripted(script: string): Promise<Partial<DumpMySqlOptions>> {
  const bin = bench.folder('bin');
  await mkdir(bin);
  await writeFile(join(bin, 'mariadb-dump'), `#!/bin/sh\nREAL=$(command -v mariadb-dump)\n${script}\n`, {
    mode: 0o755,
  });
  return { clients: await findClients(`${bin}:/usr/bin:/bin`) };
}
const forReal = 'case "$*" in *--version*|*--help*) exec "$REAL" "$@";; esac';

/** Runs SQL when the first rows of the dump arrive: the client cannot be at the later tables yet. */
async function during(account: MariaDbAccount, sql: string, times: number): Promise<Dumped> {
  return bench.dump(account, {
    pieceBytes: 64 * 1024,
    openSink: async (attempt) => {
      const sink = new FolderSink(bench.folder(`changing-${attempt}`));
      const add = sink.add.bind(sink);
      let isFirst = attempt <= times;
      sink.add = async (spec, content) => {
        if (isFirst && spec.part === 'data') {
          isFirst = false;
          await bench.server.query(sql, account.database);
        }
        await add(spec, content);
      };
      return sink;
    },
  });
}

describe('what goes wrong', () => {
  it.each([
    ['a wrong password', { password: 'wrong' }, 'DATABASE_LOGIN_REFUSED'],
    ['a missing database', { database: 'nowhere' }, 'DATABASE_DENIED'],
    ['no server', { socket: '/nonexistent.sock' }, 'DATABASE_UNREACHABLE'],
    ['no database name', { database: '' }, 'DATABASE_NOT_FOUND'],
  ])('%s is said, without the password', async (_what, wrong, code) => {
    const account = await bench.database(WORDPRESS_TABLES);
    const error = await bench.dump({ ...account, ...wrong }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, kind: 'source', hint: expect.any(String) as string });
    expect(inspect(error, { depth: 9 })).not.toContain(account.password);
  });

  it('a missing client is said, with the package to install', async () => {
    const account = await bench.database(WORDPRESS_TABLES);
    const clients = await findClients(bench.folder());
    await expect(bench.dump(account, { clients })).rejects.toMatchObject({
      code: 'DUMP_CLIENT_MISSING',
      hint: expect.stringContaining('mariadb-client') as string,
    });
  });

  it('output that stops short is no dump, though the client reports success', async () => {
    const account = await bench.database(WORDPRESS_TABLES);
    const cut = await scripted(`${forReal}\n"$REAL" "$@" | head -c 2500\nexit 0`);
    await expect(bench.dump(account, cut)).rejects.toMatchObject({ code: 'DUMP_INCOMPLETE' });
  });

  it('a table that the client leaves out is missed', async () => {
    const account = await bench.database(WORDPRESS_TABLES);
    const partly = await scripted(`${forReal}\nexec "$REAL" "$@" wp_options`);
    await expect(bench.dump(account, partly)).rejects.toMatchObject({
      code: 'DUMP_INCOMPLETE',
      message: expect.stringContaining('wp_posts') as string,
    });
  });

  it('a client that fails is quoted, without the password', async () => {
    const account = await bench.database(WORDPRESS_TABLES);
    const failing = await scripted(`${forReal}\n"$REAL" "$@"; cat /dev/fd/3 >&2; exit 3`);
    const error = await bench.dump(account, failing).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DUMP_FAILED', context: { exitCode: 3 } });
    expect(String(error)).toContain('[client]');
    expect(String(error)).not.toContain(`"${account.password}"`);
  });

  it('a crashed table is named', async () => {
    const account = await bench.database(
      `${WORDPRESS_TABLES} CREATE TABLE wp_crashed (a int) ENGINE=MyISAM; INSERT INTO wp_crashed VALUES (1);`,
    );
    await bench.server.query('FLUSH TABLES');
    await truncate(join(bench.server.folder, 'data', account.database, 'wp_crashed.MYI'), 10);
    await expect(bench.dump(account)).rejects.toMatchObject({
      code: 'DATABASE_TABLE_CRASHED',
      message: expect.stringContaining('wp_crashed') as string,
    });
  });

  it('passwords of odd characters reach the client, and never its arguments, environment or a file', async () => {
    const spy = await scripted(
      `${forReal}\n{ tr '\\0' '\\n' </proc/$$/cmdline; tr '\\0' '\\n' </proc/$$/environ; ls -A ${bench.folder()}; } >${bench.folder('seen')}\nexec "$REAL" "$@"`,
    );
    const account = await bench.database(WORDPRESS_TABLES);
    const codes = [...Array(127).keys()].slice(1);
    for (const password of [
      `#;'"\\ =[client]`,
      ` "lead and trail' `,
      '\\n\\s\\',
      `${String.fromCodePoint(...codes)}😀ü`,
      `"'"`,
    ]) {
      // oxlint-disable no-await-in-loop -- one account whose password changes
      await bench.server.query(`ALTER USER '${account.user}'@'localhost' IDENTIFIED BY ${escape(password)}`);
      await expect(bench.dump({ ...account, password }, spy)).resolves.toMatchObject({ result: { attempts: 1 } });
      const seen = await readFile(bench.folder('seen'), 'utf8');
      expect(seen).toContain('--defaults-file=/dev/fd/3');
      expect(seen).not.toContain('options');
      expect(seen).not.toContain(password);
      // oxlint-enable no-await-in-loop
    }
  });

  it('cancel ends the client and says so', async () => {
    const account = await bench.database(WORDPRESS_TABLES);
    const slow = await scripted(
      `${forReal}\necho $$ >${bench.folder('pid')}\ntrap '' TERM\nsleep 600 & echo $! >>${bench.folder('pid')}\nwait\nsleep 600`,
    );
    const abort = new AbortController();
    const running = bench.dump(account, { ...slow, signal: abort.signal }).catch((error: unknown) => error);
    const pids = await until('the client to start', async () => {
      const lines = (await readFile(bench.folder('pid'), 'utf8')).trim().split('\n');
      return lines.length === 2 ? lines.map(Number) : null;
    });
    abort.abort();
    expect(await running).toMatchObject({ code: 'JOB_CANCELLED' });
    for (const pid of pids) await until('the process to be gone', () => !existsSync(`/proc/${pid}`));
  });
});

describe('tables that change during the dump', () => {
  const big = `${WORDPRESS_TABLES} CREATE TABLE wp_a (id int PRIMARY KEY, t longtext); INSERT INTO wp_a SELECT seq, REPEAT('x', 10000) FROM seq_1_to_2000;
    CREATE TABLE wp_z (id int PRIMARY KEY); INSERT INTO wp_z VALUES (1), (2);`;

  it.each([
    ['altered', 2, 'ALTER TABLE wp_z ADD COLUMN more int DEFAULT 5, ALGORITHM=COPY'],
    ['altered in place', 2, 'ALTER TABLE wp_z ADD COLUMN extra int DEFAULT 7'],
    ['emptied and filled', 2, 'TRUNCATE wp_z; INSERT INTO wp_z (id) VALUES (8), (9)'],
    [
      'replaced',
      2,
      'CREATE TABLE new LIKE wp_z; INSERT INTO new SELECT * FROM wp_z; RENAME TABLE wp_z TO old, new TO wp_z; DROP TABLE old',
    ],
  ])('%s: the dump is right, made %i times', async (_what, attempts, sql) => {
    const account = await bench.database(big);
    const { result, sink, journal } = await during(account, sql, 1);
    expect(result.attempts).toBe(attempts);
    expect(journal.notes.join()).toContain(attempts > 1 ? 'wp_z' : '');
    expect(journal.warnings).toEqual([]);
    expect(await contentOf(bench.server, await bench.restored(sink))).toEqual(
      await contentOf(bench.server, account.database),
    );
  });

  it('a table dropped meanwhile does no harm', async () => {
    const account = await bench.database(big);
    const { sink, journal } = await during(account, 'DROP TABLE wp_z', 1);
    expect(journal.warnings).toEqual([]);
    expect(Object.keys(await contentOf(bench.server, await bench.restored(sink)))).not.toContain('TABLE wp_z');
  });

  it('that never rests: an error after the third try', async () => {
    const account = await bench.database(big);
    const alter = "ALTER TABLE wp_z ENGINE=InnoDB, COMMENT='x'; ALTER TABLE wp_z ENGINE=InnoDB";
    await expect(during(account, alter, 9)).rejects.toMatchObject({ code: 'DUMP_TABLE_CHANGED', retry: 'later' });
  });
});
