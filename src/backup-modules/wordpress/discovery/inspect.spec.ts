import { chownSync, lchownSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../common/errors/index.js';
import { makeFifo } from '../../../engine/native/posix.js';
import { requires } from '../../../engine/testing/index.js';
import { config, useInstalls } from './discovery.spec-support.js';
import { inspectWordPress } from './index.js';

const { at, core, file, site } = useInstalls();

const code = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no error';
};

describe('inspectWordPress', () => {
  it('is not held up by a pipe or a device in the place of a file', async () => {
    const root = site('odd', 'odd');
    rmSync(join(root, 'index.php'), { force: true });
    makeFifo(Buffer.from(join(root, 'index.php')), 0o600);
    symlinkSync('/dev/zero', join(root, '..', 'index.php'));
    expect((await inspectWordPress(root)).root).toBe(root);
    rmSync(join(root, 'wp-config.php'));
    makeFifo(Buffer.from(join(root, 'wp-config.php')), 0o600);
    expect(await code(inspectWordPress(root))).toMatch(/^NOT_A_SITE/);
  });

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
    expect((await inspectWordPress(at('home'))).nestedInstalls).toEqual([]);
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
    const root = at('b');
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
    expect(await inspectWordPress(at('s'))).toMatchObject({
      root: at('s'),
      abspath: at('s/wp'),
      layout: 'subdirectory',
    });
    site('d/releases/1', 'dep');
    site('d/releases/2', 'dep');
    file('d/shared/uploads/a.txt');
    symlinkSync('releases/2', at('d/current'));
    rmSync(at('d/releases/2/wp-content/uploads'), { recursive: true });
    symlinkSync('../../../shared/uploads', at('d/releases/2/wp-content/uploads'));
    for (const given of ['d', 'd/current', 'd/releases/2']) {
      const install = await inspectWordPress(at(given));
      expect(install).toMatchObject({
        root: at('d'),
        abspath: at('d/current'),
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
    symlinkSync(at(), join(root, 'wp-content/uploads'));
    const install = await inspectWordPress(root);
    expect(install.database).toBeNull();
    expect(install.multisite).toBe(true);
    expect(install.unknown).toEqual([
      "DB_NAME: getenv('NAME') is not known here (wp-config.php:2)",
      "DB_PASSWORD: getenv('PW') is not known here (wp-config.php:3)",
    ]);
    expect(install.warnings.join()).toContain(`wp-content/uploads is a link to ${at()}, outside the site`);
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
    mkdirSync(at('r/content'));
    expect(await inspectWordPress(at('r/wp-root'))).toMatchObject({
      contentDir: at('r/content'),
      externalFiles: [at('r/content')],
    });
  });

  it.runIf(requires('root'))("does not take another tenant's files for the site's own", async () => {
    const root = site('t', 'dummy');
    file('t/wp-content/db.php', '<?php // sqlite');
    const theirs = file('other/x.db');
    mkdirSync(at('other/content'));
    file('t/wp-config.php', config('dummy', `define('FQDB', '${theirs}');`));
    chownSync(theirs, 12_345, 12_345);
    chownSync(join(root, 'wp-config.php'), 23_456, 23_456);
    const install = await inspectWordPress(root);
    expect(install.database).toBeNull();
    expect(install.unknown.join()).toContain('belongs to someone else');
    file('t/wp-config.php', config('dummy', `define('WP_CONTENT_DIR', '${at('other/content')}');`));
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
    expect(await code(inspectWordPress(at('none')))).toMatch(/^PATH_NOT_FOUND/);
    expect(await code(inspectWordPress('relative'))).toMatch(/^PATH_NOT_FOUND/);
    expect(await code(inspectWordPress(at('x')))).toMatch(/^NOT_A_SITE: .*none of wp-load.php/);
    expect(await code(inspectWordPress(at('x/readme.txt')))).toMatch(/^NOT_A_SITE/);
    core('y');
    rmSync(at('y/wp-load.php'));
    expect(await code(inspectWordPress(at('y')))).toMatch(/lacks wp-load.php/);
  });
});
