import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join as joinPath } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFifo } from '../../native/posix.js';
import { checkBundle, PackBench, run } from '../../testing/pack-bench.js';
import { openDatabaseSink } from './index.js';

let bench: PackBench;
beforeEach(() => {
  bench = new PackBench();
});
afterEach(() => bench.remove());

describe('packBundle', { timeout: 60_000 }, () => {
  it('gives the same bytes again, with any number of workers', async () => {
    for (let i = 0; i < 300; i += 1)
      writeFileSync(bench.at(`f${i}.${['php', 'css', 'jpg'][i % 3]}`), `x${i} `.repeat(i * 70));
    writeFileSync(bench.at('big.sql'), Buffer.alloc(30_000_000, 'insert into x values (1);'));
    writeFileSync(bench.at('big.mp4'), Buffer.alloc(12_345_678, 'm'));
    await bench.plan();
    const shas = [];
    for (const workers of [1, 2, 4]) shas.push((await bench.pack({ workers })).bundleSha256);
    expect(new Set(shas).size).toBe(1);
    await checkBundle(await bench.pack());
    expect(bench.journal.lastProgress).toMatchObject({ bytesDone: bench.journal.lastProgress?.bytesTotal });
    expect(readdirSync(bench.workDir).toSorted()).toEqual([
      'bundle.manifest.ndjson.zst',
      'bundle.tar.zst',
      'files.json',
      'files.plan',
    ]);
  });

  it('holes cost nothing and come back', async () => {
    const path = bench.at('huge.img');
    writeFileSync(path, 'start');
    truncateSync(path, 2 ** 41);
    await bench.plan();
    const bundle = await bench.pack();
    expect(bundle.bundleSize).toBeLessThan(100_000);
    const entry = (await checkBundle(bundle)).get('files/huge.img');
    expect(entry).toMatchObject({ size: 2 ** 41, extents: [[0, 4096]] });
    const back = statSync(joinPath(bench.extract(bundle), 'files/huge.img'));
    expect(back.size).toBe(2 ** 41);
    expect(back.blocks).toBeLessThan(100);
  });

  it('puts the database behind the files and its members are found', async () => {
    writeFileSync(bench.at('index.php'), '<?php');
    const sink = await openDatabaseSink({ workDir: bench.workDir });
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
    await bench.plan();
    const nothing = { database: null, warnings: { warnings: [], moreWarnings: 0 } };
    const bundle = await bench.pack({ dump: async () => nothing });
    expect(bundle).toMatchObject({ databaseBytes: big.length + 7, sourceBytes: big.length + 12, fileCount: 1 });
    const entries = await checkBundle(bundle);
    expect(entries.get('files/index.php')?.in?.offset).toBe(0);
    expect(entries.get('database/0000-preamble.sql')?.in?.offset).toBeGreaterThan(0);
    expect(entries.get('database/0001-t.000000.sql')).toMatchObject({
      table: 'wp_tæ',
      part: 'data',
      rows: 7,
      mode: 0o600,
    });
    const out = bench.extract(bundle);
    const dump = run('sh', ['-c', `cat ${out}/database/*.sql`]);
    expect(dump).toBe(`SET;${big.toString()}END`);
    expect(readFileSync(joinPath(out, 'backupd/README.txt'), 'utf8')).toBe('how to restore\n');
  });

  it('a sink says what is wrong with a member, and leaves nothing when aborted', async () => {
    const sink = await openDatabaseSink({ workDir: bench.workDir });
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
    expect(readdirSync(bench.workDir)).toEqual([]);
  });

  it('what changed between plan and packing: grown, shrunk, replaced, gone', async () => {
    for (const file of ['grown', 'shrunk', 'gone', 'renamed-over', 'now-link', 'now-folder', 'big-shrunk.mp4'])
      writeFileSync(bench.at(file), file.startsWith('big') ? Buffer.alloc(9_000_000, 'b') : `${file} as it was`);
    mkdirSync(bench.at('swapped'));
    writeFileSync(bench.at('swapped/secret'), 'mine');
    mkdirSync(joinPath(bench.folder, 'outside'));
    writeFileSync(joinPath(bench.folder, 'outside/secret'), 'of another tenant');
    await bench.plan();
    appendFileSync(bench.at('grown'), Buffer.alloc(6_000_000, 'more'));
    truncateSync(bench.at('shrunk'), 3);
    truncateSync(bench.at('big-shrunk.mp4'), 5_000_001);
    rmSync(bench.at('gone'));
    writeFileSync(bench.at('new'), 'replaced');
    renameSync(bench.at('new'), bench.at('renamed-over'));
    rmSync(bench.at('now-link'));
    symlinkSync('/etc/passwd', bench.at('now-link'));
    rmSync(bench.at('now-folder'));
    mkdirSync(bench.at('now-folder'));
    renameSync(bench.at('swapped'), joinPath(bench.folder, 'moved-away'));
    symlinkSync(joinPath(bench.folder, 'outside'), bench.at('swapped'));
    const bundle = await bench.pack();
    const entries = await checkBundle(bundle);
    const names = [...entries.keys()].filter((p) => p.startsWith('files/'));
    expect(names).toEqual([
      'files/big-shrunk.mp4',
      'files/grown',
      'files/renamed-over',
      'files/shrunk',
      'files/swapped',
    ]);
    expect(bundle.warnings).toEqual([]);
    expect(bench.journal.notes).toHaveLength(4);
    const out = joinPath(bench.extract(bundle), 'files');
    expect(readFileSync(joinPath(out, 'grown')).equals(readFileSync(bench.at('grown')))).toBe(true);
    expect(readFileSync(joinPath(out, 'renamed-over'), 'utf8')).toBe('replaced');
    expect(statSync(joinPath(out, 'big-shrunk.mp4')).size).toBe(5_000_001);
    expect(existsSync(joinPath(out, 'swapped/secret'))).toBe(false);
  });

  it('files that are written while they are read are kept valid and named', async () => {
    writeFileSync(bench.at('small.log'), 'x');
    writeFileSync(bench.at('large.log'), Buffer.alloc(40_000_000, 'l'));
    await bench.plan();
    const script = `const fs = require('fs'); const fds = process.argv.slice(1).map((f) => fs.openSync(f, 'a'));
      for (let i = 0, end = Date.now() + 60_000; Date.now() < end; i += 1) { for (const fd of fds) fs.writeSync(fd, 'y'); if (i === 100) console.log('ready'); }`;
    const writer = spawn(process.execPath, ['-e', script, bench.at('small.log'), bench.at('large.log')]);
    try {
      await once(writer.stdout, 'data');
      const bundle = await bench.pack();
      const entries = await checkBundle(bundle);
      expect(entries.get('files/large.log')).toMatchObject({ changed: true });
      expect(bundle.warnings).toContainEqual({
        code: 'FILE_CHANGED',
        message: 'files/large.log changed while it was read.',
      });
      bench.extract(bundle);
    } finally {
      writer.kill();
    }
  });

  it('a pipe or a device that takes the place of a file holds nobody up', async () => {
    for (const file of ['now-pipe', 'now-device', 'stays']) writeFileSync(bench.at(file), `${file} as it was`);
    await bench.plan();
    rmSync(bench.at('now-pipe'));
    makeFifo(Buffer.from(bench.at('now-pipe')), 0o600);
    rmSync(bench.at('now-device'));
    symlinkSync('/dev/zero', bench.at('now-device'));
    const bundle = await bench.pack();
    const names = [...(await checkBundle(bundle)).keys()].filter((path) => path.startsWith('files/'));
    expect(names).toEqual(['files/stays']);
  });

  it('another name takes the place of a first name that is gone', async () => {
    writeFileSync(bench.at('a'), 'content');
    for (const other of ['b', 'c', 'd']) linkSync(bench.at('a'), bench.at(other));
    await bench.plan();
    rmSync(bench.at('a'));
    const bundle = await bench.pack();
    const entries = await checkBundle(bundle);
    expect([...entries.values()].slice(2).map((e) => [e.path, e.type, e.target])).toEqual([
      ['files/b', 'file', undefined],
      ['files/c', 'hardlink', 'files/b'],
      ['files/d', 'hardlink', 'files/b'],
    ]);
    const out = bench.extract(bundle);
    expect(lstatSync(joinPath(out, 'files/d'))).toMatchObject({ nlink: 3, size: 7 });
  });

  it('what may not be read is a warning, and the rest is packed', async () => {
    writeFileSync(bench.at('open'), 'o');
    writeFileSync(bench.at('closed'), 'c', { mode: 0o600 });
    mkdirSync(bench.at('closed-folder'), { mode: 0o700 });
    writeFileSync(bench.at('closed-folder/x'), 'c');
    run('chmod', ['755', bench.folder, bench.site]);
    run('chown', ['nobody', bench.workDir]);
    const nobody = Number(run('id', ['-u', 'nobody']));
    process.seteuid?.(nobody);
    try {
      await bench.plan();
      const bundle = await bench.pack();
      expect(bundle.warnings).toEqual([
        { code: 'FILE_UNREADABLE', message: "files/closed-folder can't be read: permission denied." },
        { code: 'FILE_UNREADABLE', message: "files/closed can't be read: permission denied." },
      ]);
      expect([...(await checkBundle(bundle)).keys()].slice(1)).toEqual(['files', 'files/closed-folder', 'files/open']);
    } finally {
      process.seteuid?.(0);
    }
  });

  it('a cancel ends it at once and leaves nothing', async () => {
    for (let i = 0; i < 20; i += 1) writeFileSync(bench.at(`f${i}.sql`), Buffer.alloc(20_000_000, `row ${i} `));
    await bench.plan();
    const abort = new AbortController();
    bench.journal.onProgress = (): void => abort.abort();
    await expect(bench.pack({ signal: abort.signal })).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    expect(readdirSync(bench.workDir).toSorted()).toEqual(['files.json', 'files.plan']);
    await expect(bench.pack({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  });

  it('needs a plan', async () => {
    await expect(bench.pack()).rejects.toMatchObject({ code: 'PLAN_MISSING' });
  });
});
