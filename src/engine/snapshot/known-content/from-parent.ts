import { freeBuffer } from '../../native/free-buffer.js';
import { comparePaths, LocalManifest, type ManifestEntry, type ParentBackup } from '../manifest/index.js';
import { releasedBundles, type ContentLocation } from '../manifest/index.js';
import { KnownContentBuilder } from './known-content.js';
import type { SharedKnownContent } from './types.js';

const NEWLINE = 0x0a;
const COMMA = 0x2c;
const ZERO = 0x30;
/** No such text can be within a JSON string: every quote in one has a backslash before it. */
const FILE_SIZE = Buffer.from('","type":"file","size":');

export interface KnownFromParentOptions {
  parent: ParentBackup;
  /** File for the records, in the work folder. */
  recordPath: string;
  /** Which entries: paths at or after `from` and before `to` (in path order). */
  from: Buffer;
  to: Buffer;
  /** Whether files of this size can be asked for. */
  wants: (size: number) => boolean;
}

/**
 * What is stored already of a part of the parent: all files there with such sizes, but none in a bundle that is released (lost,
 * or mostly dead). Streams the parent's manifest; parses only what it takes.
 */
export async function knownFromParent(options: KnownFromParentOptions): Promise<SharedKnownContent> {
  const released = releasedBundles(options.parent);
  const manifest = await LocalManifest.open(options.parent.manifestPath);
  const builder = KnownContentBuilder.create(options.recordPath, 0);
  try {
    for (const [index, frame] of manifest.frames.entries()) {
      const following = manifest.frames[index + 1]?.first ?? null;
      if (frame.first === null || comparePaths(frame.first, options.to) >= 0) continue;
      if (following !== null && comparePaths(following, options.from) <= 0) continue;
      // eslint-disable-next-line no-await-in-loop -- one frame at a time
      const text = await manifest.text(frame);
      addFrame(builder, text, released, options);
      freeBuffer(text);
    }
    return builder.finish();
  } catch (error) {
    builder.abandon();
    throw error;
  } finally {
    await manifest.close();
  }
}

function addFrame(
  builder: KnownContentBuilder,
  text: Buffer,
  released: ReadonlySet<number>,
  options: KnownFromParentOptions,
): void {
  for (let mark = text.indexOf(FILE_SIZE); mark >= 0;) {
    const end = text.indexOf(NEWLINE, mark);
    if (options.wants(sizeAt(text, mark + FILE_SIZE.length))) {
      const start = text.lastIndexOf(NEWLINE, mark) + 1;
      const entry: ManifestEntry = JSON.parse(text.toString('utf8', start, end));
      addEntry(builder, entry, released, options);
    }
    mark = text.indexOf(FILE_SIZE, end);
  }
}

function addEntry(
  builder: KnownContentBuilder,
  entry: ManifestEntry,
  released: ReadonlySet<number>,
  { from, to }: KnownFromParentOptions,
): void {
  const { in: location, sha256, size, extents, path, pathBase64 } = entry;
  if (location === undefined || sha256 === undefined || released.has(location.bundle)) return;
  const bytes = path === undefined ? Buffer.from(pathBase64 ?? '', 'base64') : Buffer.from(path);
  if (comparePaths(bytes, from) < 0 || comparePaths(bytes, to) >= 0) return;
  const stored = extents === undefined ? size : extents.reduce((sum, extent) => sum + extent[1], 0);
  builder.add(sha256, stored, withMember(location, entry));
}

/** The location with the name of the member that holds the content. */
function withMember(location: ContentLocation, { path, pathBase64 }: ManifestEntry): ContentLocation {
  if (location.member !== undefined || location.memberBase64 !== undefined) return location;
  return path === undefined ? { ...location, memberBase64: pathBase64 ?? '' } : { ...location, member: path };
}

function sizeAt(text: Buffer, at: number): number {
  let size = 0;
  for (let i = at; text[i] !== COMMA && i < text.length; i += 1) size = size * 10 + (text[i] ?? ZERO) - ZERO;
  return size;
}
