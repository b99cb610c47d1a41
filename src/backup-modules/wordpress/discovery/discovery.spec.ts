import {
  chownSync,
  cpSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../common/errors/index.js';
import type { DiscoveredSite } from '../../../engine/ports/index.js';
import { describeWordPress, discoverWordPress, inspectWordPress } from './index.js';

let base: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'backupd-discovery-')));
});
afterEach(() => rmSync(base, { recursive: true, force: true }), 60_000);

function file(path: string, content = ''): string {
  const full = join(base, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
  return full;
}

function core(path: string, version = '6.8.1'): string {
  for (const name of ['wp-load.php', 'wp-settings.php', 'wp-blog-header.php', 'wp-admin/admin.php'])
    file(`${path}/${name}`, '<?php');
  file(`${path}/index.php`, "<?php require __DIR__ . '/wp-blog-header.php';");
  file(`${path}/wp-includes/version.php`, `<?php\n$wp_version = '${version}';\n`);
  mkdirSync(join(base, path, 'wp-content/uploads/2024/01'), { recursive: true });
  return join(base, path);
}

const config = (name: string, more = ''): string =>
  `<?php define('DB_NAME', '${name}'); define('DB_USER', 'u'); define('DB_PASSWORD', 'p;"x'); define('DB_HOST', 'localhost:/nowhere/x.sock'); $table_prefix = 'wp_'; ${more}\nrequire_once ABSPATH . 'wp-settings.php';`;

function site(path: string, name = path.replaceAll(/\W/g, '_')): string {
  core(path);
  file(`${path}/wp-config.php`, config(name));
  return join(base, path);
}

const code = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no error';
};

interface Scan {
  found: DiscoveredSite[];
  installs: string[];
  problems: string[];
  folders: number;
}

async function scan(roots: string[], maxDepth = 8, identify = false): Promise<Scan> {
  const result: Scan = { found: [], installs: [], problems: [], folders: 0 };
  const options = {
    roots,
    maxDepth,
    signal: new AbortController().signal,
    onProblem: (path: string, message: string) => void result.problems.push(`${path}: ${message}`),
    onProgress: (folders: number) => void (result.folders = folders),
  };
  for await (const find of discoverWordPress(options, { identify })) result.found.push(find);
  result.installs = result.found
    .filter((find) => find.isInstall)
    .map((find) => find.path)
    .toSorted();
  return result;
}

