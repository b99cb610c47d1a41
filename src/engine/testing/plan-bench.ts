import { hash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bundlesInUse,
  entryPath,
  EntrySpool,
  MANIFEST_FORMAT,
  ManifestWriter,
  nextBundleId,
  readManifest,
  type ManifestEntry,
  type ManifestHeader,
  type ParentBackup,
} from '../snapshot/manifest/index.js';
import {
  KEPT_STRUCTURE_FILE,
  PLAN_FILE,
  planFiles,
  type FilePlan,
  type PlanEntry,
  type PlanFilesOptions,
  type PlanItem,
} from '../snapshot/plan/index.js';
import { readLineFile } from '../snapshot/work/index.js';
import { KeptJournal } from './pack-tree.js';

/** What a backup of a plan bench says: its plan, its manifest's lines, and itself as the parent of the next. */
export interface BenchBackup {
  plan: FilePlan;
  items: PlanItem[];
  /** Entries by path (latin1). */
  entries: Map<string, ManifestEntry>;
  parent: ParentBackup;
}

export interface BenchOptions extends Partial<PlanFilesOptions> {
  /** Milliseconds added to the time of the walk in the manifest: with 10,000, nothing before it is too fresh to be kept. */
  later?: number;
}

/** A scratch site that is planned and written to manifests as the packer does it, but without bundles. */
export class PlanBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'plan-bench-'));
  readonly site = join(this.folder, 'site');
  readonly journal = new KeptJournal();
  private backups = 0;

  constructor() {
    mkdirSync(this.site);
  }

  at(name: string): string {
    return join(this.site, name);
  }

  workDir(number = this.backups): string {
    const path = join(this.folder, `work-${number}`);
    mkdirSync(path, { recursive: true });
    return path;
  }

  async plan(more: BenchOptions = {}): Promise<FilePlan> {
    const { later: _, ...options } = more;
    return planFiles({
      roots: [{ prefix: 'files', path: this.site }],
      excludes: [],
      neverPack: [],
      workDir: this.workDir(),
      signal: new AbortController().signal,
      journal: this.journal,
      ...options,
    });
  }

  async items(): Promise<PlanItem[]> {
    return collect(readLineFile<PlanItem>(join(this.workDir(), PLAN_FILE)));
  }

  /** The kept entries without content; nothing after a full backup. */
  async structure(): Promise<ManifestEntry[]> {
    return collect(readLineFile<ManifestEntry>(join(this.workDir(), KEPT_STRUCTURE_FILE)));
  }

  /** Plans and writes the manifest, with real checksums and invented places. */
  async backup(more: BenchOptions = {}): Promise<BenchBackup> {
    this.backups += 1;
    const parent = more.parent ?? null;
    const plan = await this.plan(more);
    const items = await this.items();
    const own = nextBundleId(parent);
    const spool = await EntrySpool.create(join(this.workDir(), 'files.entries'));
    let offset = 0;
    for (const item of items) {
      if (item.kind === 'kept') spool.pushKept(item);
      else {
        spool.push(JSON.stringify(this.packed(item, own, offset)));
        offset += item.size;
      }
      if (spool.full) await spool.flush();
    }
    const { stored, entries } = await spool.finish({ durable: false });
    const live = new Map(Object.entries(plan.kept.live).map(([id, bytes]) => [Number(id), bytes]));
    for (const [id, bytes] of stored) live.set(id, (live.get(id) ?? 0) + bytes);
    const { later = 0 } = more;
    const bundle = { id: own, key: `bundle-${own}`, size: 1, sha256: 'a', frames: 1, content: stored.get(own) ?? 0 };
    const header: ManifestHeader = {
      kind: 'header',
      format: MANIFEST_FORMAT,
      backupId: `backup-${this.backups}`,
      own,
      site: { id: 's', name: 'n', url: null, module: 'wordpress', path: this.site, node: 'host' },
      parent: parent?.backupId ?? null,
      startedAt: plan.filesAt,
      filesAt: new Date(Date.parse(plan.filesAt) + later).toISOString(),
      readAllAt: plan.filesAt,
      tool: { name: 'backupd', version: '0', node: '24' },
      database: null,
      bundles: bundlesInUse(parent, bundle, live),
      facts: {},
      excludes: plan.excluded,
    };
    const manifestPath = join(this.folder, `${this.backups}.manifest`);
    const writer = await ManifestWriter.create(
      manifestPath,
      parent === null ? {} : { parentPath: parent.manifestPath },
    );
    await writer.write(header);
    await writer.write(README);
    await writer.appendEntries(join(this.workDir(), 'files.entries'));
    await writer.write({
      kind: 'trailer',
      entries: 1 + entries + plan.kept.entries,
      files: 0,
      fileBytes: 0,
      databaseBytes: 0,
      storedBytes: 0,
      warnings: [],
      moreWarnings: 0,
      finishedAt: plan.filesAt,
    });
    await writer.finish();
    const read = await this.entriesOf(manifestPath);
    return { plan, items, entries: read, parent: { backupId: header.backupId, header, manifestPath, gone: new Set() } };
  }

  /** The entries of files in a manifest, checked as every reader checks them. */
  async entriesOf(manifestPath: string): Promise<Map<string, ManifestEntry>> {
    const found = new Map<string, ManifestEntry>();
    for await (const line of readManifest(manifestPath))
      if (line.kind === 'entry' && line.path !== README.path) found.set(entryPath(line).toString('latin1'), line);
    return found;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private packed(item: PlanEntry, bundle: number, offset: number): ManifestEntry {
    const { linked: _, ...entry } = item;
    const owned = { ...entry, user: 'somebody', group: 'some "group"' };
    if (entry.type !== 'file') return owned;
    const path = Buffer.concat([Buffer.from(this.site), entryPath(entry).subarray('files'.length)]);
    const hashed = { ...owned, sha256: hash('sha256', readFileSync(path)) };
    if (entry.size === 0) return hashed;
    return { ...hashed, in: { bundle, offset, length: entry.size, skip: 0 } };
  }
}

const README: ManifestEntry = {
  kind: 'entry',
  path: 'backupd/README.txt',
  type: 'file',
  size: 0,
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtime: '0',
};

/** All that a stream gives. */
export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}
