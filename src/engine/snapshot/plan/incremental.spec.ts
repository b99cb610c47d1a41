import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpenWatch } from '../../testing/open-watch.js';
import { PlanBench, type BenchBackup } from '../../testing/plan-bench.js';
import { entryPath, type ManifestEntry, type ParentBackup } from '../manifest/index.js';
import { KnownContent } from '../known-content/index.js';
import { knownFiles, readPlanSummary, type PlanItem } from './index.js';

let bench: PlanBench;
beforeEach(() => {
  bench = new PlanBench();
});
afterEach(() => bench.remove());

const LATER = { later: 10_000 };
const put = (path: string, content: string | Buffer = path): void => {
  mkdirSync(dirname(bench.at(path)), { recursive: true });
  writeFileSync(bench.at(path), content);
};
const packed = (items: PlanItem[]): string[] =>
  items.flatMap((item) => (item.kind === 'entry' ? [entryPath(item).toString()] : []));
const runs = (items: PlanItem[]): { from: number; count: number }[] =>
  items.flatMap((item) => (item.kind === 'kept' ? [{ from: item.from, count: item.count }] : []));
const changedParent = (parent: ParentBackup, more: Partial<ParentBackup['header']>): ParentBackup => ({
  ...parent,
  header: { ...parent.header, ...more },
});
/** A second backup of what is there, compared with the first. */
const next = async (first: BenchBackup, more: object = {}): Promise<BenchBackup> =>
  bench.backup({ parent: first.parent, ...LATER, ...more });

