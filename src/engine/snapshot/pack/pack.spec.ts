import { execFileSync, spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  comparePaths,
  displayPath,
  entryPath,
  readManifest,
  type ManifestEntry,
  type ManifestLine,
} from '../manifest/index.js';
import { decompressFrames, parseSeekTable } from '../zstd/index.js';
import { openDatabaseSink, packBundle, planFiles, type PackBundleOptions, type PackedBundle } from './index.js';
import { describeTree, KeptJournal, makeTree, treeArbitrary } from './tree.spec-support.js';

let folder = '';
let site = '';
let workDir = '';
let journal = new KeptJournal();
beforeEach(() => {
  folder = mkdtempSync(joinPath(tmpdir(), 'pack-spec-'));
  site = joinPath(folder, 'site');
  workDir = joinPath(folder, 'work');
  mkdirSync(site);
  mkdirSync(workDir);
  journal = new KeptJournal();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const signal = new AbortController().signal;
const plan = async (more: Partial<Parameters<typeof planFiles>[0]> = {}): ReturnType<typeof planFiles> =>
  planFiles({
    roots: [{ prefix: 'files', path: site }],
    excludes: [],
    neverPack: [],
    workDir,
    signal,
    journal,
    ...more,
  });
const pack = async (more: Partial<PackBundleOptions> = {}): Promise<PackedBundle> =>
  packBundle({
    workDir,
    header: {
      backupId: 'b',
      site: { id: 's', name: 'n', url: null, module: 'wordpress', path: site, node: 'host' },
      parent: null,
      startedAt: '2026-01-01T00:00:00.000Z',
      tool: { name: 'backupd', version: '0', node: '24' },
      database: null,
      facts: {},
    },
    readme: 'how to restore\n',
    bundleKey: 'sites/s/b.tar.zst',
    workers: 2,
    signal,
    journal,
    ...more,
  });

const run = (command: string, args: string[]): string =>
  execFileSync(command, args, { maxBuffer: 1e9, stdio: ['ignore', 'pipe', 'pipe'] }).toString();

/** Extracts with stock tar into an empty folder. */
function extract(bundle: PackedBundle): string {
  const out = mkdtempSync(joinPath(folder, 'out-'));
  run('zstd', ['-tq', bundle.bundlePath]);
  run('tar', ['--zstd', '--xattrs', '--xattrs-include=*', '--numeric-owner', '-xpf', bundle.bundlePath, '-C', out]);
  return out;
}

/** Reads the manifest and checks everything in it against the bundle's bytes. */
async function checked(bundle: PackedBundle): Promise<Map<string, ManifestEntry>> {
  const lines: ManifestLine[] = [];
  for await (const line of readManifest(bundle.manifestPath)) lines.push(line);
  const bytes = readFileSync(bundle.bundlePath);
  expect(hash('sha256', bytes)).toBe(bundle.bundleSha256);
  expect(bytes.length).toBe(bundle.bundleSize);
  const manifest = readFileSync(bundle.manifestPath);
  expect([hash('sha256', manifest), manifest.length]).toEqual([bundle.manifestSha256, bundle.manifestSize]);
  const table = parseSeekTable(bytes);
  const { compressedSize = 0, offset = 0 } = table.frames.at(-1) ?? {};
  expect(offset + compressedSize + table.tableSize).toBe(bytes.length);
  for (const frame of table.frames)
    expect(decompressFrames(bytes.subarray(frame.offset, frame.offset + frame.compressedSize)).length).toBe(frame.size);
  expect(lines[0]).toMatchObject({
    kind: 'header',
    bundles: [{ frames: table.frames.length, sha256: bundle.bundleSha256 }],
  });
  const entries = lines.filter((line) => line.kind === 'entry');
  for (const entry of entries) {
    if (entry.in === undefined) continue;
    const { offset: at, length, skip } = entry.in;
    const stored = entry.extents === undefined ? entry.size : entry.extents.reduce((sum, e) => sum + e[1], 0);
    const content = decompressFrames(bytes.subarray(at, at + length)).subarray(skip, skip + stored);
    expect([displayPath(entryPath(entry)), content.length, hash('sha256', content)]).toEqual([
      displayPath(entryPath(entry)),
      stored,
      entry.sha256,
    ]);
  }
  const files = entries.filter((e) => e.type === 'file');
  for (const empty of files.filter((e) => e.in === undefined)) expect(empty.sha256).toBe(hash('sha256', ''));
  expect(lines.at(-1)).toMatchObject({ kind: 'trailer', entries: entries.length, files: bundle.fileCount });
  return new Map(entries.map((e) => [entryPath(e).toString('latin1'), e]));
}

describe('packBundle', { timeout: 60_000 }, () => {
  it('any tree comes back from stock tar as it was, and the manifest tells the truth', async () => {
    let n = 0;
    await fc.assert(
      fc.asyncProperty(treeArbitrary, async (tree) => {
        n += 1;
        site = joinPath(folder, `site-${n}`);
        workDir = joinPath(folder, `work-${n}`);
        mkdirSync(workDir);
        makeTree(Buffer.from(site), tree);
        const before = describeTree(Buffer.from(site));
        const planned = await plan();
        const bundle = await pack();
        const out = extract(bundle);
        expect(describeTree(Buffer.from(joinPath(out, 'files')))).toEqual(before);
        expect(journal.warnings).toEqual([]);
        const entries = await checked(bundle);
        const paths = [...entries.keys()].filter((p) => p.startsWith('files'));
        expect(paths).toEqual([...before.keys()]);
        expect(planned.entries).toBe(before.size);
        expect(paths).toEqual(
          paths.toSorted((a, b) => comparePaths(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'))),
        );
        rmSync(out, { recursive: true });
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });

  it('gives the same bytes again, with any number of workers', async () => {
    for (let i = 0; i < 300; i += 1)
      writeFileSync(joinPath(site, `f${i}.${['php', 'css', 'jpg'][i % 3]}`), `x${i} `.repeat(i * 70));
    writeFileSync(joinPath(site, 'big.sql'), Buffer.alloc(30_000_000, 'insert into x values (1);'));
    writeFileSync(joinPath(site, 'big.mp4'), Buffer.alloc(12_345_678, 'm'));
    await plan();
    const shas = [];
    for (const workers of [1, 2, 4]) shas.push((await pack({ workers })).bundleSha256);
    expect(new Set(shas).size).toBe(1);
    await checked(await pack());
    expect(journal.lastProgress).toMatchObject({ bytesDone: journal.lastProgress?.bytesTotal });
    expect(readdirSync(workDir).toSorted()).toEqual([
      'bundle.manifest.ndjson.zst',
      'bundle.tar.zst',
      'files.json',
      'files.plan',
    ]);
  });

  it('holes cost nothing and come back', async () => {
    const path = joinPath(site, 'huge.img');
    writeFileSync(path, 'start');
    truncateSync(path, 2 ** 41);
    await plan();
    const bundle = await pack();
    expect(bundle.bundleSize).toBeLessThan(100_000);
    const entry = (await checked(bundle)).get('files/huge.img');
    expect(entry).toMatchObject({ size: 2 ** 41, extents: [[0, 4096]] });
    const back = statSync(joinPath(extract(bundle), 'files/huge.img'));
    expect(back.size).toBe(2 ** 41);
    expect(back.blocks).toBeLessThan(100);
  });

  it('puts the database first and its members are found', async () => {
    writeFileSync(joinPath(site, 'index.php'), '<?php');
    const sink = await openDatabaseSink({ workDir });
    const big = Buffer.alloc(9_000_000, 'INSERT INTO t VALUES (1);\n');
    async function* pieces(): AsyncGenerator<Buffer> {
      for (let at = 0; at < big.length; at += 100_000) yield big.subarray(at, at + 100_000);
    }
    await sink.add({ path: 'database/0000-preamble.sql', size: 4, part: 'preamble' }, Buffer.from('SET;'));
    await sink.add(
      { path: 'database/0001-t.000000.sql', size: big.length, table: 'wp_tæ', part: 'data', rows: 7 },
      pieces(),
    );
    await sink.add({ path: 'database/0002-u.000000.sql', size: 0 }, Buffer.alloc(0));
    await sink.add({ path: 'database/9999-epilogue.sql', size: 3 }, Buffer.from('END'));
    const facts = await sink.finish();
    expect(facts).toMatchObject({ members: 4, bytes: big.length + 7 });
    await plan();
    const bundle = await pack();
    expect(bundle).toMatchObject({ databaseBytes: big.length + 7, sourceBytes: big.length + 12, fileCount: 1 });
    const entries = await checked(bundle);
    expect(entries.get('database/0000-preamble.sql')?.in?.offset).toBe(0);
    expect(entries.get('database/0001-t.000000.sql')).toMatchObject({
      table: 'wp_tæ',
      part: 'data',
      rows: 7,
      mode: 0o600,
    });
    const out = extract(bundle);
    const dump = run('sh', ['-c', `cat ${out}/database/*.sql`]);
    expect(dump).toBe(`SET;${big.toString()}END`);
    expect(readFileSync(joinPath(out, 'backupd/README.txt'), 'utf8')).toBe('how to restore\n');
  });

  it('a sink says what is wrong with a member, and leaves nothing when aborted', async () => {
    const sink = await openDatabaseSink({ workDir });
    await sink.add({ path: 'database/b', size: 1 }, Buffer.from('x'));
    for (const path of ['database/a', 'database/b', 'files/x', 'database/../x'])
      await expect(sink.add({ path, size: 0 }, Buffer.alloc(0))).rejects.toMatchObject({ code: 'MEMBER_PATH_INVALID' });
    await expect(sink.add({ path: 'database/c', size: 2 }, Buffer.from('x'))).rejects.toMatchObject({
      code: 'MEMBER_SIZE_MISMATCH',
    });
    await expect(sink.add({ path: 'database/d', size: 2 }, Buffer.from('xyz'))).rejects.toMatchObject({
      code: 'MEMBER_SIZE_MISMATCH',
    });
    await sink.abort();
    expect(readdirSync(workDir)).toEqual([]);
  });

  it('what changed between plan and packing: grown, shrunk, replaced, gone', async () => {
    for (const file of ['grown', 'shrunk', 'gone', 'renamed-over', 'now-link', 'now-folder', 'big-shrunk.mp4'])
      writeFileSync(joinPath(site, file), file.startsWith('big') ? Buffer.alloc(9_000_000, 'b') : `${file} as it was`);
    mkdirSync(joinPath(site, 'swapped'));
    writeFileSync(joinPath(site, 'swapped/secret'), 'mine');
    mkdirSync(joinPath(folder, 'outside'));
    writeFileSync(joinPath(folder, 'outside/secret'), 'of another tenant');
    await plan();
    appendFileSync(joinPath(site, 'grown'), Buffer.alloc(6_000_000, 'more'));
    truncateSync(joinPath(site, 'shrunk'), 3);
    truncateSync(joinPath(site, 'big-shrunk.mp4'), 5_000_001);
    rmSync(joinPath(site, 'gone'));
    writeFileSync(joinPath(site, 'new'), 'replaced');
    renameSync(joinPath(site, 'new'), joinPath(site, 'renamed-over'));
    rmSync(joinPath(site, 'now-link'));
    symlinkSync('/etc/passwd', joinPath(site, 'now-link'));
    rmSync(joinPath(site, 'now-folder'));
    mkdirSync(joinPath(site, 'now-folder'));
    renameSync(joinPath(site, 'swapped'), joinPath(folder, 'moved-away'));
    symlinkSync(joinPath(folder, 'outside'), joinPath(site, 'swapped'));
    const bundle = await pack();
    const entries = await checked(bundle);
    const names = [...entries.keys()].filter((p) => p.startsWith('files/'));
    expect(names).toEqual([
      'files/big-shrunk.mp4',
      'files/grown',
      'files/renamed-over',
      'files/shrunk',
      'files/swapped',
    ]);
    expect(bundle.warnings).toEqual([]);
    expect(journal.notes).toHaveLength(4);
    const out = joinPath(extract(bundle), 'files');
    expect(readFileSync(joinPath(out, 'grown')).equals(readFileSync(joinPath(site, 'grown')))).toBe(true);
    expect(readFileSync(joinPath(out, 'renamed-over'), 'utf8')).toBe('replaced');
    expect(statSync(joinPath(out, 'big-shrunk.mp4')).size).toBe(5_000_001);
    expect(existsSync(joinPath(out, 'swapped/secret'))).toBe(false);
  });

  it('files that are written while they are read are kept valid and named', async () => {
    writeFileSync(joinPath(site, 'small.log'), 'x');
    writeFileSync(joinPath(site, 'large.log'), Buffer.alloc(40_000_000, 'l'));
    await plan();
    const script = `const fs = require('fs'); const fds = process.argv.slice(1).map((f) => fs.openSync(f, 'a'));
      for (let i = 0; i < 3e6; i += 1) { for (const fd of fds) fs.writeSync(fd, 'y'); if (i === 100) console.log('ready'); }`;
    const writer = spawn(process.execPath, ['-e', script, joinPath(site, 'small.log'), joinPath(site, 'large.log')]);
    try {
      await once(writer.stdout, 'data');
      const bundle = await pack();
      const entries = await checked(bundle);
      expect(entries.get('files/large.log')).toMatchObject({ changed: true });
      expect(bundle.warnings).toContainEqual({
        code: 'FILE_CHANGED',
        message: 'files/large.log changed while it was read.',
      });
      extract(bundle);
    } finally {
      writer.kill();
    }
  });

  it('another name takes the place of a first name that is gone', async () => {
    writeFileSync(joinPath(site, 'a'), 'content');
    for (const other of ['b', 'c', 'd']) linkSync(joinPath(site, 'a'), joinPath(site, other));
    await plan();
    rmSync(joinPath(site, 'a'));
    const bundle = await pack();
    const entries = await checked(bundle);
    expect([...entries.values()].slice(2).map((e) => [e.path, e.type, e.target])).toEqual([
      ['files/b', 'file', undefined],
      ['files/c', 'hardlink', 'files/b'],
      ['files/d', 'hardlink', 'files/b'],
    ]);
    const out = extract(bundle);
    expect(lstatSync(joinPath(out, 'files/d'))).toMatchObject({ nlink: 3, size: 7 });
  });

  it('what may not be read is a warning, and the rest is packed', async () => {
    writeFileSync(joinPath(site, 'open'), 'o');
    writeFileSync(joinPath(site, 'closed'), 'c', { mode: 0o600 });
    mkdirSync(joinPath(site, 'closed-folder'), { mode: 0o700 });
    writeFileSync(joinPath(site, 'closed-folder/x'), 'c');
    run('chmod', ['755', folder, site]);
    run('chown', ['nobody', workDir]);
    const nobody = Number(run('id', ['-u', 'nobody']));
    process.seteuid?.(nobody);
    try {
      await plan();
      const bundle = await pack();
      expect(bundle.warnings).toEqual([
        { code: 'FILE_UNREADABLE', message: "files/closed-folder can't be read: permission denied." },
        { code: 'FILE_UNREADABLE', message: "files/closed can't be read: permission denied." },
      ]);
      expect([...(await checked(bundle)).keys()].slice(1)).toEqual(['files', 'files/closed-folder', 'files/open']);
    } finally {
      process.seteuid?.(0);
    }
  });

  it('a cancel ends it at once and leaves nothing', async () => {
    for (let i = 0; i < 20; i += 1) writeFileSync(joinPath(site, `f${i}.sql`), Buffer.alloc(20_000_000, `row ${i} `));
    await plan();
    const abort = new AbortController();
    journal.onProgress = (): void => abort.abort();
    await expect(pack({ signal: abort.signal })).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    expect(readdirSync(workDir).toSorted()).toEqual(['files.json', 'files.plan']);
    await expect(pack({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  });

  it('needs a plan', async () => {
    await expect(pack()).rejects.toMatchObject({ code: 'PLAN_MISSING' });
  });
});
