import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../common/errors/index.js';
import { comparePaths } from '../manifest/index.js';
import { ExcludeList, Walk, type WalkEntry, type WalkOptions } from './index.js';

let folder = '';
let site = '';
let told: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'walk-spec-'));
  site = join(folder, 'site');
  mkdirSync(site);
  told = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (path: string, content = ''): void => {
  mkdirSync(dirname(join(site, path)), { recursive: true });
  writeFileSync(join(site, path), content);
};
const walkOf = (more: Partial<WalkOptions> = {}): Walk =>
  new Walk({
    roots: [{ prefix: 'files', path: site }],
    excludes: [],
    neverPack: [],
    report: {
      unreadable: (path, reason) => told.push(`unreadable ${path.toString()}: ${reason}`),
      skipped: (path, reason) => told.push(`skipped ${path.toString()}: ${reason}`),
    },
    signal: new AbortController().signal,
    ...more,
  });
const entriesOf = async (walk: Walk): Promise<WalkEntry[]> => {
  const all: WalkEntry[] = [];
  for await (const batch of walk.entries()) all.push(...batch);
  return all;
};
const pathsOf = async (walk: Walk): Promise<string[]> => (await entriesOf(walk)).map((e) => e.path.toString());

describe('Walk', { timeout: 30_000 }, () => {
  it('gives path order, over several roots', async () => {
    for (const path of ['a/b', 'a-b', 'a b', 'a.b/c', 'z', '\xe9']) put(path);
    mkdirSync(join(folder, 'ext'));
    writeFileSync(join(folder, 'ext/one.php'), 'x');
    writeFileSync(join(folder, 'wp-config.php'), 'y');
    const paths = await pathsOf(
      walkOf({
        roots: [
          { prefix: 'files', path: site },
          { prefix: 'external/srv/wp-config.php', path: join(folder, 'wp-config.php') },
          { prefix: 'external/srv/ext', path: join(folder, 'ext') },
          { prefix: 'external/srv/ext/one.php', path: join(folder, 'ext/one.php') },
          { prefix: 'external/srv/gone.php', path: join(folder, 'gone.php') },
        ],
      }),
    );
    const files = [
      'files',
      'files/a',
      'files/a/b',
      'files/a b',
      'files/a-b',
      'files/a.b',
      'files/a.b/c',
      'files/z',
      'files/é',
    ];
    expect(paths).toEqual(['external/srv/ext', 'external/srv/ext/one.php', 'external/srv/wp-config.php', ...files]);
    expect(paths).toEqual(paths.toSorted((x, y) => comparePaths(Buffer.from(x), Buffer.from(y))));
    expect(told).toEqual(['unreadable external/srv/gone.php: ENOENT']);
  });

  it('knows hard links, FIFOs and sockets, and follows no link', async () => {
    put('d/first', 'abc');
    linkSync(join(site, 'd/first'), join(site, 'a-second'));
    linkSync(join(site, 'd/first'), join(site, 'z-third'));
    symlinkSync('/etc', join(site, 'link'));
    symlinkSync('.', join(site, 'loop'));
    execFileSync('mkfifo', [join(site, 'pipe')]);
    const server = createServer().listen(join(site, 'sock'));
    try {
      const entries = await entriesOf(walkOf());
      expect(entries.map((e) => [e.path.toString(), e.type, e.target?.toString() ?? null, e.linked])).toEqual([
        ['files', 'dir', null, false],
        ['files/a-second', 'file', null, true],
        ['files/d', 'dir', null, false],
        ['files/d/first', 'hardlink', 'files/a-second', false],
        ['files/link', 'symlink', '/etc', false],
        ['files/loop', 'symlink', '.', false],
        ['files/pipe', 'fifo', null, false],
        ['files/z-third', 'hardlink', 'files/a-second', false],
      ]);
      expect(told).toEqual(['skipped files/sock: it is a socket']);
    } finally {
      server.close();
    }
  });

  it('a root that is a link to a folder is followed, a root that is missing is an error', async () => {
    put('index.php');
    symlinkSync(site, join(folder, 'current'));
    const walk = walkOf({ roots: [{ prefix: 'files', path: join(folder, 'current') }] });
    expect(await pathsOf(walk)).toEqual(['files', 'files/index.php']);
    const missing = walkOf({ roots: [{ prefix: 'files', path: join(folder, 'nowhere') }] });
    await expect(pathsOf(missing)).rejects.toMatchObject({ code: 'SITE_UNREADABLE', kind: 'source' });
  });

  it('excludes prune and count', async () => {
    put('wp-content/cache/a', '12345');
    put('wp-content/cache/deep/b', '678');
    put('wp-content/plugins/cache/keep', 'k');
    put('wp-content/uploads/x.tmp', 'tmp');
    put('wp-content/uploads/sub/y.tmp', 'kept');
    put('node_modules/m', 'm');
    put('theme/node_modules/m', 'mm');
    const walk = walkOf({
      excludes: ['/wp-content/cache', '/wp-content/uploads/*.tmp', '/**/node_modules/', '/never'],
    });
    const paths = await pathsOf(walk);
    expect(paths.filter((p) => /cache|tmp|node/.test(p))).toEqual([
      'files/wp-content/plugins/cache',
      'files/wp-content/plugins/cache/keep',
      'files/wp-content/uploads/sub/y.tmp',
    ]);
    expect(walk.excluded).toEqual([
      { pattern: '/wp-content/cache', files: 2, bytes: 8 },
      { pattern: '/wp-content/uploads/*.tmp', files: 1, bytes: 3 },
      { pattern: '/**/node_modules/', files: 2, bytes: 3 },
      { pattern: '/never', files: 0, bytes: 0 },
    ]);
  });

  it('never packs its own paths, by any name', async () => {
    put('data/backups/big', 'x');
    put('db.sqlite', 'x');
    linkSync(join(site, 'db.sqlite'), join(site, 'other-name'));
    symlinkSync(join(site, 'data'), join(folder, 'alias'));
    const neverPack = [join(folder, 'alias/backups'), join(site, 'db.sqlite'), join(site, 'not-there-yet')];
    const walk = walkOf({ neverPack });
    put('not-there-yet', 'wal');
    expect(await pathsOf(walk)).toEqual(['files', 'files/data']);
    expect(told).toHaveLength(4);
  });

  it('a folder that becomes a link during the walk leads nowhere', async () => {
    for (let i = 0; i < 600; i += 1) put(`a/${i}`);
    put('b/mine', 'x');
    mkdirSync(join(folder, 'outside'));
    writeFileSync(join(folder, 'outside/secret'), 'x');
    const paths: string[] = [];
    for await (const batch of walkOf().entries()) {
      if (paths.length === 0) {
        renameSync(join(site, 'b'), join(folder, 'b'));
        symlinkSync(join(folder, 'outside'), join(site, 'b'));
      }
      paths.push(...batch.map((e) => e.path.toString()));
    }
    expect(paths.filter((p) => p.startsWith('files/b'))).toEqual(['files/b']);
    expect(paths.some((p) => p.includes('secret'))).toBe(false);
  });

  it('stops when it is cancelled', async () => {
    for (let i = 0; i < 3000; i += 1) put(`f${i}`);
    const abort = new AbortController();
    const seen = async (): Promise<void> => {
      for await (const batch of walkOf({ signal: abort.signal }).entries()) if (batch.length > 0) abort.abort();
    };
    await expect(seen()).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  });

  it('a folder of very many names', { timeout: 30_000 }, async () => {
    execFileSync('sh', ['-c', 'cd "$1" && seq 30000 | xargs touch', 'sh', site]);
    const paths = await pathsOf(walkOf());
    expect(paths).toHaveLength(30_001);
    expect(paths[1]).toBe('files/1');
  });
});

