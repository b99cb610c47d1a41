import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import {
  type BackupModule,
  BackupModuleProvider,
  type BackupStageContext,
  type StageOutcome,
} from '../../../src/engine/ports/index.js';
import { cleanupWork, type FinishedBackup, keysFor, uploadBackup } from '../../../src/engine/runner/index.js';
import {
  type ManifestBundle,
  type ManifestEntry,
  type ManifestHeader,
  readManifest,
} from '../../../src/engine/snapshot/manifest/index.js';
import { compressFrameSync, SeekTableBuilder } from '../../../src/engine/snapshot/zstd/index.js';

/** A site: file name to content. */
export type Content = ReadonlyMap<string, string>;

const FILLER = Buffer.alloc(512, 0x2e);
const STAGES = ['backup_files', 'create_bundle', 'upload_remote', 'cleanup'];

/** What the scenario knows of sites and of what was made of them. */
export interface SiteModel {
  contentOf(siteId: string): Content;
  /** A manifest was made, and this is what must come back from it. */
  made(manifestSha256: string, content: Content): void;
}

/** A small but real backup: a bundle of zstd frames and a manifest that points into it and into the bundles of its parents. */
@Injectable()
@BackupModuleProvider()
export class SimSiteModule implements BackupModule {
  readonly name = 'sim';
  readonly title = 'Simulated site';
  readonly stages = STAGES;
  readonly settingsSchema = { type: 'object' };

  constructor(
    private readonly model: SiteModel,
    /** A planted bug: the catalogue is told before a storage has anything. */
    private readonly tellsFirst = false,
  ) {}

  async executeStage(stage: string, context: BackupStageContext): Promise<StageOutcome> {
    if (stage === 'backup_files') return this.read(context);
    if (stage === 'create_bundle') return this.pack(context);
    if (stage === 'upload_remote') return this.upload(context);
    return cleanupWork(context);
  }

  async checkStage(stage: string, { checkpoints, workDir }: BackupStageContext): Promise<boolean> {
    if (stage === 'backup_files') return (await checkpoints.get('content')) !== null;
    if (stage !== 'create_bundle') return stage !== 'cleanup';
    const packed = await checkpoints.get<FinishedBackup>('packed');
    if (packed === null) return false;
    const bundle = await readFile(join(workDir, 'bundle.tar.zst')).catch(() => null);
    const manifest = await readFile(join(workDir, 'manifest')).catch(() => null);
    return sha256(bundle) === packed.bundleSha256 && sha256(manifest) === packed.manifestSha256;
  }

  private async read(context: BackupStageContext): Promise<StageOutcome> {
    await context.parent();
    await context.checkpoints.set('content', [...this.model.contentOf(context.site.id)]);
    return { message: 'Read.' };
  }

  private async pack(context: BackupStageContext): Promise<StageOutcome> {
    const content = new Map(await context.checkpoints.get<[string, string][]>('content'));
    const packed = await packContent(content, context, await context.reread());
    await writeFile(packed.backup.bundlePath, packed.bundle);
    await writeFile(packed.backup.manifestPath, packed.manifest);
    await context.checkpoints.set('packed', packed.backup);
    this.model.made(packed.backup.manifestSha256, content);
    return { message: 'Packed.' };
  }

  private async upload(context: BackupStageContext): Promise<StageOutcome> {
    const packed = await context.checkpoints.get<FinishedBackup>('packed');
    if (packed === null) throw new Error('Nothing is packed.');
    if (this.tellsFirst) await tellFirst(context, packed);
    return uploadBackup(context, packed);
  }
}

async function tellFirst(context: BackupStageContext, packed: FinishedBackup): Promise<void> {
  const { bundlePath: _bundle, manifestPath: _manifest, ...facts } = packed;
  await context.catalogue.commit({
    ...facts,
    backupId: context.backupId,
    siteId: context.site.id,
    jobId: context.jobId,
    startedAt: context.startedAt,
    copies: context.destinations.map(({ providerId }) => ({ providerId, size: 1 })),
    missing: [],
  });
}

interface Packed {
  bundle: Buffer;
  manifest: Buffer;
  backup: FinishedBackup;
}