describe('planning an incremental backup', { timeout: 60_000 }, () => {
  it('keeps all that is as it was, in one run, and opens no file', async () => {
    put('index.php');
    put('wp-content/a.jpg', 'picture');
    put('wp-content/empty', '');
    symlinkSync('index.php', bench.at('link'));
    const first = await bench.backup(LATER);
    expect(first.plan.kept).toEqual({ entries: 0, files: 0, bytes: 0, live: {} });
    const watch = new OpenWatch(bench.site);
    try {
      const plan = await bench.plan({ parent: first.parent });
      expect(watch.opened()).toEqual([]);
      expect(plan).toMatchObject({ entries: 0, files: 0, bytes: 0 });
      expect(plan.kept).toEqual({ entries: 6, files: 3, bytes: 16, live: { 0: 16 } });
      // The first entry line is the note's.
      expect(runs(await bench.items())).toEqual([{ from: 1, count: 6 }]);
      const names = (await bench.structure()).map((entry) => entry.path);
      expect(names).toEqual(['files', 'files/link', 'files/wp-content', 'files/wp-content/empty']);
      readFileSync(bench.at('index.php'));
      expect(watch.opened()).toEqual([bench.at('index.php')]);
    } finally {
      watch.close();
    }
  });

  it('packs what is new or changed, forgets what is gone', async () => {
    for (const name of ['a', 'b', 'c', 'd/one', 'd/two', 'e']) put(name);
    const first = await bench.backup(LATER);
    put('b', 'B');
    put('bb');
    unlinkSync(bench.at('c'));
    chmodSync(bench.at('d/two'), 0o600);
    const second = await next(first);
    expect(packed(second.items)).toEqual(['files', 'files/b', 'files/bb', 'files/d/two']);
    expect(runs(second.items)).toEqual([
      { from: 2, count: 1 },
      { from: 5, count: 2 },
      { from: 8, count: 1 },
    ]);
    expect([...second.entries.keys()]).toEqual(
      ['', '/a', '/b', '/bb', '/d', '/d/one', '/d/two', '/e'].map((name) => `files${name}`),
    );
    expect(second.entries.get('files/d/one')).toEqual(first.entries.get('files/d/one'));
    expect(second.entries.get('files/b')?.in?.bundle).toBe(1);
  });

  it('sees a change that keeps size and modification time', async () => {
    put('x', 'before');
    const { mtime, atime } = statSync(bench.at('x'));
    const first = await bench.backup(LATER);
    put('x', 'after!');
    utimesSync(bench.at('x'), atime, mtime);
    expect(packed((await next(first)).items)).toEqual(['files/x']);
  });

  it('sees a file that another one took the place of, and one that became a folder or a link', async () => {
    for (const name of ['a', 'b', 'c', 'z/inner']) put(name);
    const first = await bench.backup(LATER);
    renameSync(bench.at('b'), bench.at('a'));
    unlinkSync(bench.at('c'));
    put('c/inner');
    rmSync(bench.at('z'), { recursive: true });
    symlinkSync('c', bench.at('z'));
    const second = await next(first);
    expect(packed(second.items)).toEqual(['files', 'files/a', 'files/c', 'files/c/inner', 'files/z']);
    expect(runs(second.items)).toEqual([]);
  });

  it('reads again what may have changed after the last look at the same tick of the clock', async () => {
    put('old');
    put('fresh');
    const ctime = lstatSync(bench.at('fresh')).ctimeMs;
    const { parent } = await bench.backup(LATER);
    const plan = async (filesAt: number): Promise<string[]> => {
      await bench.plan({ parent: changedParent(parent, { filesAt: new Date(filesAt).toISOString() }) });
      return packed(await bench.items());
    };
    expect(await plan(ctime + 100)).toEqual([]);
    expect(await plan(ctime + 30)).toContain('files/fresh');
    expect(await plan(ctime - 1000)).toContain('files/fresh');
  });

  it('keeps a hard link only with its first name', async () => {
    put('a/first', 'shared');
    linkSync(bench.at('a/first'), bench.at('b'));
    put('other');
    const first = await bench.backup(LATER);
    const kept = await next(first);
    expect(packed(kept.items)).toEqual([]);
    expect((await bench.structure()).map((entry) => entry.path)).toEqual(['files', 'files/a', 'files/b']);
    // The bundle of the first name is lost: both are packed, though neither changed.
    const lost = await bench.plan({ parent: { ...first.parent, gone: new Set([0]) } });
    expect(packed(await bench.items())).toEqual(['files/a/first', 'files/b', 'files/other']);
    expect(lost).toMatchObject({ files: 2, kept: { files: 0 } });
    // A name that sorts before the first one turns them round.
    linkSync(bench.at('b'), bench.at('0'));
    const turned = await next(first);
    expect(packed(turned.items)).toEqual(['files', 'files/0', 'files/a/first', 'files/b']);
    expect(turned.entries.get('files/a/first')).toMatchObject({ type: 'hardlink', target: 'files/0' });
  });

  it('does not keep what changed while it was read, nor anything when all is to be read', async () => {
    put('torn');
    put('whole');
    const first = await bench.backup(LATER);
    const torn = await withLine(first, 'files/torn', (entry) => ({ ...entry, changed: true }));
    expect(packed((await next(torn)).items)).toEqual(['files/torn']);
    await bench.plan({ parent: first.parent, reread: true });
    expect(packed(await bench.items())).toEqual(['files', 'files/torn', 'files/whole']);
    expect(await readPlanSummary(bench.workDir())).toMatchObject({ files: 2, kept: { entries: 0 } });
  });

  it('stores again what lies in a mostly dead bundle, and leaves one alone that is not', async () => {
    put('a');
    put('b');
    const first = await bench.backup(LATER);
    const bundle = first.parent.header.bundles[0]!;
    const plan = async (content: number): Promise<string[]> => {
      await bench.plan({ parent: changedParent(first.parent, { bundles: [{ ...bundle, content, live: 2_000_000 }] }) });
      return packed(await bench.items());
    };
    expect(await plan(8_000_001)).toEqual(['files/a', 'files/b']);
    expect((await readPlanSummary(bench.workDir()))?.released).toEqual([0]);
    expect(await plan(8_000_000)).toEqual([]);
  });

  it('counts what is kept of a file with holes by its stored bytes', async () => {
    put('sparse', 'x');
    truncateSync(bench.at('sparse'), 5_000_000);
    const first = await bench.backup(LATER);
    const sparse = await withLine(first, 'files/sparse', (entry) => ({ ...entry, extents: [[0, 4096]] }));
    const { kept } = (await next(sparse)).plan;
    expect(kept).toMatchObject({ bytes: 5_000_000, live: { 0: 4096 } });
  });

  it('a name that is not UTF-8, one with quotes and control characters, are kept and come back byte by byte', async () => {
    const names = [
      Buffer.from([0x6c, 0xe9, 0xff]),
      Buffer.from('quote"back\\slash\n\u0001'),
      Buffer.from('é 😀'),
      Buffer.from('\x7f'),
    ];
    for (const name of names) {
      const folder = Buffer.concat([Buffer.from(`${bench.site}/`), name]);
      mkdirSync(folder);
      writeFileSync(Buffer.concat([folder, Buffer.from('/plain')]), 'p');
      writeFileSync(Buffer.concat([folder, Buffer.from('/'), name]), 'n');
    }
    const first = await bench.backup(LATER);
    const expected = names.flatMap((name) =>
      ['', '/plain', `/${name.toString('latin1')}`].map((rest) => `files/${name.toString('latin1')}${rest}`),
    );
    expect([...first.entries.keys()].toSorted()).toEqual(['files', ...expected].toSorted());
    const second = await next(first);
    expect(packed(second.items)).toEqual([]);
    expect(second.entries).toEqual(first.entries);
  });

  it('finds moved, copied and touched content again, but not in released bundles', async () => {
    put('a', 'moved content');
    put('b', 'copied');
    put('c', 'touched!');
    put('d', 'same size as nothing else, and not read');
    const first = await bench.backup(LATER);
    renameSync(bench.at('a'), bench.at('moved'));
    put('copy', 'copied');
    utimesSync(bench.at('c'), 1, 1);
    put('new', 'altogether new');
    await bench.plan({ parent: first.parent });
    const plan = await readPlanSummary(bench.workDir());
    const shared = await knownFiles(bench.workDir(), plan!, first.parent);
    const known = new KnownContent(shared!);
    const find = (name: string): unknown => {
      const { sha256, size } = first.entries.get(`files/${name}`)!;
      return known.find(sha256!, size);
    };
    expect(find('a')).toEqual({ ...first.entries.get('files/a')?.in, member: 'files/a' });
    expect(find('b')).toMatchObject({ member: 'files/b' });
    expect(find('c')).toMatchObject({ member: 'files/c' });
    expect(find('d')).toBeNull();
    known.close();
    expect(await knownFiles(bench.workDir(), plan!, { ...first.parent, gone: new Set([0]) })).toBeNull();
  });
});

/** The same backup with another line for one path. */
async function withLine(
  backup: BenchBackup,
  path: string,
  change: (entry: ManifestEntry) => ManifestEntry,
): Promise<BenchBackup> {
  const { compressFrameSync, decompressFrames } = await import('../zstd/index.js');
  const lines = decompressFrames(readFileSync(backup.parent.manifestPath)).toString().trimEnd().split('\n');
  const changed = lines.map((line) => {
    const value = JSON.parse(line) as ManifestEntry;
    return value.path === path ? JSON.stringify(change(value)) : line;
  });
  const manifestPath = join(bench.folder, 'changed.manifest');
  // In one frame, and without an index: such a manifest is read too.
  writeFileSync(manifestPath, compressFrameSync(Buffer.from(`${changed.join('\n')}\n`)));
  return { ...backup, parent: { ...backup.parent, manifestPath } };
}
