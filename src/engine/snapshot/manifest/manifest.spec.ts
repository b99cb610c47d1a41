import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../common/errors/index.js';
import { LineFrameWriter } from '../work/index.js';
import { compressFrameSync } from '../zstd/index.js';
import {
  comparePaths,
  displayPath,
  entryPath,
  entryTarget,
  isSafeMemberPath,
  MANIFEST_FORMAT,
  ManifestWriter,
  readManifest,
  withPath,
  withTarget,
  type ManifestEntry,
  type ManifestHeader,
  type ManifestLine,
  type ManifestTrailer,
} from './index.js';

const header: ManifestHeader = {
  kind: 'header',
  format: MANIFEST_FORMAT,
  backupId: '0198c0de-0000-7000-8000-000000000001',
  site: { id: 's', name: 'Blög', url: null, module: 'wordpress', path: '/var/www', node: 'n' },
  own: 0,
  parent: null,
  startedAt: '2026-01-01T00:00:00Z',
  filesAt: '2026-01-01T00:00:01Z',
  readAllAt: '2026-01-01T00:00:00Z',
  tool: { name: 'backupd', version: '0', node: '24' },
  database: null,
  bundles: [{ id: 0, key: 'sites/s/b.tar.zst', size: 1, sha256: 'a', frames: 1, content: 0, live: 0 }],
  facts: {},
  excludes: [],
};
const entry = (path: Buffer, more: Partial<ManifestEntry> = {}): ManifestEntry => ({
  kind: 'entry',
  ...withPath(path),
  type: 'file',
  size: 0,
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtime: '-1',
  ...more,
});
const trailer = (entries: number): ManifestTrailer => ({
  kind: 'trailer',
  entries,
  files: entries,
  fileBytes: 0,
  databaseBytes: 0,
  storedBytes: 1,
  warnings: [],
  moreWarnings: 0,
  finishedAt: '2026-01-01T00:00:02Z',
});

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
const read = async (source: string | Buffer): Promise<ManifestLine[]> => {
  const lines: ManifestLine[] = [];
  for await (const line of readManifest(typeof source === 'string' ? source : once(source))) lines.push(line);
  return lines;
};
const codeOf = async (bytes: Buffer): Promise<unknown> =>
  read(bytes).catch((error: unknown) => (error instanceof AppError ? error.code : error));
const frames = (...lines: unknown[]): Buffer =>
  Buffer.concat(lines.map((l) => compressFrameSync(Buffer.from(`${typeof l === 'string' ? l : JSON.stringify(l)}\n`))));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manifest-spec-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

describe('paths', () => {
  const component = fc
    .uint8Array({ minLength: 1, maxLength: 4 })
    .filter((c) => !c.includes(0) && !c.includes(0x2f))
    .map((c) => Buffer.from(c));
  const components = fc.array(component, { minLength: 1, maxLength: 5 });
  const slash = Buffer.from('/');
  const joined = (parts: Buffer[]): Buffer => Buffer.concat(parts.flatMap((p, i) => (i === 0 ? [p] : [slash, p])));

  it('orders component by component, bytewise', () => {
    fc.assert(
      fc.property(components, components, (a, b) => {
        let byParts = 0;
        for (let i = 0; byParts === 0 && i < Math.max(a.length, b.length); i += 1) {
          const [x, y] = [a[i], b[i]];
          byParts = x === undefined ? -1 : y === undefined ? 1 : Buffer.compare(x, y);
        }
        expect(Math.sign(comparePaths(joined(a), joined(b)))).toBe(byParts);
      }),
      { numRuns: 500 },
    );
    const names = ['files/a', 'files/a/b', 'files/a b', 'files/a-b', 'files/a.b'];
    expect(names.toSorted((x, y) => comparePaths(Buffer.from(x), Buffer.from(y)))).toEqual(names);
  });

  it('keeps any bytes through JSON', () => {
    fc.assert(
      fc.property(components, (parts) => {
        const path = joined(parts);
        const back = JSON.parse(JSON.stringify(entry(path, { type: 'symlink', ...withTarget(path) }))) as ManifestEntry;
        expect(entryPath(back).equals(path)).toBe(true);
        expect(entryTarget(back)?.equals(path)).toBe(true);
      }),
    );
    expect(withPath(Buffer.from('\ufeffé'))).toEqual({ path: '\ufeffé' });
    expect(withPath(Buffer.from([0xe9]))).toEqual({ pathBase64: '6Q==' });
    expect(displayPath(Buffer.from([0x61, 0xe9, 0x0a]))).toBe('a\\xe9\\x0a');
  });

  it('knows paths that could lead out', () => {
    const bad = ['', '/', '/a', 'a/', 'a//b', '.', '..', 'a/..', '../a', 'a/../b', 'a/./b', 'a\0b'];
    const good = ['a', 'a/b', '...', 'a/..b', '.a', 'a/.b/c', 'files/.. '];
    expect([...bad, ...good].filter((path) => isSafeMemberPath(Buffer.from(path)))).toEqual(good);
  });
});

