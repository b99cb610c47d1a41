import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snapshotTree } from '../../src/engine/testing/index.js';
import { databaseFacts, HARD_SQL, sqliteDump } from '../support/database-facts.js';
import { MariaDbServer } from '../support/mariadb.js';
import { TestMaster } from '../support/master.js';
import { addOddFiles } from '../support/odd-files.js';
import { makeScratch } from '../support/scratch.js';
import { WordPressSite } from '../support/wordpress.js';

const document = join(dirname(fileURLToPath(import.meta.url)), '../../docs/restore-by-hand.md');

/** The document's own shell lines, by the word after ```sh. */
function shellBlock(name: string): string {
  const block = new RegExp('^```sh ' + name + '\\n([\\s\\S]*?)^```$', 'm').exec(readFileSync(document, 'utf8'))?.[1];
  if (block === undefined) throw new Error(`docs/restore-by-hand.md has no block \`\`\`sh ${name}`);
  return block;
}

/** Runs blocks of the document as they stand there, in a plain shell. */
function byHand(names: string[], env: Record<string, string>): string {
  const script = ['set -eu', ...names.map(shellBlock)].join('\n');
  return execFileSync('sh', ['-c', script], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: env['HOME'] ?? '/nonexistent',
      ...env,
    },
  });
}

interface Objects extends Record<string, string> {
  STORE: string;
  BUNDLE: string;
  MANIFEST: string;
}

/** The newest backup's objects. */
function objectsOf(dataDir: string, siteId: string): Objects {
  const STORE = join(dataDir, 'storage');
  const folder = join(STORE, 'sites', siteId);
  const names = readdirSync(folder).toSorted();
  const pick = (end: string): string => join(folder, names.findLast((name) => name.endsWith(end)) ?? end);
  return { STORE, BUNDLE: pick('.tar.zst'), MANIFEST: pick('.manifest.ndjson.zst') };
}

/** A table of many pieces. */
const BULK_SQL = `
CREATE TABLE wp_bulk (id int PRIMARY KEY, txt text) ENGINE=InnoDB;
INSERT INTO wp_bulk SELECT seq * 2, REPEAT(SHA2(seq, 512), 3) FROM seq_1_to_4000;
`;

/** What happens to a site in a day: some of it new, most of it as it was. */
async function nextDay(site: WordPressSite, server: MariaDbServer, database: string): Promise<void> {
  const odd = join(site.root, 'wp-content/uploads/odd');
  const at = (name: string): Buffer => Buffer.concat([Buffer.from(`${odd}/latin1-`), Buffer.from(name, 'latin1')]);
  appendFileSync(join(site.root, 'wp-content/themes/index.php'), '// one more line');
  renameSync(join(odd, 'deep'), join(odd, 'moved'));
  renameSync(at('\u00e9\u00e8.txt'), at('\u00e8\u00e9.txt'));
  copyFileSync(join(odd, 'random.bin'), join(odd, 'copy of random.bin'));
  linkSync(join(site.root, 'xmlrpc.php'), join(odd, 'another name of xmlrpc.php'));
  chmodSync(join(site.root, 'readme.html'), 0o600);
  utimesSync(join(odd, 'n'.repeat(255)), 1_234_567_890.5, 1_234_567_890.5);
  rmSync(join(odd, '-rf *'));
  rmSync(join(odd, 'private.key'));
  symlinkSync('/nowhere', join(odd, 'private.key'));
  writeFileSync(join(odd, 'new.jpg'), randomBytes(100_000));
  await server.query(
    `UPDATE wp_bulk SET txt = CONCAT(txt, 'longer') WHERE id IN (200, 4000);
     INSERT INTO wp_bulk VALUES (4001, 'in the middle');
     DELETE FROM wp_bulk WHERE id = 7000`,
    database,
  );
}

