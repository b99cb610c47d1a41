import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { DirectoryHandle } from '../../native/directory.js';
import { listXattrs, setMtimeNs, setXattr } from '../../native/posix.js';
import {
  makeHandMadeBackup,
  MemoryStorageDriver,
  SeededRandom,
  snapshotTree,
  treeMap,
  useTempFolder,
  type HandMadeEntry,
  type TreeFact,
} from '../../testing/index.js';
import { openBackup, type StoredBackup } from '../read/index.js';
import {
  extractTree,
  FileRestore,
  measureSelection,
  removeTree,
  rollBackFileRestores,
  selectEntries,
} from './index.js';
import type { FileRestoreOptions } from './index.js';

const isRoot = process.getuid?.() === 0;
const random = new SeededRandom(21);
const JOB = '0190f3b0-0000-7000-8000-00000000000a';

async function backupOf(entries: readonly HandMadeEntry[], order?: readonly number[]): Promise<StoredBackup> {
  const memory = new MemoryStorageDriver();
  const made = await makeHandMadeBackup(memory, entries, order === undefined ? {} : { order });
  return openBackup(memory, { manifestKey: made.manifestKey });
}

/** A small site as a backup has it. */
const SITE: HandMadeEntry[] = [
  { path: 'database/0001-t.000000.sql', content: Buffer.from('sql') },
  { path: 'files', type: 'dir', mode: 0o755, mtime: '1600000000000000001' },
  { path: 'files/index.php', content: Buffer.from('<?php new') },
  { path: 'files/wp-content', type: 'dir', mode: 0o755, mtime: '1600000000000000002' },
  { path: 'files/wp-content/cache', type: 'dir', mode: 0o700, mtime: '1600000000000000003' },
  { path: 'files/wp-content/plugins', type: 'dir', mode: 0o755, mtime: '1600000000000000004' },
  { path: 'files/wp-content/plugins/a.php', content: random.bytes(100_000), mode: 0o640 },
  { path: 'files/wp-content/uploads', type: 'dir', mode: 0o750, mtime: '1600000000000000005' },
  { path: 'files/wp-content/uploads/2024', type: 'dir', mode: 0o755, mtime: '1600000000000000006' },
  { path: 'files/wp-content/uploads/2024/a.jpg', content: random.bytes(70_000) },
  { path: 'files/wp-content/uploads/2024/b.jpg', type: 'hardlink', target: 'files/wp-content/uploads/2024/a.jpg' },
];

/** The site as it is on disk before the restore: changed, with extra and excluded files. */
function makeOldSite(root: string): void {
  mkdirSync(join(root, 'wp-content/cache/deep'), { recursive: true });
  mkdirSync(join(root, 'wp-content/plugins'));
  mkdirSync(join(root, 'nested/wp-content'), { recursive: true });
  writeFileSync(join(root, 'index.php'), '<?php old');
  writeFileSync(join(root, 'extra.txt'), 'extra');
  writeFileSync(join(root, 'wp-content/plugins/a.php'), 'hacked');
  writeFileSync(join(root, 'wp-content/plugins/evil.php'), 'evil');
  writeFileSync(join(root, 'wp-content/cache/page.html'), 'cached');
  writeFileSync(join(root, 'wp-content/cache/deep/x'), 'cached too');
  writeFileSync(join(root, 'nested/index.php'), 'another site');
  symlinkSync('/etc', join(root, 'etc-link'));
  for (const path of ['wp-content/cache', 'wp-content/plugins', 'wp-content', 'nested', '.']) {
    setMtimeNs(Buffer.from(join(root, path)), 1_500_000_000_000_000_123n);
  }
}

const paths = (facts: readonly TreeFact[]): string[] => facts.map((fact) => fact.path);

