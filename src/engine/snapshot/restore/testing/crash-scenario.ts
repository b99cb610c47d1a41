import { linkSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setMtimeNs } from '../../../native/posix.js';
import { makeHandMadeBackup, type HandMadeEntry } from '../../../testing/hand-made-backup.js';
import { MemoryStorageDriver } from '../../../testing/memory-storage.js';
import { openBackup, type StoredBackup } from '../../read/index.js';
import { FileRestore, type FileRestoreOptions } from '../index.js';

export const SCENARIOS: Readonly<Record<string, Partial<FileRestoreOptions>>> = {
  whole: { keep: ['nested'] },
  'whole, extra kept': { extraFiles: 'keep', keep: ['nested'] },
  inside: { keep: ['nested', 'wp-content/own-storage'], stageInside: true },
  chosen: { paths: ['wp-content/uploads/2024', 'index.php', 'wp-content/plugins'], remove: ['extra.txt'] },
  'chosen, inside': { paths: ['wp-content/plugins', 'new-folder/x'], remove: ['extra.txt'], stageInside: true },
  delta: { keep: ['nested', 'wp-content/plugins/same.php'], delta: true },
  'delta, inside': { keep: ['nested'], delta: true, stageInside: true },
  'delta, chosen': { paths: ['same.txt', 'wp-content/plugins'], remove: ['extra.txt'], delta: true },
};

export const EXCLUDES = ['/wp-content/cache/*'];

/** Files that are on disk as the backup has them. */
const SAME = ['same.txt', 'wp-content/plugins/same.php', 'wp-content/plugins/seen.php'];

const OLD_TIME = 1_500_000_000_000_000_123n;

/** The site on disk before the restore. */
export function makeSite(root: string): void {
  for (const folder of ['wp-content/cache/deep', 'wp-content/plugins', 'wp-content/own-storage', 'nested/wp']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const file of [
    'index.php',
    'extra.txt',
    ...SAME,
    'wp-content/plugins/a.php',
    'wp-content/plugins/evil.php',
    'wp-content/cache/page.html',
    'wp-content/cache/deep/x',
    'wp-content/own-storage/bundle',
    'nested/wp/index.php',
  ]) {
    writeFileSync(join(root, file), `old ${file}`);
  }
  symlinkSync('/etc', join(root, 'link'));
  setTimes(root);
}

/** The same times in every run. */
function setTimes(path: string): void {
  if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) setTimes(join(path, name));
  setMtimeNs(Buffer.from(path), OLD_TIME);
}

function same(file: string): HandMadeEntry {
  return { path: `files/${file}`, content: Buffer.from(`old ${file}`), mtime: String(OLD_TIME) };
}

export async function makeBackup(): Promise<StoredBackup> {
  const memory = new MemoryStorageDriver();
  const made = await makeHandMadeBackup(memory, [
    { path: 'files', type: 'dir', mode: 0o750, mtime: '1600000000000000001' },
    { path: 'files/index.php', content: Buffer.from('new index') },
    { path: 'files/new-folder', type: 'dir', mtime: '1600000000000000002' },
    { path: 'files/new-folder/x', content: Buffer.from('new x') },
    same('same.txt'),
    { path: 'files/wp-content', type: 'dir', mtime: '1600000000000000003' },
    { path: 'files/wp-content/cache', type: 'dir', mtime: '1600000000000000004' },
    { path: 'files/wp-content/plugins', type: 'dir', mtime: '1600000000000000005' },
    { path: 'files/wp-content/plugins/a.php', content: Buffer.from('new a') },
    same('wp-content/plugins/same.php'),
    same('wp-content/plugins/seen.php'),
    { path: 'files/wp-content/uploads', type: 'dir', mtime: '1600000000000000006' },
    { path: 'files/wp-content/uploads/2024', type: 'dir', mtime: '1600000000000000007' },
    { path: 'files/wp-content/uploads/2024/p.jpg', content: Buffer.alloc(50_000, 7) },
  ]);
  return openBackup(memory, { manifestKey: made.manifestKey });
}

/** A whole restore of the scenario in `<folder>/www/site`; `onStep` may end it anywhere. */
export async function runRestore(folder: string, scenario: string, onStep: (step: string) => void): Promise<void> {
  const restore = await FileRestore.prepare({
    jobId: 'job',
    workDir: join(folder, 'work'),
    target: join(folder, 'www/site'),
    extraFiles: 'delete',
    ...SCENARIOS[scenario],
    onStep,
  });
  await restore.stage(await makeBackup());
  seeChange(folder);
  await restore.activate(EXCLUDES);
  await restore.commit();
}

/** Something happens to a live file, of which nothing is left but its ctime: a delta restore must look at it again. */
function seeChange(folder: string): void {
  const other = join(folder, 'another-name');
  linkSync(join(folder, 'www/site/wp-content/plugins/seen.php'), other);
  rmSync(other);
}