describe('inspectWordPress', () => {
  it('reads a standard install', async () => {
    const root = site('a', 'shop');
    const install = await inspectWordPress(root);
    expect(install).toMatchObject({
      root,
      abspath: root,
      layout: 'standard',
      version: '6.8.1',
      multisite: false,
      unknown: [],
      externalFiles: [],
      contentDir: join(root, 'wp-content'),
    });
    expect(install.database).toEqual({
      engine: 'mysql',
      credentials: {
        host: null,
        port: null,
        socketPath: '/nowhere/x.sock',
        user: 'u',
        password: 'p;"x',
        database: 'shop',
      },
      tablePrefix: 'wp_',
      charset: null,
    });
  });

  it('takes a configuration one level up only when no install is there (case 1)', async () => {
    const root = core('home/public');
    const above = file('home/wp-config.php', config('above'));
    expect(await inspectWordPress(root)).toMatchObject({
      layout: 'config-above',
      configFile: above,
      externalFiles: [above],
    });
    core('home');
    expect(await code(inspectWordPress(root))).toMatch(/^NOT_A_SITE: .*no wp-config.php/);
    expect((await inspectWordPress(join(base, 'home'))).nestedInstalls).toEqual([]);
  });

  it('names nested installs, not copies in wp-content', async () => {
    const root = site('a');
    const blog = site('a/blog');
    site('a/wp-content/upgrade/wordpress');
    expect((await inspectWordPress(root)).nestedInstalls).toEqual([blog]);
    expect((await inspectWordPress(blog)).database).toMatchObject({ credentials: { database: 'a_blog' } });
  });

  it('reads Bedrock from its project, web or core folder (case 2)', async () => {
    core('b/web/wp');
    file('b/web/index.php', "<?php require __DIR__ . '/wp/wp-blog-header.php';");
    file(
      'b/web/wp-config.php',
      "<?php require_once dirname(__DIR__) . '/vendor/autoload.php'; require_once dirname(__DIR__) . '/config/application.php'; require_once ABSPATH . 'wp-settings.php';",
    );
    file(
      'b/config/application.php',
      "<?php Dotenv\\Dotenv::createImmutable(dirname(__DIR__))->load(); define('WP_CONTENT_DIR', dirname(__DIR__) . '/web/app'); foreach (['DB_NAME', 'DB_USER', 'DB_PASSWORD'] as $n) define($n, env($n)); define('DB_HOST', env('DB_HOST') ?: 'localhost'); $table_prefix = env('DB_PREFIX') ?: 'wp_';",
    );
    file('b/.env', 'DB_NAME=bed\nDB_USER=u\nDB_PASSWORD="x y"\n');
    const root = join(base, 'b');
    for (const given of [root, join(root, 'web'), join(root, 'web/wp')]) {
      const install = await inspectWordPress(given);
      expect(install).toMatchObject({
        root,
        layout: 'bedrock',
        abspath: join(root, 'web/wp'),
        contentDir: join(root, 'web/app'),
        unknown: [],
        externalFiles: [],
      });
      expect(install.database).toMatchObject({ credentials: { database: 'bed', password: 'x y', host: null } });
    }
  });

  it('reads an install in a subdirectory and a deployment with releases (case 8)', async () => {
    core('s/wp');
    file('s/index.php', "<?php require __DIR__ . '/wp/wp-blog-header.php';");
    file('s/wp-config.php', config('sub'));
    expect(await inspectWordPress(join(base, 's'))).toMatchObject({
      root: join(base, 's'),
      abspath: join(base, 's/wp'),
      layout: 'subdirectory',
    });
    site('d/releases/1', 'dep');
    site('d/releases/2', 'dep');
    file('d/shared/uploads/a.txt');
    symlinkSync('releases/2', join(base, 'd/current'));
    rmSync(join(base, 'd/releases/2/wp-content/uploads'), { recursive: true });
    symlinkSync('../../../shared/uploads', join(base, 'd/releases/2/wp-content/uploads'));
    for (const given of ['d', 'd/current', 'd/releases/2']) {
      const install = await inspectWordPress(join(base, given));
      expect(install).toMatchObject({
        root: join(base, 'd'),
        abspath: join(base, 'd/current'),
        layout: 'releases',
        warnings: [],
      });
    }
  });

  it('finds the SQLite file where the drop-in would (case 11)', async () => {
    const root = site('q', 'dummy');
    file('q/wp-content/db.php', "<?php // SQLite drop-in\nrequire 'wp-includes/sqlite/load.php';");
    expect((await inspectWordPress(root)).unknown.join()).toContain('.ht.sqlite does not exist');
    const database = file('q/wp-content/database/.ht.sqlite');
    expect((await inspectWordPress(root)).database).toEqual({ engine: 'sqlite', file: database, tablePrefix: 'wp_' });
    const other = file('q/data/x.db');
    file('q/wp-config.php', config('dummy', "define('DB_DIR', ABSPATH . 'data'); define('DB_FILE', 'x.db');"));
    expect((await inspectWordPress(root)).database).toMatchObject({ file: other });
    file('q/wp-config.php', config('dummy', "define('DB_ENGINE', 'mysql');"));
    expect((await inspectWordPress(root)).database).toMatchObject({ engine: 'mysql' });
  });

  it('says what is unknown, takes overrides, and warns of links out of the root', async () => {
    const root = site('u');
    file(
      'u/wp-config.php',
      "<?php\ndefine('DB_NAME', getenv('NAME'));\ndefine('DB_USER', 'u'); define('DB_PASSWORD', getenv('PW')); define('DB_HOST', 'db:3307'); define('MULTISITE', true); $table_prefix = 'wp_';",
    );
    rmSync(join(root, 'wp-content/uploads'), { recursive: true });
    symlinkSync(base, join(root, 'wp-content/uploads'));
    const install = await inspectWordPress(root);
    expect(install.database).toBeNull();
    expect(install.multisite).toBe(true);
    expect(install.unknown).toEqual([
      "DB_NAME: getenv('NAME') is not known here (wp-config.php:2)",
      "DB_PASSWORD: getenv('PW') is not known here (wp-config.php:3)",
    ]);
    expect(install.warnings.join()).toContain(`wp-content/uploads is a link to ${base}, outside the site`);
    const known = await inspectWordPress(root, {
      overrides: { 'env.NAME': 'given', DB_PASSWORD: 'pw', table_prefix: 'x_' },
    });
    expect(known.database).toMatchObject({
      tablePrefix: 'x_',
      credentials: { database: 'given', password: 'pw', host: 'db', port: 3307 },
    });
    expect(known.unknown).toEqual([]);
  });

  it('takes a relocated wp-content', async () => {
    core('r/wp-root');
    file('r/wp-root/wp-config.php', config('r', "define('WP_CONTENT_DIR', dirname(__DIR__) . '/content');"));
    mkdirSync(join(base, 'r/content'));
    expect(await inspectWordPress(join(base, 'r/wp-root'))).toMatchObject({
      contentDir: join(base, 'r/content'),
      externalFiles: [join(base, 'r/content')],
    });
  });

  it.runIf(process.getuid?.() === 0)("does not take another tenant's files for the site's own", async () => {
    const root = site('t', 'dummy');
    file('t/wp-content/db.php', '<?php // sqlite');
    const theirs = file('other/x.db');
    mkdirSync(join(base, 'other/content'));
    file('t/wp-config.php', config('dummy', `define('FQDB', '${theirs}');`));
    chownSync(theirs, 12_345, 12_345);
    chownSync(join(root, 'wp-config.php'), 23_456, 23_456);
    const install = await inspectWordPress(root);
    expect(install.database).toBeNull();
    expect(install.unknown.join()).toContain('belongs to someone else');
    file('t/wp-config.php', config('dummy', `define('WP_CONTENT_DIR', '${join(base, 'other/content')}');`));
    expect(await inspectWordPress(root)).toMatchObject({ externalFiles: [] });
    rmSync(join(root, 'wp-config.php'));
    const secret = file('other/wp-config.php', config('secret'));
    chownSync(secret, 12_345, 12_345);
    symlinkSync(secret, join(root, 'wp-config.php'));
    lchownSync(join(root, 'wp-config.php'), 23_456, 23_456);
    const linked = await inspectWordPress(root);
    expect(JSON.stringify(linked)).not.toContain('secret');
    expect(linked).toMatchObject({ database: null, externalFiles: [] });
  });

  it('refuses what is no site, with the reason', async () => {
    file('x/readme.txt');
    expect(await code(inspectWordPress(join(base, 'none')))).toMatch(/^PATH_NOT_FOUND/);
    expect(await code(inspectWordPress('relative'))).toMatch(/^PATH_NOT_FOUND/);
    expect(await code(inspectWordPress(join(base, 'x')))).toMatch(/^NOT_A_SITE: .*none of wp-load.php/);
    expect(await code(inspectWordPress(join(base, 'x/readme.txt')))).toMatch(/^NOT_A_SITE/);
    core('y');
    rmSync(join(base, 'y/wp-load.php'));
    expect(await code(inspectWordPress(join(base, 'y')))).toMatch(/lacks wp-load.php/);
  });
});

