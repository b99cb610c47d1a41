import { freeBuffer } from '../../native/free-buffer.js';
import {
  comparePaths,
  LocalManifest,
  type ManifestEntry,
  type ManifestFrame,
  type ParentBackup,
} from '../manifest/index.js';
import { numberAt, releasedBundles, type ContentLocation } from '../manifest/index.js';
import { KnownContentBuilder } from './known-content.js';
import type { SharedKnownContent } from './types.js';

const NEWLINE = 0x0a;
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
  const part = await ParentPart.open(options, () => 0);
  try {
    // eslint-disable-next-line no-await-in-loop -- one frame at a time
    while (await part.next());
    return part.builder.finish();
  } catch (error) {
    part.builder.abandon();
    throw error;
  } finally {
    await part.close();
  }
}

/** The frames of the parent's manifest that a part of it is in, read one after the other. Close it; the builder is the caller's to finish. */
export class ParentPart {
  private at = 0;
  private readonly released: ReadonlySet<number>;

  private constructor(
    private readonly options: KnownFromParentOptions,
    private readonly manifest: LocalManifest,
    private readonly frames: readonly ManifestFrame[],
    /** Gets what the frames have. */
    readonly builder: KnownContentBuilder,
  ) {
    this.released = releasedBundles(options.parent);
  }

  /** `expected`: how many entries room is made for, of the number in all frames. */
  static async open(options: KnownFromParentOptions, expected: (entries: number) => number): Promise<ParentPart> {
    const manifest = await LocalManifest.open(options.parent.manifestPath);
    const frames = manifest.frames.filter((frame, index) => {
      const following = manifest.frames[index + 1]?.first ?? null;
      if (frame.first === null || comparePaths(frame.first, options.to) >= 0) return false;
      return following === null || comparePaths(following, options.from) > 0;
    });
    const entries = frames.reduce((sum, frame) => sum + frame.entries, 0);
    try {
      const builder = KnownContentBuilder.create(options.recordPath, expected(entries));
      return new ParentPart(options, manifest, frames, builder);
    } catch (error) {
      await manifest.close();
      throw error;
    }
  }

  /** Gives what the next frame has to the builder; false when there is none. */
  async next(): Promise<boolean> {
    const frame = this.frames[this.at];
    if (frame === undefined) return false;
    this.at += 1;
    const text = await this.manifest.text(frame);
    addFrame(this.builder, text, this.released, this.options);
    freeBuffer(text);
    return true;
  }

  async close(): Promise<void> {
    await this.manifest.close();
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
    if (options.wants(numberAt(text, mark + FILE_SIZE.length))) {
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
