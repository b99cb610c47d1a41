import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { LocalStorageDriver } from './index.js';
import {
  CountingStorageDriver,
  makeRandomTree,
  SeededRandom,
  snapshotTree,
  treeMap,
  useTempFolder,
} from '../../engine/testing/index.js';
import { packBundle, planFiles, type PackedBundle } from '../../engine/snapshot/pack/index.js';
import { findEntry, openBackup } from '../../engine/snapshot/read/index.js';
import { verifyBackup } from '../../engine/snapshot/verify/index.js';
import { FileRestore, previewFiles } from '../../engine/snapshot/restore/index.js';

vi.setConfig({ testTimeout: 120_000 });

const isRoot = process.getuid?.() === 0;
const BUNDLE_KEY = 'sites/s/20260102T030405Z-b.tar.zst';
const MANIFEST_KEY = 'sites/s/20260102T030405Z-b.manifest.ndjson.zst';
const journal = { progress: () => undefined, warn: () => undefined, note: () => undefined };

async function backUp(site: string, workDir: string, driver: LocalStorageDriver): Promise<PackedBundle> {
  const { signal } = new AbortController();
  const roots = [{ prefix: 'files', path: site }];
  await planFiles({ roots, excludes: [], neverPack: [], workDir, signal, journal });
  const packed = await packBundle({
    workDir,
    header: {
      backupId: 'b',
      site: { id: 's', name: 's', url: null, module: 'wordpress', path: site, node: 'n' },
      startedAt: '2026-01-02T03:04:05.000Z',
      tool: { name: 'backupd', version: '0', node: process.version },
      facts: {},
    },
    readme: 'read me',
    bundleKey: BUNDLE_KEY,
    workers: 2,
    signal,
    journal,
  });
  await driver.put(BUNDLE_KEY, { path: packed.bundlePath, size: packed.bundleSize, sha256: packed.bundleSha256 });
  await driver.put(MANIFEST_KEY, {
    path: packed.manifestPath,
    size: packed.manifestSize,
    sha256: packed.manifestSha256,
  });
  return packed;
}

describe('pack, store, verify, restore', () => {
  const temp = useTempFolder('round-trip');
  const setUp = async (): Promise<LocalStorageDriver> => {
    for (const name of ['site', 'work', 'restore-work']) mkdirSync(temp(name));
    const driver = new LocalStorageDriver(temp('storage'));
    await driver.initialise();
    return driver;
  };
  const restoreTo = async (driver: LocalStorageDriver, target: string, paths: string[] = []): Promise<void> => {
    const backup = await openBackup(driver, { manifestKey: MANIFEST_KEY });
    const restore = await FileRestore.prepare({
      jobId: 'j',
      workDir: temp('restore-work'),
      target,
      paths,
      extraFiles: 'delete',
      onWarning: (warning) => expect(warning).toBeUndefined(),
    });
    await restore.stage(backup);
    await restore.activate([]);
    await restore.commit();
  };

  it.each([1, 2, 3, 4])('random tree %i comes back exactly', async (seed) => {
    const driver = await setUp();
    makeRandomTree(temp('site'), new SeededRandom(seed), {
      entries: 40 + seed * 20,
      maxFileBytes: seed === 3 ? 6_000_000 : 300_000,
      owners: isRoot,
      xattrs: true,
    });
    const before = snapshotTree(temp('site'));
    await backUp(temp('site'), temp('work'), driver);
    expect(await verifyBackup(driver, { manifestKey: MANIFEST_KEY, level: 'full' })).toMatchObject({
      ok: true,
      damaged: [],
    });
    await restoreTo(driver, temp('restored'));
    expect(snapshotTree(temp('restored'))).toEqual(before);
    // Over the original, which lost something meanwhile.
    writeFileSync(temp('site/stranger'), 'x');
    await restoreTo(driver, temp('site'));
    expect(snapshotTree(temp('site'))).toEqual(before);
    const backup = await openBackup(driver, { manifestKey: MANIFEST_KEY });
    expect((await previewFiles(backup, temp('site'), { extraFiles: 'delete' })).files).toMatchObject({
      create: 0,
      replace: 0,
      delete: 0,
    });
  });

  it('one file out of many costs its own range', async () => {
    const driver = await setUp();
    const random = new SeededRandom(9);
    for (let i = 0; i < 300; i++) writeFileSync(temp('site', `p${i}.jpg`), random.bytes(100_000));
    const packed = await backUp(temp('site'), temp('work'), driver);
    const counting = new CountingStorageDriver(driver);
    const backup = await openBackup(counting, { manifestKey: MANIFEST_KEY });
    const entry = await findEntry(backup, Buffer.from('files/p42.jpg'));
    if (entry?.in === undefined) throw new Error('not found');
    counting.bytesRead = 0;
    const chunks: Buffer[] = [];
    for await (const chunk of await backup.content(entry)) chunks.push(Buffer.from(chunk));
    expect(Buffer.concat(chunks)).toHaveLength(100_000);
    expect(counting.bytesRead).toBe(entry.in.length);
    expect(counting.bytesRead).toBeLessThan(packed.bundleSize / 10);
  });

  it('chosen paths of a real backup come back, the rest stays as it is', async () => {
    const driver = await setUp();
    makeRandomTree(temp('site'), new SeededRandom(12), { entries: 150, owners: isRoot });
    const before = treeMap(snapshotTree(temp('site')));
    await backUp(temp('site'), temp('work'), driver);
    const chosen = [...before.values()].find(
      (fact) => fact.type === 'dir' && fact.path !== '.' && !fact.path.startsWith('base64:'),
    );
    if (chosen === undefined) throw new Error('no folder');
    await restoreTo(driver, temp('elsewhere'), [chosen.path]);
    const after = treeMap(snapshotTree(temp('elsewhere')));
    const below = [...before.keys()].filter((path) => path.startsWith(`${chosen.path}/`));
    expect(below.length).toBeGreaterThan(0);
    for (const path of below) {
      const { sha256, mode, mtime, target } = before.get(path) ?? {};
      expect(after.get(path)).toMatchObject({ sha256, mode, mtime, target });
    }
  });

  it('a folder may hold a storage of its own while it is replaced', async () => {
    const driver = await setUp();
    writeFileSync(temp('site/a'), 'a');
    await backUp(temp('site'), temp('work'), driver);
    const inner = new LocalStorageDriver(join(temp('site'), 'backups'));
    await inner.initialise();
    await inner.put('k', { bytes: Buffer.from('kept') });
    const restore = await FileRestore.prepare({
      jobId: 'j',
      workDir: temp('restore-work'),
      target: temp('site'),
      extraFiles: 'delete',
      keep: [temp('site/backups')],
    });
    await restore.stage(await openBackup(driver, { manifestKey: MANIFEST_KEY }));
    await restore.activate([]);
    await restore.commit();
    expect(await inner.stat('k')).toMatchObject({ size: 4 });
  });
});