describe('describeWordPress', () => {
  it('takes name and URL from the SQLite database, as data', async () => {
    const root = site('q', 'dummy');
    file('q/wp-content/db.php', '<?php // sqlite');
    mkdirSync(join(root, 'wp-content/database'));
    const database = new DatabaseSync(join(root, 'wp-content/database/.ht.sqlite'));
    database.exec(
      "CREATE TABLE wp_options (option_name TEXT, option_value TEXT); INSERT INTO wp_options VALUES ('blogname', 'Tom &amp; Jerry\n\u001b[31mred'), ('home', 'https://tom.example'), ('siteurl', 'https://tom.example/wp')",
    );
    database.close();
    const description = await describeWordPress({ path: root, overrides: {} });
    expect(description).toMatchObject({
      name: 'Tom & Jerry [31mred',
      url: 'https://tom.example',
      path: root,
      unknown: [],
      warnings: [],
    });
    expect(JSON.stringify(description)).not.toContain('p;');
    writeFileSync(join(root, 'wp-content/database/.ht.sqlite'), 'no database');
    expect((await describeWordPress({ path: root, overrides: {} })).warnings.join()).toContain('DATABASE_UNREACHABLE');
  });

  it('warns without the password when the server is not there; constants give the URL', async () => {
    const root = site('m');
    file('m/wp-config.php', config('m', "define('WP_HOME', 'https://m.example');"));
    const description = await describeWordPress({ path: root, overrides: {} });
    expect(description).toMatchObject({ name: 'm.example', url: 'https://m.example' });
    expect(description.warnings.join()).toMatch(/DATABASE_UNREACHABLE: The database server at \/nowhere\/x.sock/);
    expect(JSON.stringify(description)).not.toContain('p;');
  });
});

