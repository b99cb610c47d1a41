import { createHash } from 'node:crypto';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { makeTempFolder, requires, storageConformance, useTempFolder } from '../../engine/testing/index.js';
import { translate } from './local-errors.js';
import { LocalStorageDriverFactory } from './local-storage.factory.js';
import { LocalStorageDriver, MARKER_FILE } from './local-storage.driver.js';

async function makeLocal(): Promise<{ driver: LocalStorageDriver; close: () => void }> {
  const folder = makeTempFolder('local');
  const driver = new LocalStorageDriver(join(folder.path, 'disk/storage'));
  await driver.initialise();
  return { driver, close: folder.remove };
}

storageConformance('local', { make: makeLocal, limited: false });

const failed = (code: string): unknown =>
  translate(Object.assign(new Error(code), { code }), '/s', {
    what: 'written',
    key: 'k',
    neededBytes: 5,
    freeBytes: 3,
  });

describe('LocalStorageDriver', () => {
  const temp = useTempFolder('local');
  const ready = async (): Promise<LocalStorageDriver> => {
    const driver = new LocalStorageDriver(temp('storage'));
    await driver.initialise();
    return driver;
  };
  const workFile = (bytes: Buffer): { path: string; size: number; sha256: string } => {
    const path = temp('work.tar.zst');
    writeFileSync(path, bytes, { mode: 0o640 });
    return { path, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  };

  it('keeps objects 0600 in folders 0700, and no partial file', async () => {
    const driver = await ready();
    await driver.put('sites/x/a', workFile(Buffer.from('bundle')));
    await driver.put('sites/x/b', { bytes: Buffer.from('manifest') });
    for (const name of ['sites/x/a', 'sites/x/b']) expect(statSync(temp('storage', name)).mode & 0o777).toBe(0o600);
    for (const name of ['sites', 'sites/x', '.']) expect(statSync(temp('storage', name)).mode & 0o777).toBe(0o700);
    expect(readdirSync(temp('storage/.partial'))).toEqual([]);
  });

  it('takes a finished work file of the same disk without copying it', async () => {
    const driver = await ready();
    const source = workFile(Buffer.alloc(100_000, 7));
    await driver.put('sites/x/a', source, { mayShare: true });
    expect(statSync(temp('storage/sites/x/a')).ino).toBe(statSync(source.path).ino);
    // Nobody else may have it too, or two copies would be one; nor anybody who was not told that he may.
    await driver.put('sites/x/b', source, { mayShare: true });
    const other = { ...source, path: temp('storage/sites/x/b') };
    await driver.put('sites/x/c', other);
    for (const name of ['b', 'c']) expect(statSync(temp(`storage/sites/x/${name}`)).nlink).toBe(1);
    expect(statSync(other.path).nlink).toBe(1);
  });

  it('never takes a link for the work file', async () => {
    const driver = await ready();
    const source = workFile(Buffer.from('secret of another'));
    symlinkSync(source.path, temp('link'));
    await expect(driver.put('a', { ...source, path: temp('link') })).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(await driver.stat('a')).toBeNull();
  });

  it('a storage whose disk is gone is unreachable, and is not made again', async () => {
    const driver = await ready();
    await driver.put('a/b', { bytes: Buffer.from('x') });
    renameSync(temp('storage'), temp('elsewhere'));
    const gone = { code: 'STORAGE_UNREACHABLE', kind: 'storage' };
    await expect(driver.put('a/c', { bytes: Buffer.from('x') })).rejects.toMatchObject(gone);
    await expect(driver.stat('a/b')).rejects.toMatchObject(gone);
    await expect(driver.delete('a/b')).rejects.toMatchObject(gone);
    expect(existsSync(temp('storage'))).toBe(false);
    // The empty folder that a missing mount leaves behind.
    mkdirSync(temp('storage'));
    await expect(driver.put('a/c', { bytes: Buffer.from('x') })).rejects.toMatchObject(gone);
    await expect(driver.read('a/b')).rejects.toMatchObject(gone);
    await expect(driver.list('').next()).rejects.toMatchObject(gone);
    await expect(driver.space()).rejects.toMatchObject(gone);
    expect(readdirSync(temp('storage'))).toEqual([]);
  });

  it('initialise is idempotent and adopts a used storage', async () => {
    const driver = await ready();
    await driver.put('a', { bytes: Buffer.from('x') });
    const marker = readFileSync(temp('storage', MARKER_FILE));
    await driver.initialise();
    expect(readFileSync(temp('storage', MARKER_FILE))).toEqual(marker);
    expect(await driver.stat('a')).not.toBeNull();
  });

  it('follows no link when it reads, writes, lists or deletes', async () => {
    const driver = await ready();
    mkdirSync(temp('outside/sub'), { recursive: true });
    writeFileSync(temp('outside/precious'), 'p');
    symlinkSync(temp('outside'), temp('storage/folder'));
    symlinkSync(temp('outside/precious'), temp('storage/object'));
    await expect(driver.put('folder/new', { bytes: Buffer.from('x') })).rejects.toThrow(/./);
    expect(await driver.stat('object')).toBeNull();
    await expect(driver.read('object')).rejects.toMatchObject({ code: 'STORAGE_OBJECT_NOT_FOUND' });
    await expect(driver.read('folder/precious')).rejects.toMatchObject({ code: 'STORAGE_OBJECT_NOT_FOUND' });
    await driver.delete('folder/precious');
    await driver.delete('object');
    const seen: string[] = [];
    for await (const object of driver.list('')) seen.push(object.key);
    expect(seen).toEqual([]);
    expect(readdirSync(temp('outside'))).toEqual(['precious', 'sub']);
    // A put over a link replaces the link itself.
    symlinkSync(temp('outside/precious'), temp('storage/object'));
    await driver.put('object', { bytes: Buffer.from('new') });
    expect(lstatSync(temp('storage/object')).isFile()).toBe(true);
    expect(readFileSync(temp('outside/precious'), 'utf8')).toBe('p');
  });

  it('removes empty parents with the last object, never the root', async () => {
    const driver = await ready();
    await driver.put('sites/one/a', { bytes: Buffer.from('x') });
    await driver.put('sites/two/a', { bytes: Buffer.from('x') });
    await driver.delete('sites/one/a');
    expect(readdirSync(temp('storage/sites'))).toEqual(['two']);
    await driver.delete('sites/two/a');
    expect(readdirSync(temp('storage')).toSorted()).toEqual(['.backupd-storage', '.partial']);
  });

  it('removes abandoned partial files by the time they were made', async () => {
    const driver = await ready();
    await driver.put('a', { bytes: Buffer.from('x') });
    writeFileSync(temp('storage/.partial/litter'), 'half');
    utimesSync(temp('storage/.partial/litter'), new Date(0), new Date(0));
    expect(await driver.removeAbandoned(3_600_000)).toBe(0);
    expect(await driver.removeAbandoned(-1000)).toBe(1);
    expect(readdirSync(temp('storage/.partial'))).toEqual([]);
    expect(await driver.stat('a')).not.toBeNull();
  });

  it.runIf(requires('root'))('copies and hashes what it may not link', async () => {
    const driver = await ready();
    const source = workFile(Buffer.alloc(3_000_000, 9));
    // Another owner: the copy path, with checksum.
    chownSync(source.path, 1234, 1234);
    const stored = await driver.put('a', source, { mayShare: true });
    expect(stored).toMatchObject({ size: 3_000_000, sha256: source.sha256 });
    expect(statSync(temp('storage/a')).ino).not.toBe(statSync(source.path).ino);
    await expect(driver.put('b', { ...source, sha256: '0'.repeat(64) })).rejects.toMatchObject({
      code: 'STORAGE_CHECKSUM_MISMATCH',
    });
    expect(await driver.stat('b')).toBeNull();
    expect(readdirSync(temp('storage/.partial'))).toEqual([]);
    const controller = new AbortController();
    const limiter = { take: async () => controller.abort() };
    await expect(driver.put('c', source, { signal: controller.signal, limiter })).rejects.toMatchObject({
      code: 'JOB_CANCELLED',
    });
    expect(readdirSync(temp('storage/.partial'))).toEqual([]);
  });

  it('a read goes on when the object is replaced or deleted meanwhile', async () => {
    const driver = await ready();
    await driver.put('a', { bytes: Buffer.alloc(2_000_000, 1) });
    const body = await driver.read('a');
    await driver.delete('a');
    expect((await buffer(body)).equals(Buffer.alloc(2_000_000, 1))).toBe(true);
  });

  it('says what the system refused', () => {
    expect(failed('ENOSPC')).toMatchObject({ code: 'STORAGE_FULL', context: { neededBytes: 5, freeBytes: 3 } });
    expect(failed('EDQUOT')).toMatchObject({ code: 'STORAGE_FULL' });
    expect(failed('EACCES')).toMatchObject({ code: 'STORAGE_DENIED' });
    expect(failed('EROFS')).toMatchObject({ code: 'STORAGE_DENIED' });
    expect(failed('ESTALE')).toMatchObject({ code: 'STORAGE_UNREACHABLE', retry: 'later' });
  });

  it('the factory takes an absolute path only', () => {
    const factory = new LocalStorageDriverFactory();
    expect(factory.create({ path: '/mnt/x' }).kind).toBe('local');
    for (const path of [undefined, '', 'relative', '/', 5]) {
      expect(() => factory.create({ path })).toThrow(expect.objectContaining({ code: 'STORAGE_SETTINGS_INVALID' }));
    }
  });
});
