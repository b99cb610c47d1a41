import { createHash } from 'node:crypto';
import {
  encodeFrameIndex,
  entryPath,
  type ContentLocation,
  type ManifestBundle,
  type ManifestEntry,
  type ManifestFrame,
  type ManifestHeader,
} from '../snapshot/manifest/index.js';
import { compressFrameSync, SeekTableBuilder } from '../snapshot/zstd/index.js';
import type { StorageDriver } from '../ports/index.js';

/** An entry to put into a hand-made backup. Whatever is given is written as it is, also what no real backup would say. */
export interface HandMadeEntry extends Partial<Omit<ManifestEntry, 'kind'>> {
  /** Stored bytes (of a sparse file its extents in a row). */
  content?: Buffer;
}

export interface HandMadeOptions {
  /** Content of one frame; small, so that little content spans many frames. Default 64 KiB. */
  frameBytes?: number;
  /** Order in which contents are put into the bundle: indexes of the entries. Default as given. */
  order?: readonly number[];
  name?: string;
  header?: Partial<ManifestHeader>;
  /** Further bundles that entries with an `in` of their own point into. */
  otherBundles?: readonly ManifestBundle[];
  /** Entries in each frame of the manifest, which then ends in a frame index. Default: 500 and no index. */
  indexed?: number;
  /** Extra fields or faults of the trailer. */
  trailer?: Record<string, unknown>;
}

export interface HandMadeBackup {
  bundleKey: string;
  manifestKey: string;
  bundle: ManifestBundle;
  entries: ManifestEntry[];
}

const FILLER_BYTES = 512;

/** Writes a bundle and a manifest by hand, without the packer: for tests of reading, of damage and of hostile manifests. */
export async function makeHandMadeBackup(
  driver: StorageDriver,
  given: readonly HandMadeEntry[],
  options: HandMadeOptions = {},
): Promise<HandMadeBackup> {
  const base = `sites/0190f3b0-0000-7000-8000-000000000001/${options.name ?? '20260102T030405Z-hand-made'}`;
  const packed = packContents(given, options);
  const bundle: ManifestBundle = {
    id: 0,
    key: `${base}.tar.zst`,
    size: packed.bundle.length,
    sha256: createHash('sha256').update(packed.bundle).digest('hex'),
    frames: packed.frames,
    content: packed.content,
    live: packed.content,
  };
  const entries = given.map(({ content, ...fields }, index): ManifestEntry => {
    const location = packed.locations.get(index);
    return {
      kind: 'entry',
      type: 'file',
      size: content?.length ?? 0,
      mode: fields.type === 'dir' ? 0o755 : 0o644,
      uid: process.getuid?.() ?? 0,
      gid: process.getgid?.() ?? 0,
      mtime: '1700000000123456789',
      ...(content === undefined ? {} : { sha256: createHash('sha256').update(content).digest('hex') }),
      ...(location === undefined ? {} : { in: location }),
      ...fields,
    };
  });
  const header: ManifestHeader = {
    kind: 'header',
    format: 'backupd-manifest/1',
    backupId: '0190f3b0-0000-7000-8000-000000000002',
    site: { id: 'site', name: 'site', url: null, module: 'wordpress', path: '/srv/site', node: 'test' },
    own: 0,
    parent: null,
    startedAt: '2026-01-02T03:04:05.000Z',
    filesAt: '2026-01-02T03:04:05.000Z',
    readAllAt: '2026-01-02T03:04:05.000Z',
    tool: { name: 'backupd', version: '0', node: 'v24' },
    database: null,
    bundles: [bundle, ...(options.otherBundles ?? [])],
    facts: {},
    excludes: [],
    ...options.header,
  };
  const files = entries.filter((entry) => entry.type === 'file');
  const trailer = {
    kind: 'trailer',
    entries: entries.length,
    files: files.length,
    fileBytes: files.reduce((sum, file) => sum + file.size, 0),
    databaseBytes: 0,
    storedBytes: packed.bundle.length,
    warnings: [],
    moreWarnings: 0,
    finishedAt: '2026-01-02T03:05:05.000Z',
    ...options.trailer,
  };
  const manifestKey = `${base}.manifest.ndjson.zst`;
  await driver.put(bundle.key, { bytes: packed.bundle });
  await driver.put(manifestKey, {
    bytes:
      options.indexed === undefined
        ? manifestBytes([header, ...entries, trailer])
        : indexedManifestBytes(header, entries, trailer, options.indexed),
  });
  return { bundleKey: bundle.key, manifestKey, bundle, entries };
}