describe('manifest', { timeout: 30_000 }, () => {
  it('is written through frames and spools, read back, and is plain zstd NDJSON', async () => {
    const path = join(folder, 'big.manifest.ndjson.zst');
    const spool = join(folder, 'entries');
    const many = Array.from({ length: 20_000 }, (_, i) =>
      entry(Buffer.from(`files/${String(i).padStart(6, '0')}`), {
        size: i,
        mtime: '1700000000123456789',
        target: undefined!,
      }),
    ).map(({ target: _target, ...e }) => e);
    const spooled = await LineFrameWriter.create(spool);
    for (const e of many.slice(0, 15_000)) {
      spooled.push(e);
      if (spooled.full) await spooled.flush();
    }
    await spooled.finish();
    const writer = await ManifestWriter.create(path);
    await writer.write(header);
    await writer.appendEntries(spool);
    for (const e of many.slice(15_000)) await writer.write(e);
    await writer.write(trailer(many.length));
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
    const { size, sha256 } = await writer.finish();

    const bytes = await readFile(path);
    expect(size).toBe(bytes.length);
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(await read(path)).toEqual([header, ...many, trailer(many.length)]);
    const lines = execFileSync('zstd', ['-dc', path], { maxBuffer: 1e8 }).toString().trimEnd().split('\n');
    expect(lines.map((l) => JSON.parse(l) as unknown)).toEqual([header, ...many, trailer(many.length)]);
  });

  it('an aborted one leaves nothing', async () => {
    const path = join(folder, 'aborted');
    const writer = await ManifestWriter.create(path);
    await writer.write(header);
    await writer.abort();
    await expect(stat(`${path}.partial`)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('refuses what is damaged', async () => {
    const a = entry(Buffer.from('files/a'));
    const good = frames(header, a, trailer(1));
    expect(await read(good)).toHaveLength(3);
    const bad: Record<string, Buffer> = {
      empty: Buffer.alloc(0),
      'no header': frames(a, trailer(1)),
      'two headers': frames(header, header, trailer(0)),
      'no trailer': frames(header, a),
      'wrong count': frames(header, a, trailer(2)),
      'more after the trailer': frames(header, trailer(0), a),
      'not JSON': frames(header, '{"kind":', trailer(0)),
      'unknown kind': frames(header, { kind: 'other' }, trailer(0)),
      'no newline at the end': Buffer.concat([
        frames(header),
        compressFrameSync(Buffer.from(JSON.stringify(trailer(0)))),
      ]),
      'same path twice': frames(header, a, a, trailer(2)),
      'out of order': frames(header, entry(Buffer.from('files/b')), a, trailer(2)),
      'path that leads out': frames(header, entry(Buffer.from('files/../../etc/passwd')), trailer(1)),
      'absolute path': frames(header, entry(Buffer.from('/etc/passwd')), trailer(1)),
      'no path': frames(header, { ...a, path: undefined }, trailer(1)),
      'link without target': frames(header, { ...a, type: 'symlink' }, trailer(1)),
      'file with target': frames(header, { ...a, target: 'x' }, trailer(1)),
      'negative size': frames(header, { ...a, size: -1 }, trailer(1)),
      'content without checksum': frames(
        header,
        { ...a, in: { bundle: 0, offset: 0, length: 1, skip: 0 } },
        trailer(1),
      ),
      'extents that overlap': frames(
        header,
        {
          ...a,
          extents: [
            [0, 5],
            [4, 2],
          ],
        },
        trailer(1),
      ),
    };
    const codes = Object.entries(bad).map(async ([what, bytes]) => `${what}: ${String(await codeOf(bytes))}`);
    expect(await Promise.all(codes)).toEqual(Object.keys(bad).map((what) => `${what}: MANIFEST_DAMAGED`));
    const cuts = Array.from({ length: good.length }, async (_, cut) => codeOf(good.subarray(0, cut)));
    expect(new Set(await Promise.all(cuts))).toEqual(new Set(['MANIFEST_DAMAGED']));
  });

  it('never gives other lines than were written', async () => {
    const good = frames(header, entry(Buffer.from('files/a')), trailer(1));
    const lines = await read(good);
    const flips = Array.from({ length: good.length * 8 }, async (_, bit) => {
      const flipped = Buffer.from(good);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      // (One bit of a frame's header means nothing: the lines are then as they were.)
      expect(['MANIFEST_DAMAGED', lines]).toContainEqual(await codeOf(flipped));
    });
    await Promise.all(flips);
  });

  it('refuses a format it does not know', async () => {
    await expect(read(frames({ ...header, format: 'backupd-manifest/2' }, trailer(0)))).rejects.toMatchObject({
      code: 'MANIFEST_FORMAT_UNSUPPORTED',
    });
  });
});