async function packContent(content: Content, context: BackupStageContext, reread: boolean): Promise<Packed> {
  const parent = await context.parent();
  const old = new Map<string, ManifestEntry>();
  if (parent !== null)
    for await (const line of readManifest(parent.manifestPath))
      if (line.kind === 'entry' && line.in !== undefined && !parent.gone.has(line.in.bundle))
        old.set(line.path ?? '', line);
  const known = new Map((parent?.header.bundles ?? []).map((bundle) => [bundle.id, bundle]));
  const own = Math.max(-1, ...known.keys()) + 1;
  const frames: Buffer[] = [];
  const table = new SeekTableBuilder();
  let offset = 0;
  let stored = 0;
  const live = new Map<number, number>();
  const entries = [...content]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]): ManifestEntry => {
      const bytes = Buffer.from(text);
      const hash = sha256(bytes) ?? '';
      const path = `files/${name}`;
      const before = old.get(path);
      let place = before?.sha256 === hash ? before.in : undefined;
      if (place === undefined) {
        const whole = Buffer.concat([FILLER, bytes]);
        const frame = compressFrameSync(whole);
        frames.push(frame);
        table.add(frame.length, whole.length);
        place = { bundle: own, offset, length: frame.length, skip: FILLER.length };
        offset += frame.length;
        stored += bytes.length;
      }
      live.set(place.bundle, (live.get(place.bundle) ?? 0) + bytes.length);
      return {
        kind: 'entry',
        path,
        type: 'file',
        size: bytes.length,
        mode: 0o644,
        uid: 0,
        gid: 0,
        mtime: '1700000000000000000',
        sha256: hash,
        in: place,
      };
    });
  const bundle = Buffer.concat([...frames, table.encode()]);
  const keys = keysFor(context.site.id, context.startedAt, context.backupId);
  const mine: ManifestBundle = {
    id: own,
    key: keys.bundleKey,
    size: bundle.length,
    sha256: sha256(bundle) ?? '',
    frames: frames.length,
    content: stored,
    live: live.get(own) ?? 0,
  };
  const others = [...known.values()].flatMap((each) =>
    live.has(each.id) ? [{ ...each, live: live.get(each.id) ?? 0 }] : [],
  );
  const startedAt = context.startedAt.toISOString();
  const bundles = [...others, mine];
  const header: ManifestHeader = {
    kind: 'header',
    format: 'backupd-manifest/1',
    backupId: context.backupId,
    site: {
      id: context.site.id,
      name: context.site.name,
      url: null,
      module: 'sim',
      path: context.site.path,
      node: 's',
    },
    own,
    parent: parent?.backupId ?? null,
    startedAt,
    filesAt: startedAt,
    readAllAt: reread || parent === null ? startedAt : parent.header.readAllAt,
    tool: { name: 'backupd', version: '0', node: 'v24' },
    database: null,
    bundles,
    facts: {},
    excludes: [],
  };
  const sourceBytes = entries.reduce((sum, { size }) => sum + size, 0);
  const counts = { entries: entries.length, files: entries.length, fileBytes: sourceBytes, databaseBytes: 0 };
  const end = { storedBytes: bundle.length, warnings: [], moreWarnings: 0, finishedAt: startedAt };
  const lines = [header, ...entries, { kind: 'trailer', ...counts, ...end }];
  const manifest = compressFrameSync(Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
  const backup: FinishedBackup = {
    ...keys,
    bundlePath: join(context.workDir, 'bundle.tar.zst'),
    bundleSize: bundle.length,
    bundleSha256: mine.sha256,
    manifestPath: join(context.workDir, 'manifest'),
    manifestSize: manifest.length,
    manifestSha256: sha256(manifest) ?? '',
    parentBackupId: parent?.backupId ?? null,
    fileCount: entries.length,
    sourceBytes,
    databaseBytes: 0,
    storedBytes: bundle.length,
    bundles: bundles.map(({ id, key, size, sha256: hash }) => ({ key, size, sha256: hash, own: id === own })),
  };
  return { bundle, manifest, backup };
}

export function sha256(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : createHash('sha256').update(bytes).digest('hex');
}
