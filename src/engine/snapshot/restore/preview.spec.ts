import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { setMtimeNs } from '../../native/posix.js';
import { makeHandMadeBackup, MemoryStorageDriver, snapshotTree, useTempFolder } from '../../testing/index.js';
import { openBackup, type StoredBackup } from '../read/index.js';
import { FileRestore, previewFiles } from './index.js';

vi.setConfig({ testTimeout: 30_000 });

async function backup(): Promise<StoredBackup> {
  const memory = new MemoryStorageDriver();
  const made = await makeHandMadeBackup(
    memory,
    [
      { path: 'files', type: 'dir' },
      { path: 'files/a', type: 'dir' },
      { path: 'files/a/same', content: Buffer.from('same') },
      { path: 'files/a/time', content: Buffer.from('time') },
      { path: 'files/a-b', content: Buffer.from('new') },
      { path: 'files/link', type: 'symlink', target: 'a' },
    ],
    { header: { excludes: [{ pattern: '/cache', files: 0, bytes: 0 }] } },
  );
  return openBackup(memory, { manifestKey: made.manifestKey });
}

describe('previewFiles', () => {
  const temp = useTempFolder('preview', { inMemory: true });
  const site = (): string => {
    const root = temp('site');
    for (const folder of ['a', 'cache', 'kept']) mkdirSync(join(root, folder), { recursive: true });
    for (const file of ['a/same', 'a/time', 'cache/x', 'kept/y', 'z']) {
      writeFileSync(join(root, file), file.slice(-4), { mode: 0o644 });
    }
    setMtimeNs(Buffer.from(join(root, 'a/same')), 1_700_000_000_123_456_789n);
    return root;
  };

  it('counts what will be made, replaced, left and deleted, and changes nothing', async () => {
    const root = site();
    const before = snapshotTree(root);
    const source = await backup();
    const keep = [join(root, 'kept')];
    const whole = await previewFiles(source, root, { extraFiles: 'delete', keep });
    expect(whole.files).toEqual({
      create: 2,
      replace: 1,
      unchanged: 1,
      delete: 1,
      bytes: 11,
      sample: ['replace a/time', 'create a-b', 'create link', 'delete z'],
    });
    expect(whole.bytesFree).toBeGreaterThan(0);
    const delta = await previewFiles(source, root, { extraFiles: 'delete', keep, delta: true });
    expect(delta.files).toEqual({ ...whole.files, bytes: 7 });
    expect(whole.bytesNeeded - delta.bytesNeeded).toBe(4096);
    expect((await previewFiles(source, root, { extraFiles: 'keep', keep })).files.delete).toBe(0);
    expect((await previewFiles(source, root, { extraFiles: 'delete', paths: ['a'] })).files).toMatchObject({
      create: 0,
      replace: 1,
      unchanged: 1,
      delete: 0,
    });
    expect((await previewFiles(source, temp('not/there'), { extraFiles: 'delete' })).files).toMatchObject({
      create: 4,
      delete: 0,
    });
    expect(snapshotTree(root)).toEqual(before);
  });

  it('after the restore nothing is left to do', async () => {
    const root = site();
    mkdirSync(temp('work'));
    const source = await backup();
    const restore = await FileRestore.prepare({
      jobId: 'j',
      workDir: temp('work'),
      target: root,
      extraFiles: 'delete',
    });
    await restore.stage(source);
    await restore.activate(['/cache']);
    await restore.commit();
    expect(readFileSync(join(root, 'cache/x'), 'utf8')).toBe('he/x');
    expect((await previewFiles(source, root, { extraFiles: 'delete' })).files).toMatchObject({
      create: 0,
      replace: 0,
      unchanged: 4,
      delete: 0,
    });
  });
});