// The machine that runs the tests may be busy: every restore syncs the file system.
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

  it.runIf(isRoot)('works without root: what only root may do is a warning', async () => {
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

describe('FileRestore', () => {
  const temp = useTempFolder('restore');
  const setUp = (): void => {
    mkdirSync(temp('www'));
    mkdirSync(temp('work'));
    makeOldSite(temp('www/site'));
  };
  const options = (more: Partial<FileRestoreOptions> = {}): FileRestoreOptions => ({
    jobId: JOB,
    workDir: temp('work'),
    target: temp('www/site'),
    extraFiles: 'delete',
    ...more,
  });
  const restore = async (
    backup: StoredBackup,
    more: Partial<FileRestoreOptions> = {},
    excludes: readonly string[] = [],
  ): Promise<FileRestore> => {
    const files = await FileRestore.prepare(options(more));
    await files.stage(backup);
    await files.activate(excludes);
    return files;
  };
  const noLitter = (): void => {
    expect(readdirSync(temp('www'))).toEqual(['site']);
    expect(readdirSync(temp('www/site')).filter((name) => name.startsWith('.backupd'))).toEqual([]);
    expect(existsSync(temp('work/file-restore/files.json'))).toBe(false);
  };

  it('replaces the whole tree; until commit the old state can be put back exactly', async () => {
    setUp();
    const before = snapshotTree(temp('www/site'));
    const backup = await backupOf(SITE);
    const first = await restore(backup);
    expect(readFileSync(temp('www/site/index.php'), 'utf8')).toBe('<?php new');
    expect(existsSync(temp('www/site/extra.txt'))).toBe(false);
    await first.rollBack();
    expect(snapshotTree(temp('www/site'))).toEqual(before);
    noLitter();

    const second = await restore(backup);
    await second.commit();
    noLitter();
    const after = treeMap(snapshotTree(temp('www/site')));
    expect([...after.keys()]).toEqual(SITE.slice(1).map((entry) => entry.path?.replace(/^files\/?/, '') || '.'));
    expect(after.get('.')).toMatchObject({ mtime: '1600000000000000001', mode: '0755' });
    expect(after.get('wp-content/uploads/2024/b.jpg')?.sameInodeAs).toBe('wp-content/uploads/2024/a.jpg');
  });

  it('what the backup excluded, and what must be kept, stays; the rest goes or stays as asked', async () => {
    setUp();
    const before = snapshotTree(temp('www/site'));
    const backup = await backupOf(SITE);
    const keep = [temp('www/site/nested')];
    const excludes = ['/wp-content/cache/*'];
    const gone = await restore(backup, { keep }, excludes);
    const found = paths(snapshotTree(temp('www/site')));
    expect(found).toEqual(
      expect.arrayContaining(['nested/index.php', 'wp-content/cache/page.html', 'wp-content/cache/deep/x']),
    );
    expect(found).not.toContain('extra.txt');
    expect(found).not.toContain('wp-content/plugins/evil.php');
    expect(statSync(temp('www/site/wp-content/cache')).mtimeMs).toBe(1_600_000_000_000);
    await gone.rollBack();
    expect(snapshotTree(temp('www/site'))).toEqual(before);

    const kept = await restore(backup, { keep, extraFiles: 'keep' }, excludes);
    await kept.commit();
    expect(paths(snapshotTree(temp('www/site')))).toEqual(
      expect.arrayContaining(['extra.txt', 'wp-content/plugins/evil.php', 'etc-link', 'wp-content/cache/page.html']),
    );
    expect(readFileSync(temp('www/site/wp-content/plugins/a.php')).length).toBe(100_000);
    noLitter();
  });

  it('an excluded folder whose parents the backup has not is kept with its parents', async () => {
    setUp();
    const backup = await backupOf([
      { path: 'files', type: 'dir', mode: 0o755 },
      { path: 'files/index.php', content: Buffer.from('new') },
    ]);
    const files = await restore(backup, {}, ['/wp-content/cache']);
    await files.commit();
    expect(paths(snapshotTree(temp('www/site')))).toEqual([
      '.',
      'index.php',
      'wp-content',
      'wp-content/cache',
      'wp-content/cache/deep',
      'wp-content/cache/deep/x',
      'wp-content/cache/page.html',
    ]);
  });

  it('restores chosen paths only, with folders above that are missing', async () => {
    setUp();
    const before = snapshotTree(temp('www/site'));
    const backup = await backupOf(SITE);
    const chosen = { paths: ['wp-content/uploads/2024', 'index.php'], extraFiles: 'keep' as const };
    const first = await restore(backup, chosen);
    await first.rollBack();
    expect(snapshotTree(temp('www/site'))).toEqual(before);
    const second = await restore(backup, chosen);
    await second.commit();
    noLitter();
    const after = treeMap(snapshotTree(temp('www/site')));
    expect(after.get('wp-content/uploads')).toMatchObject({ mode: '0750', mtime: '1600000000000000005' });
    expect(after.get('wp-content/uploads/2024/a.jpg')?.size).toBe(70_000);
    expect(readFileSync(temp('www/site/index.php'), 'utf8')).toBe('<?php new');
    expect(readFileSync(temp('www/site/wp-content/plugins/a.php'), 'utf8')).toBe('hacked');
    expect(after.get('wp-content')?.mtime).toBe('1500000000000000123');
    expect(after.get('.')?.mtime).toBe('1500000000000000123');
  });

  it('a chosen hard link whose first name is not chosen comes with its content', async () => {
    setUp();
    const backup = await backupOf(SITE);
    const files = await restore(backup, { paths: ['wp-content/uploads/2024/b.jpg'] });
    await files.commit();
    expect(statSync(temp('www/site/wp-content/uploads/2024/b.jpg')).size).toBe(70_000);
    expect(existsSync(temp('www/site/wp-content/uploads/2024/a.jpg'))).toBe(false);
  });

  it('removes asked paths with chosen ones, and puts them back on undo', async () => {
    setUp();
    const before = snapshotTree(temp('www/site'));
    const backup = await backupOf(SITE);
    const chosen = { paths: ['index.php'], remove: ['extra.txt', 'not-there', 'nested'] };
    const first = await restore(backup, chosen);
    expect(existsSync(temp('www/site/extra.txt'))).toBe(false);
    expect(existsSync(temp('www/site/nested'))).toBe(false);
    await first.rollBack();
    expect(snapshotTree(temp('www/site'))).toEqual(before);
  });

  it('restores to a folder that does not exist, and leaves none when it is rolled back', async () => {
    setUp();
    const backup = await backupOf(SITE);
    const target = temp('www/other/deep/site');
    const first = await restore(backup, { target });
    expect(existsSync(join(target, 'index.php'))).toBe(true);
    await first.rollBack();
    expect(existsSync(temp('www/other'))).toBe(false);
    const second = await restore(backup, { target });
    await second.commit();
    expect(readdirSync(temp('www/other/deep'))).toEqual(['site']);
    const third = await FileRestore.prepare(options({ target: temp('www/third'), paths: ['index.php'] }));
    await third.stage(backup);
    await third.activate([]);
    await third.commit();
    expect(paths(snapshotTree(temp('www/third')))).toEqual(['.', 'index.php']);
  });

  it('damage is found before anything is touched, and names the path', async () => {
    setUp();
    const before = snapshotTree(temp('www'), { ignore: ['dirMtime'] });
    const memory = new MemoryStorageDriver();
    const made = await makeHandMadeBackup(memory, SITE);
    const object = memory.objects.get(made.bundleKey);
    const location = made.entries[9]?.in;
    if (object === undefined || location === undefined) throw new Error('no bundle');
    const at = location.offset + location.length - 20;
    object.bytes[at] = (object.bytes[at] ?? 0) ^ 1;
    const backup = await openBackup(memory, { manifestKey: made.manifestKey });
    const files = await FileRestore.prepare(options());
    await expect(files.stage(backup)).rejects.toMatchObject({
      code: 'BUNDLE_DAMAGED',
      context: { path: 'files/wp-content/uploads/2024/a.jpg' },
    });
    await files.rollBack();
    expect(snapshotTree(temp('www'), { ignore: ['dirMtime'] })).toEqual(before);
    noLitter();
  });

  it('keeps a link at the target and replaces the folder it leads to, if that is beside it', async () => {
    setUp();
    mkdirSync(temp('www/releases'));
    execFileSync('mv', [temp('www/site'), temp('www/releases/5')]);
    symlinkSync('releases/5', temp('www/site'));
    const backup = await backupOf(SITE);
    await (await restore(backup)).commit();
    expect(lstatSync(temp('www/site')).isSymbolicLink()).toBe(true);
    expect(readFileSync(temp('www/releases/5/index.php'), 'utf8')).toBe('<?php new');
    expect(readdirSync(temp('www/releases'))).toEqual(['5']);

    mkdirSync(temp('elsewhere'));
    writeFileSync(temp('elsewhere/precious'), 'p');
    rmSync(temp('www/site'));
    symlinkSync(temp('elsewhere'), temp('www/site'));
    await expect(FileRestore.prepare(options())).rejects.toMatchObject({ code: 'RESTORE_TARGET_LINK' });
    const allowed = await restore(backup, { allowedRoots: [temp('elsewhere')] });
    await allowed.rollBack();
    expect(readdirSync(temp('elsewhere'))).toEqual(['precious']);
  });

  it('never writes through a link on the way to a chosen path', async () => {
    setUp();
    mkdirSync(temp('elsewhere'));
    symlinkSync(temp('elsewhere'), temp('www/site/wp-content/uploads'));
    const backup = await backupOf(SITE);
    const files = await FileRestore.prepare(options({ paths: ['wp-content/uploads/2024'] }));
    await files.stage(backup);
    await expect(files.activate([])).rejects.toMatchObject({ code: 'RESTORE_PATH_BLOCKED' });
    await files.rollBack();
    expect(readdirSync(temp('elsewhere'))).toEqual([]);
    // The link itself can be replaced.
    await (await restore(backup, { paths: ['wp-content/uploads'] })).commit();
    expect(lstatSync(temp('www/site/wp-content/uploads')).isDirectory()).toBe(true);
    expect(readdirSync(temp('elsewhere'))).toEqual([]);
  });

  it('refuses folders of the system, odd paths, and paths the backup has not', async () => {
    setUp();
    const backup = await backupOf(SITE);
    for (const target of ['/', '/etc', '/var/www', 'relative', temp('www/site/index.php')]) {
      await expect(FileRestore.prepare(options({ target })), target).rejects.toMatchObject({
        code: 'RESTORE_TARGET_REFUSED',
      });
    }
    for (const path of ['../x', '/etc', 'a//b', '.', '']) {
      await expect(FileRestore.prepare(options({ paths: [path] })), path).rejects.toMatchObject({
        code: 'RESTORE_PATH_INVALID',
      });
    }
    const files = await FileRestore.prepare(options({ paths: ['nothing/here'] }));
    await expect(files.stage(backup)).rejects.toMatchObject({ code: 'BACKUP_PATH_NOT_FOUND' });
    await files.rollBack();
    noLitter();
  });

  it('says how much space is missing before it writes', async () => {
    setUp();
    const backup = await backupOf([
      { path: 'files', type: 'dir' },
      { path: 'files/huge', size: 9e15, extents: [[0, 9e15]] },
    ]);
    const files = await FileRestore.prepare(options());
    await expect(files.stage(backup)).rejects.toMatchObject({
      code: 'DISK_FULL',
      context: { needed: expect.any(Number), free: expect.any(Number) },
    });
    await files.rollBack();
    noLitter();
  });

  it('notices when somebody replaces the target meanwhile', async () => {
    setUp();
    const backup = await backupOf(SITE);
    const files = await FileRestore.prepare(options());
    await files.stage(backup);
    const swap = { ...options(), onStep: () => undefined };
    expect(swap.target).toBe(temp('www/site'));
    // A folder of the same name as the staging folder, not ours to trust.
    execFileSync('mv', [temp(`www/.backupd-restore-${JOB}`), temp('www/moved')]);
    mkdirSync(temp(`www/.backupd-restore-${JOB}`), { mode: 0o777 });
    chmodSync(temp(`www/.backupd-restore-${JOB}`), 0o777);
    await expect(files.activate([])).rejects.toMatchObject({ code: 'RESTORE_TARGET_CHANGED' });
    await expect(rollBackFileRestores(temp('work'))).rejects.toMatchObject({ code: 'RESTORE_TARGET_CHANGED' });
  });

  it.runIf(isRoot)('an inherited ACL does not get onto restored files', async () => {
    setUp();
    const acl = spawnSync('setfacl', ['-d', '-m', 'u:12345:rwx', temp('www')]);
    expect(acl.status).toBe(0);
    await (await restore(await backupOf(SITE))).commit();
    expect(listXattrs(Buffer.from(temp('www/site/index.php')))).toEqual([]);
    expect(listXattrs(Buffer.from(temp('www/site/wp-content')))).toEqual([]);
  });

  it.runIf(isRoot)('says how to unlock a file that is locked, and commits after that', async () => {
    setUp();
    const locked = spawnSync('chattr', ['+i', temp('www/site/extra.txt')]);
    if (locked.status !== 0) return;
    const files = await restore(await backupOf(SITE));
    try {
      await expect(files.commit()).rejects.toMatchObject({
        code: 'FILE_IMMUTABLE',
        hint: expect.stringContaining('chattr'),
      });
    } finally {
      spawnSync('chattr', ['-R', '-i', temp('www')]);
    }
    await files.commit();
    noLitter();
  });

  it('xattrs of a replaced file are those of the backup', async () => {
    setUp();
    setXattr(Buffer.from(temp('www/site/index.php')), { name: 'user.old', value: Buffer.from('1') });
    await (await restore(await backupOf(SITE))).commit();
    expect(listXattrs(Buffer.from(temp('www/site/index.php')))).toEqual([]);
  });
});
