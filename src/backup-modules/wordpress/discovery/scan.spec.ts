import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DiscoveredSite } from '../../../engine/ports/index.js';
import { config, useInstalls } from './discovery.spec-support.js';
import { discoverWordPress } from './index.js';

const { at, core, file, site } = useInstalls();

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
    symlinkSync('releases/2', at('www/dep/current'));
    symlinkSync('..', at('www/one/loop'));
    symlinkSync('one', at('www/0-link-to-one'));
    const outside = site('elsewhere/linked');
    symlinkSync(outside, at('www/linked'));
    core('www/unpacked');
    site('www/one/wp-content/upgrade/wordpress-6.9');
    site('www/one/wp-content/backups/old');
    site('www/backups/two');
    cpSync(standard, at('www/one-old'), { recursive: true });
    file('www/part/wp-load.php', '<?php');
    mkdirSync(at('www/one/wp-content/uploads/2024/12'), { recursive: true });
    const result = await scan([at('www')]);
    expect(result.installs).toEqual(
      [standard, nested, deep, at('www/above/public'), at('www/bed'), at('www/dep'), at('www/linked')].toSorted(),
    );
    const reason = (path: string): string =>
      result.found.find((find) => find.path === at('www', path))?.reason ?? 'not reported';
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
      symlinkSync(at('shared/core'), at(`www/${name}/wp`));
    }
    const result = await scan([at('www')]);
    expect(result.installs).toEqual([at('www/t1'), at('www/t2')]);
  });

  it('stops at the depth limit and goes on after a root that is not there', async () => {
    site('www/a/b/c');
    const result = await scan([at('nothing'), at('www')], 2);
    expect(result.installs).toEqual([]);
    expect(result.problems).toEqual([`${at('nothing')}: does not exist`]);
    expect((await scan([at('www')], 3)).installs).toHaveLength(1);
  });

  it('streams: a find comes before the walk is over, and an abort ends it', async () => {
    site('www/a');
    for (let i = 0; i < 3_000; i++) mkdirSync(at(`www/z/${i % 50}/${i}`), { recursive: true });
    const abort = new AbortController();
    let folders = 0;
    const options = {
      roots: [at('www')],
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
      const root = at(`www/site${i}`);
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
    const result = await scan([at('www')]);
    const took = performance.now() - start;
    clearInterval(timer);
    expect(result.installs).toHaveLength(60);
    expect(took).toBeLessThan(15_000);
    expect(longest).toBeLessThan(1_000);
  }, 60_000);
});
