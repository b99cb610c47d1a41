import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, type BigIntStats } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listXattrs } from '../../native/posix.js';
import { aclText } from './acl-text.js';
import { alignExtents, endOfArchive, tarHeader, tarPadding, type TarMember } from './index.js';
import { paxRecord, paxTime } from './pax.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tar-spec-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const member = (path: string | Buffer, more: Partial<TarMember> = {}): TarMember => ({
  path: Buffer.from(path),
  type: 'file',
  size: 0,
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtimeNs: 0n,
  ...more,
});
const archive = (...members: [TarMember, Buffer?][]): Buffer =>
  Buffer.concat([
    ...members.flatMap(([m, content = Buffer.alloc(0)]) => [tarHeader(m), content, tarPadding(content.length)]),
    endOfArchive(),
  ]);
const tar = (args: string[], input: Buffer): string =>
  execFileSync('tar', args, { input, cwd: folder, maxBuffer: 1e8, stdio: ['pipe', 'pipe', 'pipe'] }).toString();
const at = (path: string | Buffer): Buffer => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path)]);

describe('tar members, read by stock tar', () => {
  it('any name, of any length', () => {
    const component = Buffer.alloc(255, 'n');
    const deep = Buffer.concat([component, Buffer.from('/'), component, Buffer.from('/x')]);
    const names = [
      Buffer.from('files/a'),
      Buffer.alloc(99, 'a'),
      Buffer.alloc(100, 'b'),
      Buffer.alloc(101, 'c'),
      Buffer.from('new\nline'),
      Buffer.from('-dash'),
      Buffer.from('😀é'),
      Buffer.from([0x6c, 0xe9, 0xff]),
      Buffer.concat([Buffer.alloc(120, 'q'), Buffer.from([0xe9, 0xc3, 0x28])]),
      deep,
    ];
    tar(['-xf', '-'], archive(...names.map((n): [TarMember, Buffer] => [member(n, { size: 3 }), Buffer.from('abc')])));
    for (const name of names) expect(readFileSync(at(name)).toString()).toBe('abc');
  });

  it('modes, owners, times, links, FIFOs, folders', () => {
    const long = Buffer.alloc(150, 't');
    const input = archive(
      [member('files', { type: 'dir', mode: 0o2775, mtimeNs: 1_600_000_000_000_000_007n })],
      [member('files/suid', { mode: 0o6755, uid: 3_000_000, gid: 4_000_000_000, mtimeNs: 1_700_000_000_123_456_789n })],
      [member('files/old', { mode: 0, mtimeNs: -1_500_000_000n })],
      [member('files/future', { mtimeNs: 9_000_000_000n * 1_000_000_000n })],
      [member('files/link', { type: 'symlink', mode: 0o777, target: Buffer.from('../nowhere') })],
      [member('files/longlink', { type: 'symlink', mode: 0o777, target: long })],
      [member('files/pipe', { type: 'fifo', mode: 0o600 })],
      [member('files/hard', { type: 'hardlink', target: Buffer.from('files/suid') })],
    );
    tar(['-xpf', '-', '--numeric-owner'], input);
    const stat = (p: string): BigIntStats => lstatSync(at(p), { bigint: true });
    expect(stat('files')).toMatchObject({ mode: 0o42775n, mtimeNs: 1_600_000_000_000_000_007n });
    expect(stat('files/suid')).toMatchObject({ mode: 0o106755n, uid: 3_000_000n, gid: 4_000_000_000n, nlink: 2n });
    expect(stat('files/suid').mtimeNs).toBe(1_700_000_000_123_456_789n);
    expect(stat('files/old')).toMatchObject({ mode: 0o100000n, mtimeNs: -1_500_000_000n });
    expect(stat('files/future').mtimeNs).toBe(9_000_000_000n * 1_000_000_000n);
    expect(readlinkSync(at('files/link'))).toBe('../nowhere');
    expect(readlinkSync(at('files/longlink'))).toBe(long.toString());
    expect(stat('files/pipe')).toMatchObject({ mode: 0o10600n });
  });

  it('owner names', () => {
    const listing = tar(
      ['-tvf', '-'],
      archive(
        [member('a', { user: 'www-data', group: 'web' })],
        [member('b', { user: 'u'.repeat(40), group: 'gruppeé' })],
      ),
    );
    expect(listing).toContain('www-data/web');
    expect(listing).toContain(`${'u'.repeat(40)}/gruppe`);
  });

  it('extended attributes and ACLs', () => {
    const value = Buffer.from([0, 1, 2, 10, 255]);
    const acl = Buffer.from(
      '02000000' +
        '01000600ffffffff' +
        '02000400e8030000' +
        '04000400ffffffff' +
        '10000400ffffffff' +
        '20000000ffffffff',
      'hex',
    );
    expect(aclText(acl)).toBe('user::rw-,user:1000:r--,group::r--,mask::r--,other::---');
    expect(aclText(Buffer.from('nonsense'))).toBeNull();
    const xattrs = [
      { name: 'user.a=b%', value },
      { name: 'user.empty', value: Buffer.alloc(0) },
      { name: 'system.posix_acl_access', value: acl },
    ];
    const input = archive([member('f', { mode: 0o640, xattrs })]);
    tar(['--xattrs', '--acls', '-xpf', '-'], input);
    expect(listXattrs(at('f'))).toEqual(xattrs.toSorted((x, y) => (x.name < y.name ? -1 : 1)));
    mkdirSync(join(folder, 'two'));
    tar(['--xattrs', '--xattrs-include=*', '-xpf', '-', '-C', 'two'], input);
    expect(listXattrs(at('two/f'))).toHaveLength(3);
  });

  it('sparse files', () => {
    const big = 3 * 2 ** 40;
    const data = [Buffer.alloc(4096, 'a'), Buffer.alloc(8192, 'b'), Buffer.alloc(100, 'c')];
    const [a, b, c] = data as [Buffer, Buffer, Buffer];
    const input = archive(
      [
        member('middle', {
          size: 1_004_100,
          extents: [
            [4096, 4096],
            [500_224, 8192],
            [1_004_000, 100],
          ],
        }),
        Buffer.concat([a, b, c]),
      ],
      [member('hole-at-end', { size: big, extents: [[0, 4096]] }), a],
      [member('only-hole', { size: 1_000_001, extents: [] })],
      [member('after', { size: 4 }), Buffer.from('done')],
    );
    tar(['-xf', '-'], input);
    const expected = Buffer.alloc(1_004_100);
    a.copy(expected, 4096);
    b.copy(expected, 500_224);
    c.copy(expected, 1_004_000);
    expect(readFileSync(at('middle')).equals(expected)).toBe(true);
    expect(lstatSync(at('hole-at-end')).size).toBe(big);
    expect(lstatSync(at('hole-at-end')).blocks).toBeLessThan(100);
    expect(lstatSync(at('only-hole'))).toMatchObject({ size: 1_000_001 });
    expect(readFileSync(at('after')).toString()).toBe('done');
  });

  it('sizes beyond 8 GiB', () => {
    const size = 9 * 2 ** 30;
    const header = tarHeader(member('big', { size }));
    expect(header.toString('latin1')).toContain(` size=${size}\n`);
  });
});

describe('parts', () => {
  it('pax records count their own length', () => {
    for (let n = 0; n < 1200; n += 1) {
      const record = paxRecord('k', 'v'.repeat(n));
      expect(record.length).toBe(Number.parseInt(record.toString(), 10));
    }
    expect([0n, 1n, -1n, -1_500_000_000n, 1_700_000_000_120_000_000n].map(paxTime)).toEqual([
      '0',
      '0.000000001',
      '-0.000000001',
      '-1.5',
      '1700000000.12',
    ]);
  });

  it('extents begin at blocks', () => {
    const extents = [
      { offset: 100, length: 10 },
      { offset: 520, length: 10 },
      { offset: 5000, length: 1 },
      { offset: 9000, length: 50 },
    ];
    expect(alignExtents(extents, 9050)).toEqual([
      [0, 1024],
      [4608, 512],
      [8704, 346],
    ]);
    expect(alignExtents([], 10)).toEqual([]);
  });
});
