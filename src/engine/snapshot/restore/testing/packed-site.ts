import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { setMtimeNs } from '../../../native/posix.js';
import { CountingStorageDriver, MemoryStorageDriver, SeededRandom } from '../../../testing/index.js';
import { packBundle, planFiles } from '../../pack/index.js';
import { openBackup, type StoredBackup } from '../../read/index.js';
import { FileRestore, type FileRestoreOptions, type ReuseSummary } from '../index.js';

const BUNDLE_KEY = 'sites/s/20260102T030405Z-b.tar.zst';
const MANIFEST_KEY = 'sites/s/20260102T030405Z-b.manifest.ndjson.zst';
const journal = { progress: () => undefined, warn: () => undefined, note: () => undefined };
/** After this the times of what was written are believed by the backup. */
const SETTLED_MS = 60;

/** A site in `<folder>/www/site` with a real backup in memory, behind a driver that counts. */
export class PackedSite {
  readonly root: string;
  private readonly memory = new MemoryStorageDriver();
  readonly counting = new CountingStorageDriver(this.memory);

  private constructor(private readonly folder: string) {
    this.root = join(folder, 'www/site');
  }

  static make(folder: string): PackedSite {
    const site = new PackedSite(folder);
    mkdirSync(site.root, { recursive: true });
    for (const name of ['work', 'restore-work']) mkdirSync(join(folder, name));
    return site;
  }

  at(path: string): string {
    return join(this.root, path);
  }

  /** Backs the site up, in the place of an earlier backup, after it has come to rest. */
  async backUp(): Promise<void> {
    await setTimeout(SETTLED_MS);
    const workDir = join(this.folder, 'work');
    const { signal } = new AbortController();
    await planFiles({
      roots: [{ prefix: 'files', path: this.root }],
      excludes: [],
      neverPack: [],
      workDir,
      signal,
      journal,
    });
    const packed = await packBundle({
      workDir,
      header: {
        backupId: 'b',
        site: { id: 's', name: 's', url: null, module: 'wordpress', path: this.root, node: 'n' },
        startedAt: '2026-01-02T03:04:05.000Z',
        tool: { name: 'backupd', version: '0', node: process.version },
        facts: {},
      },
      readme: 'read me',
      bundleKey: BUNDLE_KEY,
      workers: 1,
      signal,
      journal,
    });
    await this.memory.put(BUNDLE_KEY, { bytes: readFileSync(packed.bundlePath) });
    await this.memory.put(MANIFEST_KEY, { bytes: readFileSync(packed.manifestPath) });
  }

  open(): Promise<StoredBackup> {
    return openBackup(this.counting, { manifestKey: MANIFEST_KEY });
  }

  options(more: Partial<FileRestoreOptions> = {}): FileRestoreOptions {
    const workDir = join(this.folder, 'restore-work');
    return { jobId: 'j', workDir, target: this.root, extraFiles: 'delete', delta: true, ...more };
  }

  /** How often, and for how many bytes at most, the bundle was read. */
  get bundleReads(): { count: number; bytes: number } {
    const reads = this.counting.reads.filter(({ key }) => key === BUNDLE_KEY);
    const size = this.memory.objects.get(BUNDLE_KEY)?.bytes.length ?? 0;
    return {
      count: reads.length,
      bytes: reads.reduce((sum, { range }) => sum + (range?.length ?? size), 0),
    };
  }

  /** What restores leave beside the site. */
  get litter(): string[] {
    return [
      ...readdirSync(join(this.folder, 'www')),
      ...readdirSync(join(this.folder, 'restore-work/file-restore')),
      ...readdirSync(this.root).filter((name) => name.startsWith('.backupd')),
    ];
  }
}

/** A site of three files in two folders, and its backup. */
export async function smallPackedSite(folder: string): Promise<PackedSite> {
  const site = PackedSite.make(folder);
  mkdirSync(site.at('sub'));
  writeFileSync(site.at('a.php'), '<?php echo "a";');
  writeFileSync(site.at('sub/big.jpg'), new SeededRandom(77).bytes(900_000));
  writeFileSync(site.at('sub/b.php'), '<?php echo "b";');
  await site.backUp();
  return site;
}

/** Stages a delta restore. */
export async function stageDelta(
  site: PackedSite,
  more: Partial<FileRestoreOptions> = {},
): Promise<{ reuse: ReuseSummary; files: FileRestore }> {
  const files = await FileRestore.prepare(site.options(more));
  const { reuse } = await files.stage(await site.open());
  if (reuse === undefined) throw new Error('it was no delta restore');
  return { reuse, files };
}

export async function finish(files: FileRestore): Promise<void> {
  await files.activate([]);
  await files.commit();
}

/** Writes into a file as it is, and gives it its old time back. */
export function tamper(path: string, text: string): void {
  const { mtimeNs } = statSync(path, { bigint: true });
  const fd = openSync(path, 'r+');
  writeSync(fd, text, 0);
  closeSync(fd);
  setMtimeNs(Buffer.from(path), mtimeNs);
}

/** The different link counts that the files of a tree have. */
export function linkCounts(root: string): number[] {
  const counts = new Set<number>();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) counts.add(lstatSync(join(entry.parentPath, entry.name)).nlink);
  return [...counts].toSorted((a, b) => a - b);
}
