import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { MariaDbAccount } from './mariadb.js';
import { accountOf, endWithTest, freePort, isRoot, stopChild, until } from './scratch.js';
import { addSqlitePlugin } from './sqlite-plugin.js';

const run = promisify(execFile);
const DEBIAN = '/usr/share/wordpress';
const ASSETS = [
  'wp-admin/css',
  'wp-admin/images',
  'wp-admin/js',
  'wp-includes/css',
  'wp-includes/images',
  'wp-includes/js',
];
const INSTALLER = join(dirname(fileURLToPath(import.meta.url)), 'wordpress-install.php');

export interface WordPressOptions {
  /** Where it goes; made new. Every parent must be passable for others. */
  root: string;
  database: MariaDbAccount | 'sqlite';
  title?: string;
  tablePrefix?: string;
  /** Without what the core's pages load in a browser: a third of the bytes, for tests that show nothing by the size. */
  slim?: boolean;
  /** Number of posts with pictures on top of the fixed ones. */
  posts?: number;
  /** Account the files belong to and the web server runs as, when root; default `www-data` where it exists. */
  owner?: string;
  /** More lines for wp-config.php, before wp-settings.php is loaded. */
  config?: string;
}

/** What the installer tells: addresses of pages with what they must show. */
export interface WordPressContent {
  url: string;
  /** Path (from the site's address) of each page or post. */
  pages: string[];
  /** Paths of uploaded files below the root. */
  uploads: string[];
}

/** A real, installed WordPress that PHP's own server can serve. */
export class WordPressSite {
  private server: ChildProcess | null = null;

  private constructor(
    readonly root: string,
    readonly port: number,
    readonly content: WordPressContent,
    private readonly owner: { uid: number; gid: number } | null,
  ) {}

  /** Copies WordPress, writes its configuration, runs its installer, adds posts with emoji and pictures (about three seconds). */
  static async install(options: WordPressOptions): Promise<WordPressSite> {
    if (!existsSync(join(DEBIAN, 'wp-settings.php')))
      throw new Error('WordPress is not installed: apt-get install wordpress wordpress-theme-twentytwentythree');
    const { root } = options;
    await mkdir(dirname(root), { recursive: true });
    await run('cp', ['-rL', DEBIAN, root]);
    const without = ['wp-config.php', '.htaccess', ...(options.slim === true ? ASSETS : [])];
    await run('rm', ['-rf', ...without.map((name) => join(root, name))]);
    await writeFile(join(root, '.htaccess'), '# BEGIN WordPress\n# END WordPress\n');
    await mkdir(join(root, 'wp-content/uploads'), { recursive: true });
    if (options.database === 'sqlite') await addSqlitePlugin(root);
    await writeFile(join(root, 'wp-config.php'), wpConfig(options));
    await chmod(join(root, 'wp-config.php'), 0o640);
    const owner = isRoot ? accountOf(options.owner ?? 'www-data') : null;
    if (owner !== null) await run('chown', ['-R', `${owner.uid}:${owner.gid}`, root]);
    const port = await freePort();
    const { stdout } = await run(
      'php',
      [INSTALLER, root, String(port), options.title ?? 'Café ☕ Zürich', String(options.posts ?? 3)],
      {
        maxBuffer: 1 << 24,
        cwd: root,
        ...owner,
      },
    ).catch((error: { stdout?: string; stderr?: string }) => {
      const page = (error.stdout ?? '').replaceAll(/<style[\s\S]*<\/style>|<[^>]+>/g, '').replaceAll(/\s+/g, ' ');
      throw new Error(`The WordPress installer failed:\n${page}\n${error.stderr ?? ''}`, {
        cause: error,
      });
    });
    const answer = /^CONTENT (.*)$/m.exec(stdout)?.[1];
    if (answer === undefined) throw new Error(`The WordPress installer said:\n${stdout}`);
    return new WordPressSite(root, port, JSON.parse(answer) as WordPressContent, owner);
  }

  /** Serves the site with `php -S` on its own address until `stop`. */
  async serve(): Promise<void> {
    if (this.server !== null) return;
    const child = spawn('php', ['-d', 'opcache.enable=0', '-S', `127.0.0.1:${this.port}`, '-t', this.root], {
      stdio: ['ignore', 'ignore', 'ignore'],
      cwd: dirname(this.root),
      ...this.owner,
    });
    endWithTest(child);
    this.server = child;
    await until('php -S to answer', () => fetch(`${this.content.url}/readme.html`).then((r) => r.status > 0));
  }

  /** Ends the web server. */
  async stop(): Promise<void> {
    const child = this.server;
    this.server = null;
    if (child !== null) await stopChild(child);
  }

  /** One page as a visitor gets it. */
  async page(path: string): Promise<{ status: number; body: string }> {
    const response = await fetch(this.content.url + path, { redirect: 'manual' });
    return { status: response.status, body: await response.text() };
  }

  /** Every page of the site, by path; two calls on an unchanged site give equal answers. */
  async pages(): Promise<Record<string, { status: number; body: string }>> {
    const result: Record<string, { status: number; body: string }> = {};
    for (const path of ['/', ...this.content.pages]) result[path] = await this.page(path);
    return result;
  }

  /** The bytes of an upload, over HTTP. */
  async upload(path: string): Promise<Buffer> {
    return Buffer.from(await (await fetch(`${this.content.url}/${path}`)).arrayBuffer());
  }

  /** Runs PHP code inside the loaded WordPress, as the site's own account. */
  async php(code: string): Promise<string> {
    const script = `$_SERVER['HTTP_HOST']='127.0.0.1:${this.port}'; require ${JSON.stringify(join(this.root, 'wp-load.php'))}; ${code}`;
    const { stdout } = await run('php', ['-r', script], { cwd: this.root, maxBuffer: 1 << 26, ...this.owner });
    return stdout;
  }

  /** Loses every file of the site. */
  async loseFiles(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }

  readConfig(): Promise<string> {
    return readFile(join(this.root, 'wp-config.php'), 'utf8');
  }
}

/** A PHP string in single quotes. */
function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, (c) => `\\${c}`)}'`;
}

/** A wp-config.php as WordPress itself writes it. */
function wpConfig(options: WordPressOptions): string {
  const db =
    options.database === 'sqlite'
      ? { name: 'database_name_here', user: 'username_here', password: 'password_here', host: 'localhost' }
      : {
          name: options.database.database,
          user: options.database.user,
          password: options.database.password,
          host: `localhost:${options.database.socket}`,
        };
  const salts = 'AUTH_KEY SECURE_AUTH_KEY LOGGED_IN_KEY NONCE_KEY AUTH_SALT SECURE_AUTH_SALT LOGGED_IN_SALT NONCE_SALT'
    .split(' ')
    .map((name) => `define( '${name}', ${quote(`${randomBytes(24).toString('base64')};'\\#//`)} );`)
    .join('\n');
  return `<?php
/** The base configuration for WordPress */
// define( 'DB_NAME', 'an_old_name' );
define( 'DB_NAME', ${quote(db.name)} );
define( 'DB_USER', ${quote(db.user)} );
define( 'DB_PASSWORD', ${quote(db.password)} );
define( 'DB_HOST', ${quote(db.host)} );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
${salts}
$table_prefix = ${quote(options.tablePrefix ?? 'wp_')};
define( 'WP_DEBUG', false );
define( 'DISABLE_WP_CRON', true );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
${options.config ?? ''}
/* That's all, stop editing! Happy publishing. */
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
`;
}