/** Lines as frames of NDJSON, the header in one of its own. */
function manifestBytes(lines: readonly unknown[]): Buffer {
  const frames: Buffer[] = [];
  const [header, ...rest] = lines.map((line) => `${JSON.stringify(line)}\n`);
  frames.push(compressFrameSync(Buffer.from(header ?? '')));
  for (let i = 0; i < rest.length; i += 500)
    frames.push(compressFrameSync(Buffer.from(rest.slice(i, i + 500).join(''))));
  return Buffer.concat(frames);
}

/** As the manifest writer does it: header and trailer in frames of their own, the frame index at the end. */
function indexedManifestBytes(
  header: unknown,
  entries: readonly ManifestEntry[],
  trailer: unknown,
  each: number,
): Buffer {
  const frames: Buffer[] = [];
  const index: ManifestFrame[] = [];
  let offset = 0;
  const add = (lines: readonly unknown[], inside: readonly ManifestEntry[]): void => {
    const text = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const frame = compressFrameSync(text);
    const files = inside.filter((entry) => entry.type === 'file');
    index.push({
      offset,
      length: frame.length,
      text: text.length,
      first: inside[0] === undefined ? null : entryPath(inside[0]),
      entries: inside.length,
      files: files.length,
      bytes: files.reduce((sum, file) => sum + file.size, 0),
      kept: 0,
    });
    frames.push(frame);
    offset += frame.length;
  };
  add([header], []);
  for (let i = 0; i < entries.length; i += each) add(entries.slice(i, i + each), entries.slice(i, i + each));
  add([trailer], []);
  return Buffer.concat([...frames, encodeFrameIndex(index)]);
}

function packContents(
  given: readonly HandMadeEntry[],
  options: HandMadeOptions,
): { bundle: Buffer; frames: number; content: number; locations: Map<number, ContentLocation> } {
  const frameBytes = options.frameBytes ?? 64 * 1024;
  const stream: Buffer[] = [];
  const places = new Map<number, { at: number; size: number }>();
  let position = 0;
  for (const index of options.order ?? given.keys()) {
    const content = given[index]?.content;
    if (content === undefined || content.length === 0) continue;
    stream.push(Buffer.alloc(FILLER_BYTES, 0x2e), content);
    places.set(index, { at: position + FILLER_BYTES, size: content.length });
    position += FILLER_BYTES + content.length;
  }
  const all = Buffer.concat([...stream, Buffer.alloc(1024)]);
  const table = new SeekTableBuilder();
  const frames: Buffer[] = [];
  const starts: number[] = [];
  let offset = 0;
  for (let at = 0; at < all.length; at += frameBytes) {
    const content = all.subarray(at, at + frameBytes);
    const frame = compressFrameSync(content);
    starts.push(offset);
    frames.push(frame);
    table.add(frame.length, content.length);
    offset += frame.length;
  }
  starts.push(offset);
  const locations = new Map<number, ContentLocation>();
  for (const [index, { at, size }] of places) {
    const first = Math.floor(at / frameBytes);
    const last = Math.floor((at + size - 1) / frameBytes);
    const start = starts[first] ?? 0;
    const end = starts[last + 1] ?? 0;
    locations.set(index, { bundle: 0, offset: start, length: end - start, skip: at - first * frameBytes });
  }
  const content = [...places.values()].reduce((sum, { size }) => sum + size, 0);
  return { bundle: Buffer.concat([...frames, table.encode()]), frames: frames.length, content, locations };
}
