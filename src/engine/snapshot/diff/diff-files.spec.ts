import { assert, asyncProperty, constantFrom, dictionary, stringMatching } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePaths, displayPath, entryPath, withPath, type ManifestEntry } from '../manifest/index.js';
import { countChange, diffFiles, newTotals, type FileChange } from './index.js';

function entry(path: string | Buffer, more: Partial<ManifestEntry> = {}): ManifestEntry {
  return {
    kind: 'entry',
    ...withPath(Buffer.from(path)),
    type: 'file',
    size: 1,
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: '1',
    sha256: 'a',
    ...more,
  };
}

async function* stream(entries: readonly ManifestEntry[]): AsyncGenerator<ManifestEntry> {
  yield* entries.toSorted((a, b) => comparePaths(entryPath(a), entryPath(b)));
}

async function changes(before: ManifestEntry[], after: ManifestEntry[], below?: string): Promise<FileChange[]> {
  const options = below === undefined ? {} : { below: Buffer.from(below) };
  const found: FileChange[] = [];
  for await (const change of diffFiles(stream(before), stream(after), options)) found.push(change);
  return found;
}

async function one(more: Partial<ManifestEntry>): Promise<string[]> {
  return (await changes([entry('files/a')], [entry('files/a', more)]))[0]?.what ?? [];
}

const listed = (from: Record<string, string>): ManifestEntry[] =>
  Object.entries(from).map(([name, sha256]) => entry(`files/${name}`, { sha256 }));

const told = (list: FileChange[]): string[] =>
  list.map(({ kind, path, what }) => [kind, displayPath(path), ...what].join(' '));

describe('diffFiles', () => {
  it('tells what was added, removed and changed, in path order', async () => {
    const before = [entry('files/a'), entry('files/b/x'), entry('files/c'), entry('files/d')];
    const after = [entry('files/a'), entry('files/b/y'), entry('files/c', { sha256: 'b' }), entry('files/e')];
    expect(told(await changes(before, after))).toEqual([
      'removed files/b/x',
      'added files/b/y',
      'changed files/c content',
      'removed files/d',
      'added files/e',
    ]);
  });

  it('says which facts are different', async () => {
    expect(await one({})).toEqual([]);
    expect(await one({ size: 2 })).toEqual(['content']);
    expect(await one({ mode: 0o600, uid: 7 })).toEqual(['mode', 'owner']);
    expect(await one({ mtime: '2' })).toEqual(['mtime']);
    expect(await one({ xattrs: { 'user.a': 'AA==' } })).toEqual(['xattrs']);
    expect(await one({ type: 'symlink', target: 'x' })).toEqual(['type']);
    // Where it lies, and what only the host knows, is no change of the site.
    expect(await one({ inode: '5', ctime: '9', in: { bundle: 3, offset: 1, length: 1, skip: 0 } })).toEqual([]);
  });

  it('leaves dump pieces and notes out, and all but one folder when asked', async () => {
    const after = [entry('backupd/README.txt'), entry('database/1.sql'), entry('external/etc/x'), entry('files/ab/y')];
    expect(told(await changes([], after))).toEqual(['added external/etc/x', 'added files/ab/y']);
    expect(told(await changes([], after, 'files/ab'))).toEqual(['added files/ab/y']);
    expect(told(await changes([], after, 'files/a'))).toEqual([]);
  });

  it('finds exactly the changes that were made to any list of paths', async () => {
    const facts = dictionary(stringMatching(/^[ab/]{1,6}$/), constantFrom('1', '2'));
    await assert(
      asyncProperty(facts, facts, async (a, b) => {
        const expected = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]);
        const found = (await changes(listed(a), listed(b))).map((change) => displayPath(change.path));
        expect(found.toSorted()).toEqual(expected.map((name) => `files/${name}`).toSorted());
      }),
    );
  });

  it('counts bytes of content only', async () => {
    const totals = newTotals();
    const before = [entry('files/a', { size: 10 }), entry('files/b', { size: 20 }), entry('files/c', { size: 5 })];
    const after = [
      entry('files/a', { size: 11 }),
      entry('files/c', { size: 5, mode: 1 }),
      entry('files/d', { size: 7 }),
    ];
    for (const change of await changes(before, after)) countChange(totals, change);
    expect(totals).toEqual({ added: 1, removed: 1, changed: 2, newBytes: 18, goneBytes: 30 });
  });
});
