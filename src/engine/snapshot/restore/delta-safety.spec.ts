import {
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { once } from 'node:events';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import { requires, snapshotTree, useTempFolder } from '../../testing/index.js';
import { FileRestore } from './index.js';
import { finish, linkCounts, PackedSite, smallPackedSite, stageDelta, tamper } from './testing/packed-site.js';

vi.setConfig({ testTimeout: 60_000 });

const NONE = { files: 0, bytes: 0 };

/** A folder and where the link leads that takes its place; ends when it is told to, with the folder in its place. */
const SWAP_ALL_THE_TIME = `
  const { workerData: [path, target, end], parentPort } = require('node:worker_threads');
  const { renameSync, symlinkSync, unlinkSync } = require('node:fs');
  parentPort.postMessage('begun');
  while (Atomics.load(end, 0) === 0) {
    renameSync(path, path + '.hidden');
    symlinkSync(target, path);
    unlinkSync(path);
    renameSync(path + '.hidden', path);
    // On a busy machine the other side would see nothing but the link.
    Atomics.wait(end, 0, 0, 0.1);
  }`;

describe('a delta restore while somebody works on the site', () => {
  const temp = useTempFolder('delta-safety');

  it('writes to a live file after staging do not get into the restored state', async () => {
    const site = await smallPackedSite(temp());
    const before = snapshotTree(site.root);
    const { reuse, files } = await stageDelta(site);
    expect(reuse.linked.files).toBe(3);
    tamper(site.at('a.php'), '<?php evil("a")');
    utimesSync(site.at('sub/b.php'), 1, 1);
    const fd = openSync(site.at('sub/big.jpg'), 'r+');
    ftruncateSync(fd, 5);
    closeSync(fd);
    const live = snapshotTree(site.root);
    await files.activate([]);
    expect(snapshotTree(site.root)).toEqual(before);
    await files.rollBack();
    expect(snapshotTree(site.root)).toEqual(live);
    expect(site.litter).toEqual(['site']);
    const again = await stageDelta(site);
    await finish(again.files);
    expect(snapshotTree(site.root)).toEqual(before);
    expect(linkCounts(site.root)).toEqual([1]);
  });

  it('a process that has a live file open can not go on writing into the restored one', async () => {
    const site = await smallPackedSite(temp());
    const before = snapshotTree(site.root);
    const first = openSync(site.at('a.php'), 'r+');
    const { reuse, files } = await stageDelta(site);
    expect(reuse).toMatchObject({ linked: { files: 2 }, copied: { files: 1 } });
    const second = openSync(site.at('sub/b.php'), 'r+');
    await finish(files);
    for (const fd of [first, second]) {
      writeSync(fd, 'evil', 0);
      closeSync(fd);
    }
    expect(snapshotTree(site.root)).toEqual(before);
    expect(site.bundleReads.count).toBe(0);
  });

  it('a name that a live file gets after staging is not one of the restored file', async () => {
    const site = await smallPackedSite(temp());
    const before = snapshotTree(site.root);
    const { files } = await stageDelta(site);
    linkSync(site.at('a.php'), temp('stolen'));
    await finish(files);
    expect(snapshotTree(site.root)).toEqual(before);
    expect(statSync(site.at('a.php')).nlink).toBe(1);
    expect(statSync(temp('stolen')).nlink).toBe(1);
  });

  it('a restore that is resumed refuses changes that it can not put right', async () => {
    const site = await smallPackedSite(temp());
    const { files } = await stageDelta(site);
    tamper(site.at('a.php'), '<?php evil("a")');
    await expect(FileRestore.resume(site.options())?.activate([])).rejects.toMatchObject({
      code: 'RESTORE_TARGET_CHANGED',
    });
    await files.rollBack();
    expect(readFileSync(site.at('a.php'), 'utf8')).toBe('<?php evil("a")');
    expect(site.litter).toEqual(['site']);
    await stageDelta(site);
    await FileRestore.resume(site.options())?.activate([]);
    await FileRestore.resume(site.options())?.commit();
    expect(readFileSync(site.at('a.php'), 'utf8')).toBe('<?php echo "a";');
  });

  it('never reads through a link that is put in the way, at any moment', async () => {
    const site = await smallPackedSite(temp());
    const before = snapshotTree(site.root);
    // Outside lies the right content: it must not be used, nor get a name in the site.
    execFileSync('cp', ['-a', site.at('sub'), temp('outside')]);
    renameSync(site.at('sub'), temp('hidden'));
    symlinkSync(temp('outside'), site.at('sub'));
    rmSync(site.at('a.php'));
    symlinkSync(temp('outside/b.php'), site.at('a.php'));
    const { reuse, files } = await stageDelta(site);
    expect(reuse).toEqual({ linked: NONE, copied: NONE, fetched: { files: 3, bytes: 900_030 } });
    await finish(files);
    expect(snapshotTree(site.root)).toEqual(before);
    expect(linkCounts(temp('outside'))).toEqual([1]);

    // Swapped between staging and activation.
    const second = await stageDelta(site);
    expect(second.reuse.linked.files).toBe(3);
    renameSync(site.at('sub'), temp('hidden-again'));
    symlinkSync(temp('outside'), site.at('sub'));
    tamper(temp('hidden-again/b.php'), '<?php evil("b")');
    await finish(second.files);
    expect(snapshotTree(site.root)).toEqual(before);
    expect(readFileSync(temp('outside/b.php'), 'utf8')).toBe('<?php echo "b";');
  });

  it('nor while somebody swaps a folder for a link all the time', async () => {
    const site = PackedSite.make(temp());
    for (let i = 0; i < 150; i++) {
      mkdirSync(site.at(`sub/d${i}`), { recursive: true });
      for (const name of ['a', 'b', 'c']) writeFileSync(site.at(`sub/d${i}/${name}`), `${name} of ${i}`);
    }
    await site.backUp();
    const before = snapshotTree(site.root);
    execFileSync('cp', ['-a', site.at('sub'), temp('outside')]);
    const end = new Int32Array(new SharedArrayBuffer(4));
    const swap = new Worker(SWAP_ALL_THE_TIME, { eval: true, workerData: [site.at('sub'), temp('outside'), end] });
    await once(swap, 'message');
    const { reuse, files } = await stageDelta(site);
    Atomics.store(end, 0, 1);
    await once(swap, 'exit');
    // Some were seen behind the link: those were fetched.
    expect(reuse.linked.files).toBeGreaterThan(0);
    expect(reuse.linked.files + reuse.copied.files + reuse.fetched.files).toBe(450);
    expect(linkCounts(temp('outside'))).toEqual([1]);
    await finish(files);
    expect(snapshotTree(site.root)).toEqual(before);
  });

  it('devices, pipes, folders and files that are not for us count as missing', async () => {
    const site = await smallPackedSite(temp());
    const before = snapshotTree(site.root);
    for (const name of ['a.php', 'sub/b.php']) rmSync(site.at(name));
    execFileSync('mkfifo', [site.at('a.php')]);
    mkdirSync(site.at('sub/b.php'));
    const { reuse, files } = await stageDelta(site);
    expect(reuse.fetched.files).toBe(2);
    await finish(files);
    expect(snapshotTree(site.root)).toEqual(before);
  });

  it('what the caller changes in the staged tree does not reach the live one', async () => {
    const site = PackedSite.make(temp());
    for (const name of ['config', 'linked', 'other']) writeFileSync(site.at(name), name);
    linkSync(site.at('linked'), site.at('two'));
    await site.backUp();
    rmSync(site.at('two'));
    const { reuse, files } = await stageDelta(site, { edited: ['config', 'two'] });
    expect(reuse).toMatchObject({ linked: { files: 1 }, copied: { files: 2 } });
    for (const name of ['config', 'two']) writeFileSync(join(files.stagedTree, name), 'edited');
    expect(readFileSync(site.at('config'), 'utf8')).toBe('config');
    expect(readFileSync(site.at('linked'), 'utf8')).toBe('linked');
    await finish(files);
    expect(readFileSync(site.at('config'), 'utf8')).toBe('edited');
  });

  it('gives up when files change faster than they are replaced', async () => {
    const site = await smallPackedSite(temp());
    const count = 15;
    for (let i = 0; i < count; i++) writeFileSync(site.at(`f${i}`), `${i}`);
    await site.backUp();
    let next = 0;
    const onStep = (step: string): void => {
      if (step === 'changes found') utimesSync(site.at(`f${(next += 1) % count}`), 1, 1);
    };
    const { files } = await stageDelta(site, { onStep });
    utimesSync(site.at('f0'), 1, 1);
    await expect(files.activate([])).rejects.toMatchObject({ code: 'RESTORE_TARGET_CHANGED' });
    await files.rollBack();
    expect(site.litter).toEqual(['site']);
  });

  it.runIf(requires('root'))(
    'without the rights of root: what can not be read is fetched, what can not be shared is copied',
    () => {
      const script = join(import.meta.dirname, 'testing/delta-as-user.ts');
      const run = spawnSync(process.execPath, ['--import', 'tsx', script, temp()], { encoding: 'utf8' });
      expect(run.stderr).toBe('');
      const { reuse, isSame, links, litter } = JSON.parse(run.stdout);
      // Whether a file of somebody else can be shared is a setting of the host (fs.protected_hardlinks).
      expect(reuse.linked.files + reuse.copied.files).toBe(2);
      expect(reuse.fetched).toEqual({ files: 1, bytes: 6 });
      expect({ isSame, links, litter }).toEqual({ isSame: true, links: [1], litter: ['site'] });
    },
  );

  it.runIf(requires('root'))('a file that is locked against changes is copied', async ({ skip }) => {
    const site = await smallPackedSite(temp());
    const before = snapshotTree(site.root);
    try {
      execFileSync('chattr', ['+i', site.at('a.php')], { stdio: 'ignore' });
    } catch {
      // Not every file system knows the lock.
      skip();
    }
    const { reuse, files } = await stageDelta(site);
    execFileSync('chattr', ['-i', site.at('a.php')]);
    expect(reuse).toMatchObject({ linked: { files: 2 }, copied: { files: 1 }, fetched: NONE });
    await finish(files);
    expect(snapshotTree(site.root)).toEqual(before);
  });

  it('asks for room only for what is written', async () => {
    const site = PackedSite.make(temp());
    writeFileSync(site.at('a'), 'a');
    const fd = openSync(site.at('huge'), 'w');
    writeSync(fd, 'x');
    ftruncateSync(fd, 1_000_000_000_000);
    closeSync(fd);
    await site.backUp();
    const source = await site.open();
    const entries = source.entries.bind(source);
    // As if all of it were data.
    const lie = Object.assign(Object.create(source), {
      async *entries() {
        for await (const entry of entries())
          yield entry.path === 'files/huge' ? { ...entry, extents: undefined } : entry;
      },
    });
    const full = await FileRestore.prepare({ ...site.options(), delta: false });
    await expect(full.stage(lie)).rejects.toMatchObject({ code: 'DISK_FULL' });
    await full.rollBack();
    const { reuse, files } = await stageDelta(site);
    expect(reuse).toMatchObject({ linked: { files: 2 }, fetched: NONE });
    await files.rollBack();
    rmSync(site.at('huge'));
    const short = await FileRestore.prepare(site.options());
    await expect(short.stage(lie)).rejects.toMatchObject({
      code: 'DISK_FULL',
      context: { needed: expect.any(Number), free: expect.any(Number) },
    });
    await short.rollBack();
    expect(site.litter).toEqual(['site']);
  });
});
