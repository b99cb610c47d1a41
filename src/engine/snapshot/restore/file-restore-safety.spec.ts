import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import { listXattrs, setXattr } from '../../native/posix.js';
import {
  FaultyStorageDriver,
  makeHandMadeBackup,
  MemoryStorageDriver,
  SeededRandom,
  snapshotTree,
  useTempFolder,
  requires,
} from '../../testing/index.js';
import { openBackup, type StoredBackup } from '../read/index.js';
import { FileRestore, fileRestorePhase, rollBackFileRestores } from './index.js';
import type { FileRestoreOptions } from './index.js';
import { backupOf, makeOldSite, SITE } from './testing/small-site.js';

const JOB = '0190f3b0-0000-7000-8000-00000000000a';

// The machine that runs the tests may be busy: every restore syncs the file system.
vi.setConfig({ testTimeout: 30_000 });

describe('FileRestore when things go wrong', () => {
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

  it('damage is found before anything is touched, and names the path', async () => {
    setUp();
    const before = snapshotTree(temp('www'), { ignore: ['dirMtime'] });
    const memory = new MemoryStorageDriver();
    const made = await makeHandMadeBackup(memory, SITE);
    const object = memory.objects.get(made.bundleKey);
    const location = made.entries[9]?.in;
    if (object === undefined || location === undefined) throw new Error('no bundle');
    const at = location.offset + location.length - 20;
    object.bytes[at] = (object.bytes[at] ?? 0) ^ 1;
    const backup = await openBackup(memory, { manifestKey: made.manifestKey });
    const files = await FileRestore.prepare(options());
    await expect(files.stage(backup)).rejects.toMatchObject({
      code: 'BUNDLE_DAMAGED',
      context: { path: 'files/wp-content/uploads/2024/a.jpg' },
    });
    await files.rollBack();
    expect(snapshotTree(temp('www'), { ignore: ['dirMtime'] })).toEqual(before);
    noLitter();
  });

  it('a storage that fails at any read leaves the site as it was; the next attempt works', async () => {
    setUp();
    const before = snapshotTree(temp('www/site'));
    const memory = new MemoryStorageDriver();
    const made = await makeHandMadeBackup(memory, SITE);
    for (const fault of ['error', 'broken', 'truncate', 'flip'] as const) {
      // The manifest is read twice, then the bundle.
      for (const readsBefore of [0, 1, 2]) {
        const faulty = new FaultyStorageDriver(memory, { random: new SeededRandom(readsBefore) });
        const backup = await openBackup(faulty, { manifestKey: made.manifestKey });
        const files = await FileRestore.prepare(options());
        for (let i = 0; i < readsBefore; i++) faulty.failNext('read', 'none');
        // Damage on the way is asked for once more, so it must happen twice.
        for (let i = 0; i < 2; i++) faulty.failNext('read', fault);
        await expect(files.stage(backup), `${fault} ${readsBefore}`).rejects.toMatchObject({
          code: expect.stringMatching(/^(STORAGE_UNREACHABLE|BUNDLE_DAMAGED|MANIFEST_DAMAGED)$/),
        });
      }
    }
    await rollBackFileRestores(temp('work'));
    expect(snapshotTree(temp('www/site'))).toEqual(before);
    noLitter();
    await (await restore(await openBackup(memory, { manifestKey: made.manifestKey }))).commit();
    expect(readFileSync(temp('www/site/index.php'), 'utf8')).toBe('<?php new');
  });

  it('goes on in another process: resume, seal, phase', async () => {
    setUp();
    const backup = await backupOf(SITE);
    expect(FileRestore.resume(options())).toBeNull();
    await (await FileRestore.prepare(options())).stage(backup);
    expect(fileRestorePhase(temp('work'))).toBe('staged');
    await FileRestore.resume(options())?.activate([]);
    await expect(FileRestore.resume(options())?.activate([])).rejects.toMatchObject({ code: 'RESTORE_OUT_OF_ORDER' });
    expect(fileRestorePhase(temp('work'))).toBe('activated');
    await FileRestore.resume(options())?.seal();
    expect(fileRestorePhase(temp('work'))).toBe('committed');
    await rollBackFileRestores(temp('work'));
    expect(fileRestorePhase(temp('work'))).toBeNull();
    expect(readFileSync(temp('www/site/index.php'), 'utf8')).toBe('<?php new');
    noLitter();
  });

  it('keeps a link at the target and replaces the folder it leads to, if that is beside it', async () => {
    setUp();
    mkdirSync(temp('www/releases'));
    execFileSync('mv', [temp('www/site'), temp('www/releases/5')]);
    symlinkSync('releases/5', temp('www/site'));
    const backup = await backupOf(SITE);
    await (await restore(backup)).commit();
    expect(lstatSync(temp('www/site')).isSymbolicLink()).toBe(true);
    expect(readFileSync(temp('www/releases/5/index.php'), 'utf8')).toBe('<?php new');
    expect(readdirSync(temp('www/releases'))).toEqual(['5']);

    mkdirSync(temp('elsewhere'));
    writeFileSync(temp('elsewhere/precious'), 'p');
    rmSync(temp('www/site'));
    symlinkSync(temp('elsewhere'), temp('www/site'));
    await expect(FileRestore.prepare(options())).rejects.toMatchObject({ code: 'RESTORE_TARGET_LINK' });
    const allowed = await restore(backup, { allowedRoots: [temp('elsewhere')] });
    await allowed.rollBack();
    expect(readdirSync(temp('elsewhere'))).toEqual(['precious']);
  });

  it('never writes through a link on the way to a chosen path', async () => {
    setUp();
    mkdirSync(temp('elsewhere'));
    symlinkSync(temp('elsewhere'), temp('www/site/wp-content/uploads'));
    const backup = await backupOf(SITE);
    const files = await FileRestore.prepare(options({ paths: ['wp-content/uploads/2024'] }));
    await files.stage(backup);
    await expect(files.activate([])).rejects.toMatchObject({ code: 'RESTORE_PATH_BLOCKED' });
    await files.rollBack();
    expect(readdirSync(temp('elsewhere'))).toEqual([]);
    // The link itself can be replaced.
    await (await restore(backup, { paths: ['wp-content/uploads'] })).commit();
    expect(lstatSync(temp('www/site/wp-content/uploads')).isDirectory()).toBe(true);
    expect(readdirSync(temp('elsewhere'))).toEqual([]);
  });

  it('refuses folders of the system, odd paths, and paths the backup has not', async () => {
    setUp();
    const backup = await backupOf(SITE);
    for (const target of ['/', '/etc', '/var/www', 'relative', temp('www/site/index.php')]) {
      await expect(FileRestore.prepare(options({ target })), target).rejects.toMatchObject({
        code: 'RESTORE_TARGET_REFUSED',
      });
    }
    for (const path of ['../x', '/etc', 'a//b', '.', '']) {
      await expect(FileRestore.prepare(options({ paths: [path] })), path).rejects.toMatchObject({
        code: 'RESTORE_PATH_INVALID',
      });
    }
    const files = await FileRestore.prepare(options({ paths: ['nothing/here'] }));
    await expect(files.stage(backup)).rejects.toMatchObject({ code: 'BACKUP_PATH_NOT_FOUND' });
    await files.rollBack();
    noLitter();
  });

  it('says how much space is missing before it writes', async () => {
    setUp();
    const backup = await backupOf([
      { path: 'files', type: 'dir' },
      { path: 'files/huge', size: 9e15, extents: [[0, 9e15]] },
    ]);
    const files = await FileRestore.prepare(options());
    await expect(files.stage(backup)).rejects.toMatchObject({
      code: 'DISK_FULL',
      context: { needed: expect.any(Number), free: expect.any(Number) },
    });
    await files.rollBack();
    noLitter();
  });

  it('notices when somebody replaces the target meanwhile', async () => {
    setUp();
    const backup = await backupOf(SITE);
    const files = await FileRestore.prepare(options());
    await files.stage(backup);
    const swap = { ...options(), onStep: () => undefined };
    expect(swap.target).toBe(temp('www/site'));
    // A folder of the same name as the staging folder, not ours to trust.
    execFileSync('mv', [temp(`www/.backupd-restore-${JOB}`), temp('www/moved')]);
    mkdirSync(temp(`www/.backupd-restore-${JOB}`), { mode: 0o777 });
    chmodSync(temp(`www/.backupd-restore-${JOB}`), 0o777);
    await expect(files.activate([])).rejects.toMatchObject({ code: 'RESTORE_TARGET_CHANGED' });
    await expect(rollBackFileRestores(temp('work'))).rejects.toMatchObject({ code: 'RESTORE_TARGET_CHANGED' });
  });

  it.runIf(requires('root'))('an inherited ACL does not get onto restored files', async () => {
    setUp();
    const acl = spawnSync('setfacl', ['-d', '-m', 'u:12345:rwx', temp('www')]);
    expect(acl.status).toBe(0);
    await (await restore(await backupOf(SITE))).commit();
    expect(listXattrs(Buffer.from(temp('www/site/index.php')))).toEqual([]);
    expect(listXattrs(Buffer.from(temp('www/site/wp-content')))).toEqual([]);
  });

  it.runIf(requires('root'))('says how to unlock a file that is locked, and commits after that', async ({ skip }) => {
    setUp();
    const locked = spawnSync('chattr', ['+i', temp('www/site/extra.txt')]);
    // Not every file system knows the lock.
    if (locked.status !== 0) skip();
    const files = await restore(await backupOf(SITE));
    try {
      await expect(files.commit()).rejects.toMatchObject({
        code: 'FILE_IMMUTABLE',
        hint: expect.stringContaining('chattr'),
      });
    } finally {
      spawnSync('chattr', ['-R', '-i', temp('www')]);
    }
    await files.commit();
    noLitter();
  });

  it('xattrs of a replaced file are those of the backup', async () => {
    setUp();
    setXattr(Buffer.from(temp('www/site/index.php')), { name: 'user.old', value: Buffer.from('1') });
    await (await restore(await backupOf(SITE))).commit();
    expect(listXattrs(Buffer.from(temp('www/site/index.php')))).toEqual([]);
  });
});
