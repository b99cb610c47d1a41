import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
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

function objectsOf(dataDir: string, siteId: string): { BUNDLE: string; MANIFEST: string } {
  const folder = join(dataDir, 'storage/sites', siteId);
  const names = readdirSync(folder);
  const pick = (end: string): string => join(folder, names.find((name) => name.endsWith(end)) ?? end);
  return { BUNDLE: pick('.tar.zst'), MANIFEST: pick('.manifest.ndjson.zst') };
}

describe('restore by hand, with the lines of docs/restore-by-hand.md and stock tools only', () => {
  const scratch = makeScratch('e2e-by-hand');
  let server: MariaDbServer;
  let master: TestMaster;
  let mysqlSite: WordPressSite;
  let sqliteSite: WordPressSite;
  const objects: Record<string, { BUNDLE: string; MANIFEST: string }> = {};
  const pages: Record<string, Awaited<ReturnType<WordPressSite['pages']>>> = {};

  beforeAll(async () => {
    [server, master] = await Promise.all([
      MariaDbServer.start(),
      TestMaster.start({ dataDir: join(scratch.path, 'data') }),
    ]);
    const account = await server.createDatabase('by_hand');
    mysqlSite = await WordPressSite.install({ root: join(scratch.path, 'www/shop'), database: account });
    const connection = await server.connect(account);
    await connection.query(HARD_SQL);
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
      const job = await master.api.backUp(site.id);
      if (job.status !== 'completed') throw new Error(`The backup failed: ${JSON.stringify(job.error)}`);
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
      ...(objects['mysql'] as { BUNDLE: string; MANIFEST: string }),
      OUT: join(scratch.path, 'www/out'),
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
      ...(objects['sqlite'] as { BUNDLE: string; MANIFEST: string }),
      OUT: join(scratch.path, 'www/out-sqlite'),
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
      byHand(['one-file'], { ...(objects['mysql'] as { BUNDLE: string; MANIFEST: string }), OUT, FILE });
      expect(await readFile(join(OUT, 'file'))).toEqual(
        await readFile(join(mysqlSite.root, FILE.slice('files/'.length))),
      );
    }
  });

  it('lists what is in it', () => {
    const listing = byHand(['list'], objects['mysql'] as { BUNDLE: string; MANIFEST: string });
    expect(listing).toContain('files/wp-config.php');
    expect(listing).toMatch(/database\/\d{4}-wp_posts\.000001\.sql/);
    expect(listing).toContain('backupd/README.txt');
  });

  it('notices a damaged bundle in the check', () => {
    const { BUNDLE, MANIFEST } = objects['sqlite'] as { BUNDLE: string; MANIFEST: string };
    const broken = join(scratch.path, 'broken.tar.zst');
    execFileSync('sh', [
      '-c',
      'cp "$1" "$2"; printf "\\377\\000" | dd of="$2" bs=1 seek=100000 conv=notrunc 2>/dev/null',
      'sh',
      BUNDLE,
      broken,
    ]);
    expect(() => byHand(['check'], { BUNDLE: broken, MANIFEST })).toThrow(/sha256sum|FAILED/);
  });
});