const match = (pattern: string, path: string, isFolder = false): boolean =>
  new ExcludeList([pattern]).match(Buffer.from(path).toString('latin1'), isFolder) !== null;

describe('ExcludeList', () => {
  it('refuses patterns that are not anchored', () => {
    for (const pattern of ['cache', '', '/', '//', '/a//b', '/../x', '/a/./b', '*.zip'])
      expect(() => new ExcludeList([pattern])).toThrow(AppError);
  });

  it('matches bytes, with stars within names and over folders', () => {
    expect(match('/a', '/a')).toBe(true);
    expect(match('/a', '/b/a')).toBe(false);
    expect(match('/a', '/ab')).toBe(false);
    expect(match('/a/', '/a')).toBe(false);
    expect(match('/a/', '/a', true)).toBe(true);
    expect(match('/*.log', '/x/y.log')).toBe(false);
    expect(match('/**/*.log', '/x/y.log')).toBe(true);
    expect(match('/**/*.log', '/y.log')).toBe(true);
    expect(match('/a/**', '/a')).toBe(false);
    expect(match('/a/**', '/a/b/c')).toBe(true);
    expect(match('/a?c', '/abc')).toBe(true);
    expect(match('/a?c', '/a/c')).toBe(false);
    expect(match('/(x)+[1].$', '/(x)+[1].$')).toBe(true);
    expect(match('/bücher*', '/bücher-😀')).toBe(true);
    expect(match('/a*', '/a\nb')).toBe(true);
  });
});
