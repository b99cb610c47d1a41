import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { DirectoryHandle } from '../../native/directory.js';
import {
  SeededRandom,
  snapshotTree,
  treeMap,
  useTempFolder,
  type HandMadeEntry,
  type TreeFact,
  requires,
} from '../../testing/index.js';
import { extractTree, measureSelection, removeTree, selectEntries } from './index.js';
import { backupOf } from './testing/small-site.js';

const random = new SeededRandom(22);

vi.setConfig({ testTimeout: 30_000 });

describe('extractTree', () => {
  const temp = useTempFolder('extract');

  const extract = async (
    entries: readonly HandMadeEntry[],
    order?: readonly number[],
    windowEntries = 4096,
  ): Promise<TreeFact[]> => {
    const backup = await backupOf(entries, order);
    mkdirSync(temp('out'), { mode: 0o700 });
    const root = DirectoryHandle.open(temp('out'));
    try {
      const selection = { prefix: 'files', paths: [] };
      const facts = await measureSelection(backup, selection);
      await extractTree(backup, selectEntries(backup, selection, facts), root, { windowEntries });
    } finally {
      root.close();
    }
    return snapshotTree(temp('out'));
  };

  it('brings back bytes, modes, times to the nanosecond, links, holes and attributes', async () => {
    const stored = random.bytes(8192);
    const facts = treeMap(
      await extract(
        [
          { path: 'files', type: 'dir', mode: 0o2755, mtime: '1700000000000000007' },
          { path: 'files/a', type: 'dir', mode: 0o500, mtime: '-5' },
          { path: 'files/a/empty', content: Buffer.alloc(0), mode: 0o444 },
          { path: 'files/a/suid', content: Buffer.from('x'), mode: 0o4755 },
          { path: 'files/big', content: random.bytes(700_000), mode: 0o600, mtime: '1234567890123456789' },
          { path: 'files/fifo', type: 'fifo', mode: 0o640 },
          { path: 'files/hard', type: 'hardlink', target: 'files/big' },
          { path: 'files/link', type: 'symlink', target: '../../nowhere', mtime: '99' },
          {
            path: 'files/sparse',
            content: stored,
            size: 10_000_000,
            extents: [
              [4096, 4096],
              [5_242_880, 4096],
            ],
          },
          {
            path: 'files/xattr',
            content: Buffer.from('x'),
            xattrs: { 'user.note': Buffer.from('hi').toString('base64') },
          },
        ],
        [9, 8, 4, 3],
      ),
    );
    expect(facts.get('.')).toMatchObject({ mode: '2755', mtime: '1700000000000000007' });
    expect(facts.get('a')).toMatchObject({ mode: '0500', mtime: '-5' });
    expect(facts.get('a/suid')).toMatchObject({ mode: '4755', size: 1 });
    expect(facts.get('big')).toMatchObject({ mode: '0600', mtime: '1234567890123456789', size: 700_000 });
    expect(facts.get('fifo')).toMatchObject({ type: 'fifo', mode: '0640' });
    expect(facts.get('hard')).toMatchObject({ sameInodeAs: 'big' });
    expect(facts.get('link')).toMatchObject({ type: 'symlink', target: '../../nowhere', mtime: '99' });
    expect(facts.get('xattr')?.xattrs).toEqual({ 'user.note': 'aGk=' });
    expect(facts.get('sparse')).toMatchObject({
      size: 10_000_000,
      extents: [
        [4096, 4096],
        [5_242_880, 4096],
      ],
    });
    expect(readFileSync(temp('out/sparse')).subarray(5_242_880, 5_246_976).equals(stored.subarray(4096))).toBe(true);
  });

  it('restores many files over several windows, whatever the order in the bundle', async () => {
    const entries: HandMadeEntry[] = [{ path: 'files', type: 'dir', mtime: '77' }];
    for (let d = 0; d < 40; d++) {
      const folder = `files/d${String(d).padStart(3, '0')}`;
      entries.push({ path: folder, type: 'dir', mtime: String(1_600_000_000_000_000_000n + BigInt(d)) });
      for (let f = 0; f < 40; f++)
        entries.push({ path: `${folder}/f${String(f).padStart(2, '0')}`, content: Buffer.from(`${d}/${f}`) });
    }
    const order = entries.map((_, index) => index).toSorted((a, b) => (a % 13) - (b % 13) || b - a);
    const facts = treeMap(await extract(entries, order, 300));
    expect(facts.size).toBe(1641);
    expect(readFileSync(temp('out/d032/f07'), 'utf8')).toBe('32/7');
    expect(facts.get('d032')?.mtime).toBe('1600000000000000032');
    expect(facts.get('.')?.mtime).toBe('77');
  });

  const hostile: [string, HandMadeEntry[]][] = [
    [
      'a file below a link',
      [
        { path: 'files/a', type: 'symlink', target: '/etc' },
        { path: 'files/a/x', content: Buffer.from('x') },
      ],
    ],
    [
      'a file below a file',
      [
        { path: 'files/a', content: Buffer.from('x') },
        { path: 'files/a/x', content: Buffer.from('x') },
      ],
    ],
    ['a hard link to outside', [{ path: 'files/a', type: 'hardlink', target: '../../../etc/passwd' }]],
    [
      'a hard link through a link',
      [
        { path: 'files/a', type: 'symlink', target: '/etc' },
        { path: 'files/b', type: 'hardlink', target: 'files/a/passwd' },
      ],
    ],
    [
      'a hard link to a link',
      [
        { path: 'files/a', type: 'symlink', target: '/etc/passwd' },
        { path: 'files/b', type: 'hardlink', target: 'files/a' },
      ],
    ],
    ['dots', [{ path: 'files/../../x', content: Buffer.from('x') }]],
    ['an absolute path', [{ path: '/x', content: Buffer.from('x') }]],
    ['an empty name', [{ path: 'files//x', content: Buffer.from('x') }]],
    ['a NUL', [{ path: 'files/a\0b', content: Buffer.from('x') }]],
    [
      'twice the same name',
      [
        { path: 'files/a', content: Buffer.from('x') },
        { path: 'files/a', type: 'symlink', target: '/etc' },
      ],
    ],
    [
      'a folder twice',
      [
        { path: 'files/a', type: 'dir' },
        { path: 'files/b', type: 'dir' },
        { path: 'files/a/x', content: Buffer.from('x') },
      ],
    ],
  ];
  it.each(hostile)('refuses a hostile manifest: %s', async (_, entries) => {
    mkdirSync(temp('around'));
    const refused = extract([{ path: 'files', type: 'dir' }, ...entries]);
    await expect(refused).rejects.toMatchObject({
      code: expect.stringMatching(/^(MANIFEST_UNSAFE|MANIFEST_DAMAGED|BACKUP_PATH_NOT_FOUND)$/),
    });
    expect(readdirSync(temp('.')).filter((name) => name !== 'out')).toEqual(['around']);
    expect(lstatSync('/etc/passwd').nlink).toBe(1);
  });

  it.runIf(requires('root'))('works without root: what only root may do is a warning', async () => {
    const folder = temp('user');
    mkdirSync(folder);
    chmodSync(temp('.'), 0o755);
    const child = join(import.meta.dirname, 'testing/extract-as-user.ts');
    const run = spawnSync(process.execPath, ['--import', 'tsx', child, folder], {
      uid: 0,
      encoding: 'utf8',
      cwd: process.cwd(),
    });
    expect(run.stderr).toBe('');
    const result: { warnings: { code: string }[]; uid: number } = JSON.parse(run.stdout);
    expect(result.uid).toBe(65_534);
    expect(result.warnings.map((warning) => warning.code)).toEqual(['OWNER_NOT_RESTORED', 'XATTR_NOT_RESTORED']);
    const facts = treeMap(snapshotTree(join(folder, 'out')));
    expect(facts.get('suid')).toMatchObject({ uid: 65_534, mode: '0755' });
    expect(facts.get('locked')).toMatchObject({ mode: '0500' });
    expect(facts.get('locked/x')).toMatchObject({ mode: '0400', size: 1 });
  });
});

describe('removeTree', () => {
  const temp = useTempFolder('remove');
  it('removes links, never what they lead to, and is idempotent', async () => {
    mkdirSync(temp('tree/sub'), { recursive: true });
    mkdirSync(temp('outside'));
    writeFileSync(temp('outside/precious'), 'p');
    symlinkSync(temp('outside'), temp('tree/link'));
    symlinkSync(temp('outside/precious'), temp('tree/sub/file-link'));
    linkSync(temp('outside/precious'), temp('tree/sub/hard'));
    const parent = DirectoryHandle.open(temp('.'));
    await removeTree(parent, 'tree', 'x');
    await removeTree(parent, 'tree', 'x');
    symlinkSync(temp('outside'), temp('tree'));
    await removeTree(parent, 'tree', 'x');
    parent.close();
    expect(readdirSync(temp('.'))).toEqual(['outside']);
    expect(readFileSync(temp('outside/precious'), 'utf8')).toBe('p');
  });
});
