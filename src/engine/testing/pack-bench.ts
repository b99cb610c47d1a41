import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import {
  displayPath,
  entryPath,
  readManifest,
  type ManifestEntry,
  type ManifestLine,
} from '../snapshot/manifest/index.js';
import {
  packBundle,
  planFiles,
  type FilePlan,
  type PackBundleOptions,
  type PackedBundle,
  type PlanFilesOptions,
} from '../snapshot/pack/index.js';
import { decompressFrames, parseSeekTable } from '../snapshot/zstd/index.js';
import { KeptJournal } from './pack-tree.js';

/** Runs a stock program and gives its output. */
export function run(command: string, args: string[]): string {
  return execFileSync(command, args, { maxBuffer: 1e9, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
}

/** A scratch folder with a site and a work folder in it, and packing with defaults. */
export class PackBench {
  readonly folder = mkdtempSync(joinPath(tmpdir(), 'pack-spec-'));
  site = joinPath(this.folder, 'site');
  workDir = joinPath(this.folder, 'work');
  readonly journal = new KeptJournal();
  readonly signal = new AbortController().signal;

  constructor() {
    mkdirSync(this.site);
    mkdirSync(this.workDir);
  }

  /** A path within the site. */
  at(name: string): string {
    return joinPath(this.site, name);
  }

  async plan(more: Partial<PlanFilesOptions> = {}): Promise<FilePlan> {
    const { workDir, signal, journal } = this;
    const roots = [{ prefix: 'files', path: this.site }];
    return planFiles({ roots, excludes: [], neverPack: [], workDir, signal, journal, ...more });
  }

  async pack(more: Partial<PackBundleOptions> = {}): Promise<PackedBundle> {
    const { workDir, signal, journal, site } = this;
    return packBundle({
      workDir,
      header: {
        backupId: 'b',
        site: { id: 's', name: 'n', url: null, module: 'wordpress', path: site, node: 'host' },
        startedAt: '2026-01-01T00:00:00.000Z',
        tool: { name: 'backupd', version: '0', node: '24' },
        facts: {},
      },
      readme: 'how to restore\n',
      bundleKey: 'sites/s/b.tar.zst',
      workers: 2,
      signal,
      journal,
      ...more,
    });
  }

  /** Extracts with stock tar into an empty folder. */
  extract(bundle: PackedBundle): string {
    const out = mkdtempSync(joinPath(this.folder, 'out-'));
    run('zstd', ['-tq', bundle.bundlePath]);
    // -P: tar otherwise makes links that lead upwards last, and their folders then have the time of that moment.
    run('tar', [
      '--zstd',
      '--xattrs',
      '--xattrs-include=*',
      '--numeric-owner',
      '-P',
      '-xpf',
      bundle.bundlePath,
      '-C',
      out,
    ]);
    return out;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Throws when two values are not the same. */
function same(what: string, got: unknown, wanted: unknown): void {
  if (JSON.stringify(got) !== JSON.stringify(wanted))
    throw new Error(`${what}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`);
}

/** Reads the manifest, checks everything in it against the bundle's bytes (throws where it lies), and gives its entries. */
export async function checkBundle(bundle: PackedBundle): Promise<Map<string, ManifestEntry>> {
  const lines: ManifestLine[] = [];
  for await (const line of readManifest(bundle.manifestPath)) lines.push(line);
  const bytes = readFileSync(bundle.bundlePath);
  same('bundle', [hash('sha256', bytes), bytes.length], [bundle.bundleSha256, bundle.bundleSize]);
  const manifest = readFileSync(bundle.manifestPath);
  same('manifest', [hash('sha256', manifest), manifest.length], [bundle.manifestSha256, bundle.manifestSize]);
  const table = parseSeekTable(bytes);
  const { compressedSize = 0, offset = 0 } = table.frames.at(-1) ?? {};
  same('seek table', offset + compressedSize + table.tableSize, bytes.length);
  for (const frame of table.frames) {
    const content = decompressFrames(bytes.subarray(frame.offset, frame.offset + frame.compressedSize));
    same('frame', content.length, frame.size);
  }
  const [header, trailer] = [lines[0], lines.at(-1)];
  if (header?.kind !== 'header' || trailer?.kind !== 'trailer') throw new Error('no header or no trailer');
  same('frames', header.bundles[0]?.frames, table.frames.length);
  same('files', trailer.files, bundle.fileCount);
  const entries = lines.filter((line) => line.kind === 'entry');
  for (const entry of entries) checkContent(entry, bytes);
  return new Map(entries.map((e) => [entryPath(e).toString('latin1'), e]));
}

function checkContent(entry: ManifestEntry, bundle: Buffer): void {
  if (entry.type !== 'file') return;
  const stored = entry.extents === undefined ? entry.size : entry.extents.reduce((sum, e) => sum + e[1], 0);
  const { offset, length, skip } = entry.in ?? { offset: 0, length: 0, skip: 0 };
  const content = decompressFrames(bundle.subarray(offset, offset + length)).subarray(skip, skip + stored);
  same(displayPath(entryPath(entry)), [content.length, hash('sha256', content)], [stored, entry.sha256]);
}
