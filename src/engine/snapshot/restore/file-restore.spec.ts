import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { snapshotTree, treeMap, useTempFolder, type TreeFact } from '../../testing/index.js';
import type { StoredBackup } from '../read/index.js';
import { FileRestore } from './index.js';
import type { FileRestoreOptions } from './index.js';
import { backupOf, makeOldSite, SITE } from './testing/small-site.js';

const JOB = '0190f3b0-0000-7000-8000-00000000000a';

// The machine that runs the tests may be busy: every restore syncs the file system.
vi.setConfig({ testTimeout: 30_000 });

const paths = (facts: readonly TreeFact[]): string[] => facts.map((fact) => fact.path);

describe('FileRestore', () => {
  const temp = useTempFolder('restore');
  const setUp = (): void => {
    mkdirSync(temp('www'));
    mkdirSync(temp('work'));
    makeOldSite(temp('www/site'));
  };
  const options = (more: Partial<FileRestoreOptions> = {}): FileRestoreOptions => ({
    jobId: JOB,
    workDir: temp('work'),
    target: temp('www/site'),
    extraFiles: 'delete',
    ...more,
  });
  const restore = async (
    backup: StoredBackup,
    more: Partial<FileRestoreOptions> = {},
    excludes: readonly string[] = [],
  ): Promise<FileRestore> => {
    const files = await FileRestore.prepare(options(more));
    await files.stage(backup);
    await files.activate(excludes);
    return files;
  };
  const noLitter = (): void => {
    expect(readdirSync(temp('www'))).toEqual(['site']);
    expect(readdirSync(temp('www/site')).filter((name) => name.startsWith('.backupd'))).toEqual([]);
    expect(existsSync(temp('work/file-restore/files.json'))).toBe(false);
  };

  it('replaces the whole tree; until commit the old state can be put back exactly', async () => {
    setUp();
    const before = snapshotTree(temp('www/site'));
    const backup = await backupOf(SITE);
    const first = await restore(backup);
    expect(readFileSync(temp('www/site/index.php'), 'utf8')).toBe('<?php new');
    expect(existsSync(temp('www/site/extra.txt'))).toBe(false);
    await first.rollBack();
    expect(snapshotTree(temp('www/site'))).toEqual(before);
    noLitter();

    const second = await restore(backup);
    await second.commit();
    noLitter();
    const after = treeMap(snapshotTree(temp('www/site')));
    expect([...after.keys()]).toEqual(SITE.slice(1).map((entry) => entry.path?.replace(/^files\/?/, '') || '.'));
    expect(after.get('.')).toMatchObject({ mtime: '1600000000000000001', mode: '0755' });
    expect(after.get('wp-content/uploads/2024/b.jpg')?.sameInodeAs).toBe('wp-content/uploads/2024/a.jpg');
  });

  it('what the backup excluded, and what must be kept, stays; the rest goes or stays as asked', async () => {
    setUp();
    const before = snapshotTree(temp('www/site'));
    const backup = await backupOf(SITE);
    const keep = [temp('www/site/nested')];
    const excludes = ['/wp-content/cache/*'];
    const gone = await restore(backup, { keep }, excludes);
    const found = paths(snapshotTree(temp('www/site')));
    expect(found).toEqual(
      expect.arrayContaining(['nested/index.php', 'wp-content/cache/page.html', 'wp-content/cache/deep/x']),
    );
    expect(found).not.toContain('extra.txt');
    expect(found).not.toContain('wp-content/plugins/evil.php');
    expect(statSync(temp('www/site/wp-content/cache')).mtimeMs).toBe(1_600_000_000_000);
    await gone.rollBack();
    expect(snapshotTree(temp('www/site'))).toEqual(before);

    const kept = await restore(backup, { keep, extraFiles: 'keep' }, excludes);
    await kept.commit();
    expect(paths(snapshotTree(temp('www/site')))).toEqual(
      expect.arrayContaining(['extra.txt', 'wp-content/plugins/evil.php', 'etc-link', 'wp-content/cache/page.html']),
    );
    expect(readFileSync(temp('www/site/wp-content/plugins/a.php')).length).toBe(100_000);
    noLitter();
  });

  it('an excluded folder whose parents the backup has not is kept with its parents', async () => {
    setUp();
    const backup = await backupOf([
      { path: 'files', type: 'dir', mode: 0o755 },
      { path: 'files/index.php', content: Buffer.from('new') },
    ]);
    const files = await restore(backup, {}, ['/wp-content/cache']);
    await files.commit();
    expect(paths(snapshotTree(temp('www/site')))).toEqual([
      '.',
      'index.php',
      'wp-content',
      'wp-content/cache',
      'wp-content/cache/deep',
      'wp-content/cache/deep/x',
      'wp-content/cache/page.html',
    ]);
  });

  it('restores chosen paths only, with folders above that are missing', async () => {
    setUp();
    const before = snapshotTree(temp('www/site'));
    const backup = await backupOf(SITE);
    const chosen = { paths: ['wp-content/uploads/2024', 'index.php'], extraFiles: 'keep' as const };
    const first = await restore(backup, chosen);
    await first.rollBack();
    expect(snapshotTree(temp('www/site'))).toEqual(before);
    const second = await restore(backup, chosen);
    await second.commit();
    noLitter();
    const after = treeMap(snapshotTree(temp('www/site')));
    expect(after.get('wp-content/uploads')).toMatchObject({ mode: '0750', mtime: '1600000000000000005' });
    expect(after.get('wp-content/uploads/2024/a.jpg')?.size).toBe(70_000);
    expect(readFileSync(temp('www/site/index.php'), 'utf8')).toBe('<?php new');
    expect(readFileSync(temp('www/site/wp-content/plugins/a.php'), 'utf8')).toBe('hacked');
    expect(after.get('wp-content')?.mtime).toBe('1500000000000000123');
    expect(after.get('.')?.mtime).toBe('1500000000000000123');
  });

  it('a chosen hard link whose first name is not chosen comes with its content', async () => {
    setUp();
    const backup = await backupOf(SITE);
    const files = await restore(backup, { paths: ['wp-content/uploads/2024/b.jpg'] });
    await files.commit();
    expect(statSync(temp('www/site/wp-content/uploads/2024/b.jpg')).size).toBe(70_000);
    expect(existsSync(temp('www/site/wp-content/uploads/2024/a.jpg'))).toBe(false);
  });

  it('removes asked paths with chosen ones, and puts them back on undo', async () => {
    setUp();
    const before = snapshotTree(temp('www/site'));
    const backup = await backupOf(SITE);
    const chosen = { paths: ['index.php'], remove: ['extra.txt', 'not-there', 'nested'] };
    const first = await restore(backup, chosen);
    expect(existsSync(temp('www/site/extra.txt'))).toBe(false);
    expect(existsSync(temp('www/site/nested'))).toBe(false);
    await first.rollBack();
    expect(snapshotTree(temp('www/site'))).toEqual(before);
  });

  it('restores to a folder that does not exist, and leaves none when it is rolled back', async () => {
    setUp();
    const backup = await backupOf(SITE);
    const target = temp('www/other/deep/site');
    const first = await restore(backup, { target });
    expect(existsSync(join(target, 'index.php'))).toBe(true);
    await first.rollBack();
    expect(existsSync(temp('www/other'))).toBe(false);
    const second = await restore(backup, { target });
    await second.commit();
    expect(readdirSync(temp('www/other/deep'))).toEqual(['site']);
    const third = await FileRestore.prepare(options({ target: temp('www/third'), paths: ['index.php'] }));
    await third.stage(backup);
    await third.activate([]);
    await third.commit();
    expect(paths(snapshotTree(temp('www/third')))).toEqual(['.', 'index.php']);
  });
});