describe('restore by hand, with the lines of docs/restore-by-hand.md and stock tools only', () => {
  const scratch = makeScratch('e2e-by-hand');
  let server: MariaDbServer;
  let master: TestMaster;
  let mysqlSite: WordPressSite;
  let sqliteSite: WordPressSite;
  const objects: Record<string, Objects> = {};
  const pages: Record<string, Awaited<ReturnType<WordPressSite['pages']>>> = {};

  beforeAll(async () => {
    [server, master] = await Promise.all([
      MariaDbServer.start(),
      TestMaster.start({ isDatabaseShared: true, dataDir: join(scratch.path, 'data') }),
    ]);
    const account = await server.createDatabase('by_hand');
    mysqlSite = await WordPressSite.install({ root: join(scratch.path, 'www/shop'), database: account });
    const connection = await server.connect(account);
    await connection.query(HARD_SQL);
    await connection.query(BULK_SQL);
    await connection.end();
    addOddFiles(mysqlSite.root);
    sqliteSite = await WordPressSite.install({ root: join(scratch.path, 'www/blog'), database: 'sqlite' });
    for (const [name, wordpress] of [
      ['mysql', mysqlSite],
      ['sqlite', sqliteSite],
    ] as const) {
      // The first visit makes WordPress write options.
      await wordpress.serve();
      await wordpress.pages();
      pages[name] = await wordpress.pages();
      await wordpress.stop();
      const site = await master.api.addSite(wordpress.root);
      for (let day = 1; day <= 3; day += 1) {
        if (day === 2 && name === 'mysql') await nextDay(wordpress, server, 'by_hand');
        const job = await master.api.backUp(site.id);
        if (job.status !== 'completed') throw new Error(`The backup failed: ${JSON.stringify(job.error)}`);
      }
      objects[name] = objectsOf(master.dataDir, site.id);
    }
    // From here on nothing of backupd runs.
    await master.stop();
  });
  afterAll(async () => {
    await mysqlSite?.stop();
    await sqliteSite?.stop();
    await master?.stop();
    await server?.stop();
    scratch.remove();
  });

  const emptyFolder = (name: string): string => {
    const path = join(scratch.path, name);
    mkdirSync(path);
    return path;
  };

  it('is the restore of an incremental backup: content lies in three bundles', () => {
    const names = byHand(['bundles'], objects['mysql'] as Objects)
      .trim()
      .split('\n');
    expect(names).toHaveLength(3);
  });

  it('brings a site on MariaDB back: same pages, files and rows', async () => {
    const tree = snapshotTree(mysqlSite.root);
    const database = await databaseFacts(server, 'by_hand');
    await mysqlSite.loseFiles();
    await server.query('DROP DATABASE by_hand; CREATE DATABASE by_hand');
    const home = join(scratch.path, 'home');
    execFileSync('sh', [
      '-c',
      `mkdir -p "$1" && printf '[client]\\nsocket=%s\\nuser=root\\n' "$2" > "$1/.my.cnf"`,
      'sh',
      home,
      server.socket,
    ]);
    byHand(['check', 'unpack', 'files', 'database'], {
      ...(objects['mysql'] as Objects),
      OUT: emptyFolder('www/out'),
      SITE: mysqlSite.root,
      DB: 'by_hand',
      HOME: home,
    });
    expect(snapshotTree(mysqlSite.root)).toEqual(tree);
    expect(await databaseFacts(server, 'by_hand')).toEqual(database);
    await mysqlSite.serve();
    expect(await mysqlSite.pages()).toEqual(pages['mysql']);
    await mysqlSite.stop();
  });

  it('brings a site on SQLite back: same pages and rows', async () => {
    const file = join(sqliteSite.root, 'wp-content/database/.ht.sqlite');
    const dump = sqliteDump(file);
    const { mode, uid, gid } = statSync(file);
    // The folder of the database gets a new time: a file is put into it.
    const withoutDatabase = { skip: (path: string) => /^wp-content\/database(\/\.ht\.sqlite.*)?$/.test(path) };
    const tree = snapshotTree(sqliteSite.root, withoutDatabase);
    await sqliteSite.loseFiles();
    byHand(['check', 'unpack', 'files', 'sqlite'], {
      ...(objects['sqlite'] as Objects),
      OUT: emptyFolder('www/out-sqlite'),
      SITE: sqliteSite.root,
    });
    expect(sqliteDump(file)).toBe(dump);
    expect(statSync(file)).toMatchObject({ mode, uid, gid });
    expect(snapshotTree(sqliteSite.root, withoutDatabase)).toEqual(tree);
    await sqliteSite.serve();
    expect(await sqliteSite.pages()).toEqual(pages['sqlite']);
    await sqliteSite.stop();
  });

  it('gets one file out of the bundle by its byte range', async () => {
    const OUT = join(scratch.path, 'one-file');
    execFileSync('mkdir', [OUT]);
    for (const FILE of [
      'files/wp-config.php',
      'files/wp-includes/version.php',
      'files/wp-content/uploads/odd/random.bin',
    ]) {
      byHand(['one-file'], { ...(objects['mysql'] as Objects), OUT, FILE });
      expect(await readFile(join(OUT, 'file'))).toEqual(
        await readFile(join(mysqlSite.root, FILE.slice('files/'.length))),
      );
    }
  });

  it('lists what is in it, whichever bundle', () => {
    const { STORE, BUNDLE } = objects['mysql'] as Objects;
    const names = readdirSync(dirname(BUNDLE)).filter((name) => name.endsWith('.tar.zst'));
    const listings = names
      .toSorted()
      .map((name) => byHand(['list'], { STORE, BUNDLE: join(dirname(BUNDLE), name), MANIFEST: '' }));
    expect(listings).toHaveLength(3);
    expect(listings[0]).toContain('files/wp-config.php');
    expect(listings[0]).toMatch(/database\/\d{4}-wp_posts\.\d{8}\.sql/);
    for (const listing of listings) expect(listing).toContain('backupd/README.txt');
    // Structure is in each, content only where it was new.
    for (const listing of listings) expect(listing).toMatch(/files\/wp-admin\/\n/);
    expect(listings[1]).toContain('odd/new.jpg');
    expect(listings[2]).not.toContain('odd/new.jpg');
  });

  it('notices a damaged bundle in the check', () => {
    const { STORE, BUNDLE, MANIFEST } = objects['sqlite'] as Objects;
    const OUT = emptyFolder('check');
    expect(byHand(['check'], { STORE, MANIFEST, OUT })).toContain('OK');
    execFileSync('sh', [
      '-c',
      'printf "\\377\\000" | dd of="$1" bs=1 seek=1000 conv=notrunc 2>/dev/null',
      'sh',
      BUNDLE,
    ]);
    expect(() => byHand(['check'], { STORE, MANIFEST, OUT })).toThrow(/sha256sum|FAILED/);
  });
});