describe('discoverWordPress', () => {
  it('finds each kind of install once, follows links without looping, and says why candidates are none', async () => {
    const standard = site('www/one');
    const nested = site('www/one/blog');
    const deep = site('www/a/b/c/site');
    core('www/above/public');
    file('www/above/wp-config.php', config('above'));
    core('www/bed/web/wp');
    file('www/bed/web/index.php', "<?php require __DIR__ . '/wp/wp-blog-header.php';");
    file('www/bed/web/wp-config.php', "<?php require_once dirname(__DIR__) . '/config/application.php';");
    file('www/bed/config/application.php', config('bed').replace('require_once ABSPATH', '//'));
    site('www/dep/releases/1', 'dep');
    site('www/dep/releases/2', 'dep');
    symlinkSync('releases/2', join(base, 'www/dep/current'));
    symlinkSync('..', join(base, 'www/one/loop'));
    symlinkSync('one', join(base, 'www/0-link-to-one'));
    const outside = site('elsewhere/linked');
    symlinkSync(outside, join(base, 'www/linked'));
    core('www/unpacked');
    site('www/one/wp-content/upgrade/wordpress-6.9');
    site('www/one/wp-content/backups/old');
    site('www/backups/two');
    cpSync(standard, join(base, 'www/one-old'), { recursive: true });
    file('www/part/wp-load.php', '<?php');
    mkdirSync(join(base, 'www/one/wp-content/uploads/2024/12'), { recursive: true });
    const result = await scan([join(base, 'www')]);
    expect(result.installs).toEqual(
      [
        standard,
        nested,
        deep,
        join(base, 'www/above/public'),
        join(base, 'www/bed'),
        join(base, 'www/dep'),
        join(base, 'www/linked'),
      ].toSorted(),
    );
    const reason = (path: string): string =>
      result.found.find((find) => find.path === join(base, 'www', path))?.reason ?? 'not reported';
    expect(reason('unpacked')).toContain('no wp-config.php');
    expect(reason('one/wp-content/upgrade/wordpress-6.9')).toContain('lies in wp-content/upgrade');
    expect(reason('one/wp-content/backups/old')).toContain('lies in wp-content/backups');
    expect(reason('backups/two')).toContain('a backup copy');
    expect(reason('one-old')).toContain('same database and table prefix');
    expect(reason('part')).toContain('not a whole WordPress');
    expect(reason('one')).toContain('WordPress 6.8.1');
    expect(result.found.find((find) => find.path === standard)?.description?.facts).toMatchObject({
      version: '6.8.1',
      databaseName: 'www_one',
    });
    expect(new Set(result.found.map((find) => find.path)).size).toBe(result.found.length);
    expect(result.problems).toEqual([]);
  });

  it('finds tenants that share one linked core', async () => {
    core('shared/core');
    for (const name of ['t1', 't2']) {
      file(`www/${name}/wp-config.php`, config(name));
      file(`www/${name}/index.php`, "<?php require __DIR__ . '/wp/wp-blog-header.php';");
      symlinkSync(join(base, 'shared/core'), join(base, `www/${name}/wp`));
    }
    const result = await scan([join(base, 'www')]);
    expect(result.installs).toEqual([join(base, 'www/t1'), join(base, 'www/t2')]);
  });

  it('stops at the depth limit and goes on after a root that is not there', async () => {
    site('www/a/b/c');
    const result = await scan([join(base, 'nothing'), join(base, 'www')], 2);
    expect(result.installs).toEqual([]);
    expect(result.problems).toEqual([`${join(base, 'nothing')}: does not exist`]);
    expect((await scan([join(base, 'www')], 3)).installs).toHaveLength(1);
  });

  it('streams: a find comes before the walk is over, and an abort ends it', async () => {
    site('www/a');
    for (let i = 0; i < 3_000; i++) mkdirSync(join(base, `www/z/${i % 50}/${i}`), { recursive: true });
    const abort = new AbortController();
    let folders = 0;
    const options = {
      roots: [join(base, 'www')],
      maxDepth: 8,
      signal: abort.signal,
      onProblem: () => {},
      onProgress: (n: number) => void (folders = n),
    };
    const found: string[] = [];
    for await (const find of discoverWordPress(options, { identify: false })) {
      found.push(find.path);
      abort.abort();
    }
    expect(found).toHaveLength(1);
    expect(folders).toBeLessThan(2_000);
  });

  it('scans 60 sites in 6,000 folders in seconds without holding the event loop', async () => {
    const seed = site('seed', 'x');
    for (let i = 0; i < 60; i++) {
      const root = join(base, `www/site${i}`);
      cpSync(seed, root, { recursive: true });
      writeFileSync(join(root, 'wp-config.php'), config(`db${i}`));
      for (let j = 0; j < 50; j++) mkdirSync(join(root, `wp-content/plugins/p${j % 10}/d${j}`), { recursive: true });
      for (let j = 0; j < 40; j++) mkdirSync(join(root, `static/s${j}`), { recursive: true });
    }
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const start = performance.now();
    const result = await scan([join(base, 'www')]);
    const took = performance.now() - start;
    clearInterval(timer);
    expect(result.installs).toHaveLength(60);
    expect(took).toBeLessThan(15_000);
    expect(longest).toBeLessThan(1_000);
  }, 60_000);
});
