import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { folderPlaces, placesMeet } from './places.js';

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'places-')));
afterAll(() => rmSync(scratch, { recursive: true }));
mkdirSync(join(scratch, 'a', 'deep'), { recursive: true });
symlinkSync(join(scratch, 'a'), join(scratch, 'link'));

const meet = async (one: string, other: string): Promise<boolean> =>
  placesMeet(await folderPlaces(join(scratch, one)), await folderPlaces(join(scratch, other)));

it.each([
  ['a', 'a/', true],
  ['a', 'a/new/folder', true],
  ['a/deep', 'a', true],
  ['link/new', 'a/new/more', true],
  ['a', 'ab', false],
  ['a/deep', 'a/deeper', false],
  ['new/one', 'new/other', false],
])('%s and %s: %s', async (one, other, expected) => {
  expect(await meet(one, other)).toBe(expected);
});

it('knows a folder that has two paths by its inode', async () => {
  // What a bind mount is: another real path, the same inodes.
  const [, ...byInode] = await folderPlaces(join(scratch, 'a'));
  expect(
    placesMeet(
      ['/elsewhere/deep/', ...byInode.map((name) => `${name}deep/`)],
      await folderPlaces(join(scratch, 'a/deep')),
    ),
  ).toBe(true);
});
