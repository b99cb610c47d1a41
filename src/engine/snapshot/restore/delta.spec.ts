import {
  chmodSync,
  closeSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { lchown, setMtimeNs, setXattr } from '../../native/posix.js';
import { makeRandomTree, SeededRandom, snapshotTree, useTempFolder, type TreeFact } from '../../testing/index.js';
import { finish, linkCounts, PackedSite, smallPackedSite, stageDelta, tamper } from './testing/packed-site.js';

vi.setConfig({ testTimeout: 60_000 });

const isRoot = process.getuid?.() === 0;
const random = new SeededRandom(77);
const NONE = { files: 0, bytes: 0 };

describe('a delta restore', () => {
  const temp = useTempFolder('delta');

  it('fetches and copies nothing of a site that did not change', async () => {
    const site = await smallPackedSite(temp());
    const before = snapshotTree(site.root);
    const inode = statSync(site.at('sub/big.jpg')).ino;
    const { reuse, files } = await stageDelta(site);
    expect(reuse).toEqual({ linked: { files: 3, bytes: 900_030 }, copied: NONE, fetched: NONE });
    expect(site.bundleReads.count).toBe(0);
    await finish(files);
    expect(snapshotTree(site.root)).toEqual(before);
    expect(statSync(site.at('sub/big.jpg')).ino).toBe(inode);
    expect(linkCounts(site.root)).toEqual([1]);
    expect(site.litter).toEqual(['site']);
  });

  it('fetches only the content that differs', async () => {
    const site = await smallPackedSite(temp());
    const before = snapshotTree(site.root);
    writeFileSync(site.at('a.php'), '<?php echo "hacked";');
    rmSync(site.at('sub/b.php'));
    writeFileSync(site.at('evil.php'), 'evil');
    const { reuse, files } = await stageDelta(site);
    expect(reuse).toEqual({ linked: { files: 1, bytes: 900_000 }, copied: NONE, fetched: { files: 2, bytes: 30 } });
    expect(site.bundleReads.bytes).toBeLessThan(10_000);
    await finish(files);
    expect(snapshotTree(site.root)).toEqual(before);
  });

  it('sees content of the same size and time', async () => {
    const site = await smallPackedSite(temp());
    const before = snapshotTree(site.root);
    tamper(site.at('a.php'), '<?php evil("a")');
    expect(statSync(site.at('a.php')).size).toBe(15);
    const { reuse, files } = await stageDelta(site);
    expect(reuse.fetched).toEqual({ files: 1, bytes: 15 });
    await finish(files);
    expect(snapshotTree(site.root)).toEqual(before);
  });

  it('copies on this disk where only the metadata differ, and leaves the live file as it is', async () => {
    const site = await smallPackedSite(temp());
    const before = snapshotTree(site.root);
    chmodSync(site.at('a.php'), 0o666);
    utimesSync(site.at('sub/b.php'), 1, 1);
    if (isRoot) lchown(Buffer.from(site.at('sub/big.jpg')), 1234, 1234);
    else setMtimeNs(Buffer.from(site.at('sub/big.jpg')), 1n);
    const touched = snapshotTree(site.root);
    const { reuse, files } = await stageDelta(site);
    expect(reuse).toEqual({ linked: NONE, copied: { files: 3, bytes: 900_030 }, fetched: NONE });
    expect(snapshotTree(site.root)).toEqual(touched);
    await files.activate([]);
    await files.rollBack();
    expect(snapshotTree(site.root)).toEqual(touched);
    await finish((await stageDelta(site)).files);
    expect(snapshotTree(site.root)).toEqual(before);
    expect(site.bundleReads.count).toBe(0);
  });

  it('brings back set-id bits and attributes, and takes away those that were added', async () => {
    const site = PackedSite.make(temp());
    for (const name of ['suid', 'plain', 'noted']) writeFileSync(site.at(name), name);
    chmodSync(site.at('suid'), 0o4755);
    setXattr(Buffer.from(site.at('noted')), { name: 'user.note', value: Buffer.from('1') });
    await site.backUp();
    const before = snapshotTree(site.root);
    chmodSync(site.at('suid'), 0o755);
    chmodSync(site.at('plain'), 0o6777);
    setXattr(Buffer.from(site.at('noted')), { name: 'user.note', value: Buffer.from('2') });
    const { reuse, files } = await stageDelta(site);
    expect(reuse.copied.files).toBe(3);
    await finish(files);
    expect(snapshotTree(site.root)).toEqual(before);
    setXattr(Buffer.from(site.at('plain')), { name: 'user.more', value: Buffer.from('x') });
    await finish((await stageDelta(site)).files);
    expect(snapshotTree(site.root)).toEqual(before);
  });

  it('hard links: those of the backup come back, those of the disk are not taken over', async () => {
    const site = PackedSite.make(temp());
    for (const name of ['one', 'two', 'own']) writeFileSync(site.at(name), name);
    mkdirSync(site.at('z'));
    for (const name of ['z/one', 'z/uno']) linkSync(site.at('one'), site.at(name));
    await site.backUp();
    const before = snapshotTree(site.root);
    // Untouched: nothing is fetched.
    const first = await stageDelta(site);
    expect(first.reuse).toMatchObject({ linked: { files: 2 }, copied: { files: 1 }, fetched: NONE });
    await finish(first.files);
    expect(snapshotTree(site.root)).toEqual(before);
    // The links are broken on disk, and others were made.
    for (const name of ['z/one', 'z/uno']) rmSync(site.at(name));
    writeFileSync(site.at('z/one'), 'another');
    linkSync(site.at('two'), site.at('z/uno'));
    const live = snapshotTree(site.root);
    const second = await stageDelta(site);
    expect(second.reuse).toMatchObject({ linked: { files: 2 }, copied: { files: 1 }, fetched: NONE });
    await second.files.activate([]);
    expect(snapshotTree(site.root)).toEqual(before);
    await second.files.rollBack();
    expect(snapshotTree(site.root)).toEqual(live);
    // The first name is shared with the live tree, and written to before the swap: its other names follow.
    const third = await stageDelta(site);
    tamper(site.at('one'), 'eno');
    await finish(third.files);
    expect(snapshotTree(site.root)).toEqual(before);
  });

  it('files with holes', async () => {
    const site = PackedSite.make(temp());
    const sparse = (name: string, at: number): void => {
      const fd = openSync(site.at(name), 'w');
      writeSync(fd, random.bytes(5000), 0, 5000, at);
      ftruncateSync(fd, 3_000_000);
      closeSync(fd);
    };
    for (const name of ['same', 'touched', 'other', 'filled']) sparse(name, 1_048_576);
    await site.backUp();
    const before = snapshotTree(site.root);
    utimesSync(site.at('touched'), 1, 1);
    sparse('other', 2_097_152);
    const whole = readFileSync(site.at('filled'));
    writeFileSync(site.at('filled'), whole);
    const { reuse, files } = await stageDelta(site);
    expect(reuse).toMatchObject({ linked: { files: 1 }, copied: { files: 1 }, fetched: { files: 2 } });
    await finish(files);
    expect(snapshotTree(site.root)).toEqual(before);
  });

  it('a dense file of which the disk has a sparse one is dense again', async () => {
    const site = PackedSite.make(temp());
    writeFileSync(site.at('zeros'), Buffer.alloc(2_000_000));
    await site.backUp();
    const before = snapshotTree(site.root);
    const fd = openSync(site.at('zeros'), 'w');
    ftruncateSync(fd, 2_000_000);
    closeSync(fd);
    const { reuse, files } = await stageDelta(site);
    expect(reuse.copied.files).toBe(1);
    await finish(files);
    expect(snapshotTree(site.root)).toEqual(before);
  });

  it('another folder: against what is there; one that does not exist is filled from the storage', async () => {
    const site = await smallPackedSite(temp());
    const before = snapshotTree(site.root);
    execFileSync('cp', ['-a', site.root, temp('www/copy')]);
    writeFileSync(temp('www/copy/a.php'), 'x');
    const there = await stageDelta(site, { target: temp('www/copy') });
    expect(there.reuse).toMatchObject({ linked: { files: 2 }, fetched: { files: 1, bytes: 15 } });
    await finish(there.files);
    expect(snapshotTree(temp('www/copy'))).toEqual(before);
    const nowhere = await stageDelta(site, { target: temp('www/new') });
    expect(nowhere.reuse).toEqual({ linked: NONE, copied: NONE, fetched: { files: 3, bytes: 900_030 } });
    await finish(nowhere.files);
    expect(snapshotTree(temp('www/new'))).toEqual(before);
    expect(snapshotTree(site.root)).toEqual(before);
  });

  it.each([false, true])('chosen paths, kept ones and extra files (staged inside: %s)', async (stageInside) => {
    const site = await smallPackedSite(temp());
    const before = snapshotTree(site.root);
    mkdirSync(site.at('kept'));
    writeFileSync(site.at('kept/x'), 'kept');
    writeFileSync(site.at('sub/extra'), 'extra');
    tamper(site.at('sub/b.php'), '<?php evil("b")');
    const live = snapshotTree(site.root);
    const chosen = { paths: ['a.php', 'sub'], extraFiles: 'keep', stageInside } as const;
    const first = await stageDelta(site, chosen);
    expect(first.reuse).toMatchObject({ linked: { files: 2 }, fetched: { files: 1 } });
    await first.files.activate([]);
    await first.files.rollBack();
    expect(snapshotTree(site.root)).toEqual(live);
    expect(linkCounts(site.root)).toEqual([1]);
    await finish((await stageDelta(site, chosen)).files);
    expect(readdirSync(site.at('sub'))).toEqual(['b.php', 'big.jpg', 'extra']);
    tamper(site.at('sub/b.php'), '<?php evil("b")');
    const keep = ['kept', 'sub/big.jpg'];
    await finish((await stageDelta(site, { keep, stageInside })).files);
    const after = snapshotTree(site.root);
    expect(after.filter((fact) => !fact.path.startsWith('kept'))).toEqual(before);
    expect(readFileSync(site.at('kept/x'), 'utf8')).toBe('kept');
    expect(linkCounts(site.root)).toEqual([1]);
    expect(site.litter).toEqual(['site']);
  });

  it.each([1, 2, 3, 4, 5, 6])('a random tree after random changes is as after a full restore: %i', async (seed) => {
    const site = PackedSite.make(temp());
    const dice = new SeededRandom(seed);
    makeRandomTree(site.root, dice, { entries: 120, owners: isRoot, xattrs: true });
    await site.backUp();
    const before = snapshotTree(site.root);
    changeTree(site.root, before, dice);
    const changed = snapshotTree(site.root);
    const { reuse, files } = await stageDelta(site);
    expect(reuse.linked.files).toBeGreaterThan(0);
    changeTree(site.root, before.slice(0, 20), dice);
    const live = snapshotTree(site.root);
    await files.activate([]);
    expect(snapshotTree(site.root)).toEqual(before);
    await files.rollBack();
    expect(snapshotTree(site.root)).toEqual(live);
    expect(live).not.toEqual(changed);
    await finish((await stageDelta(site)).files);
    expect(snapshotTree(site.root)).toEqual(before);
    await finish((await stageDelta(site, { target: temp('www/full'), delta: true })).files);
    expect(snapshotTree(temp('www/full'))).toEqual(before);
    expect(site.litter).toEqual(['full', 'site']);
  });
});

/** Changes some of what a tree has: content, times, modes, links, types. */
function changeTree(root: string, facts: readonly TreeFact[], dice: SeededRandom): void {
  for (const { path } of facts) {
    if (path === '.' || path.startsWith('base64:') || !dice.chance(0.4)) continue;
    const full = join(root, path);
    const found = lstatSync(full, { throwIfNoEntry: false });
    if (found === undefined || !lstatSync(dirname(full)).isDirectory()) continue;
    const kind = dice.below(8);
    if (!found.isFile()) {
      if (kind < 3) rmSync(full, { recursive: true });
      else if (kind === 3) renameSync(full, `${full}.moved`.slice(-Math.max(200, full.length + 6)));
      continue;
    }
    chmodSync(full, found.mode & 0o7777);
    if (kind === 0) rmSync(full);
    else if (kind === 1) chmodSync(full, dice.pick([0o644, 0o4711, 0o600]));
    else if (kind === 2) utimesSync(full, dice.below(1_000_000), dice.below(1_000_000));
    else if (kind === 3 && found.size > 0) tamper(full, '!');
    else if (kind === 4) writeFileSync(full, dice.bytes(dice.below(1000)));
    else if (kind === 5 && full.length < 200) linkSync(full, `${full}.more`);
    else if (kind === 6) {
      rmSync(full);
      symlinkSync('/etc/passwd', full);
    } else if (kind === 7) {
      const content = readFileSync(full);
      rmSync(full);
      writeFileSync(full, content);
    }
  }
}
