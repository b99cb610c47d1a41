import { createHash, hash } from 'node:crypto';
import { open, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../common/errors/index.js';
import type { MemberSink, MemberSpec } from '../../ports/member-sink.js';
import type { KnownChunks } from '../known-content/index.js';
import { comparePaths, EntrySpool, isSafeMemberPath, type ManifestEntry } from '../manifest/index.js';
import { readJsonFile, translateFull, writeJsonFile } from '../work/index.js';
import { DEFAULT_LEVEL } from '../zstd/index.js';
import { ThreadFrameStore } from './frame-stores.js';
import { TarFrameWriter, type MemberSpan } from './tar-frame-writer.js';
import { tarMember } from './tar-member.js';

export const DATABASE_FRAMES = 'database.frames';
export const DATABASE_ENTRIES = 'database.entries';
export const DATABASE_INDEX = 'database.index';
const DATABASE_FACTS = 'database.json';

/** What a finished database sink holds. */
export interface DatabaseFacts {
  members: number;
  /** Bytes of content. */
  bytes: number;
  /** Bytes of the frames. */
  storedBytes: number;
  frames: number;
  /** Bytes of content by the id of the bundle that holds it: its own, and older ones for what was stored before. */
  stored: Record<string, number>;
  /** Of the system's start in which it was written: the frames are not synced, and count only until the next one. */
  bootId: string;
}

export interface DatabaseSink extends MemberSink {
  /**
   * Completes it; after it `packBundle` (also in another process) takes the members up. The frames themselves are not synced: they
   * soon go into the bundle, and are not counted as finished after another start of the system.
   */
  finish(): Promise<DatabaseFacts>;
  /** Closes and removes what was written. */
  abort(): Promise<void>;
}

export interface DatabaseSinkOptions {
  workDir: string;
  /** zstd level, default 3. */
  level?: number;
  /** Id of the bundle that will hold the frames. Default 0, that of a full backup. */
  bundle?: number;
  /** Content that is stored already: a member whose bytes are in it is only listed. The caller closes it. */
  known?: KnownChunks | null;
}

/** Opens the sink for the dump's members, anew: what an earlier attempt left is gone. A full disk is DISK_FULL. */
export async function openDatabaseSink(options: DatabaseSinkOptions): Promise<DatabaseSink> {
  const { workDir, level = DEFAULT_LEVEL, bundle = 0, known = null } = options;
  await rm(join(workDir, DATABASE_FACTS), { force: true });
  const file = await open(join(workDir, DATABASE_FRAMES), 'w', 0o600);
  try {
    const entries = await EntrySpool.create(join(workDir, DATABASE_ENTRIES));
    return new FrameFileWriter({ workDir, bundle, level }, file, entries, known);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The facts of a finished sink in a work folder; null when there is none, or when its frames can't be relied on any more. */
export async function readDatabaseFacts(workDir: string): Promise<DatabaseFacts | null> {
  const value = await readJsonFile(join(workDir, DATABASE_FACTS));
  if (!isFacts(value) || value.bootId !== (await bootId())) return null;
  const size = (await stat(join(workDir, DATABASE_FRAMES)).catch(() => null))?.size;
  return size === value.storedBytes ? value : null;
}

/** Changes with each start of the system. */
async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}

function isFacts(value: unknown): value is DatabaseFacts {
  return (
    typeof value === 'object' && value !== null && 'storedBytes' in value && 'members' in value && 'bootId' in value
  );
}

/** A member's entry, and where it is in the frames; null for one without bytes, or one that is stored already. */
interface Unlocated {
  entry: ManifestEntry;
  span: MemberSpan | null;
}

class FrameFileWriter implements DatabaseSink {
  private readonly store: ThreadFrameStore;
  private readonly frames: TarFrameWriter;
  private readonly mtimeNs = BigInt(Date.now()) * 1_000_000n;
  /** Entries whose frames are not all written. */
  private unlocated: Unlocated[] = [];
  private previous: Buffer = Buffer.alloc(0);
  private members = 0;
  private contentBytes = 0;

  constructor(
    private readonly options: { workDir: string; bundle: number; level: number },
    private readonly file: FileHandle,
    private readonly entries: EntrySpool,
    private readonly known: KnownChunks | null,
  ) {
    this.store = new ThreadFrameStore(file, options.level);
    this.frames = new TarFrameWriter(this.store, 0);
  }

  get bytes(): number {
    return this.contentBytes;
  }

  async add(spec: MemberSpec, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const path = this.checkPath(spec.path);
    const entry = memberEntry(spec, this.mtimeNs);
    try {
      this.unlocated.push(await this.place(entry, path, spec, content));
      this.members += 1;
      this.contentBytes += spec.size;
      await this.writeLocated();
    } catch (error) {
      throw await translateFull(error, this.options.workDir, null);
    }
  }

  /** Content in memory is looked up first: it may be stored already. */
  private async place(
    entry: ManifestEntry,
    path: Buffer,
    spec: MemberSpec,
    content: Uint8Array | AsyncIterable<Uint8Array>,
  ): Promise<Unlocated> {
    if (content instanceof Uint8Array && content.length === spec.size) {
      const sha256 = spec.sha256 ?? hash('sha256', content);
      const location = (await this.known?.find(sha256, content.length)) ?? null;
      if (location !== null) return { entry: { ...entry, sha256, in: location }, span: null };
      return { entry: { ...entry, sha256 }, span: await this.frames.add(tarMember(entry, path, []), [content]) };
    }
    const digest = createHash('sha256');
    const span = await this.frames.add(
      tarMember(entry, path, []),
      exactly(spec, content, (b) => digest.update(b)),
    );
    return { entry: { ...entry, sha256: digest.digest('hex') }, span };
  }

  async finish(): Promise<DatabaseFacts> {
    let stored: Map<number, number>;
    try {
      await this.frames.flush();
      await this.writeLocated();
      ({ stored } = await this.entries.finish({ durable: false }));
      await this.writeIndex();
    } catch (error) {
      throw await translateFull(error, this.options.workDir, null);
    } finally {
      await this.store.close();
      await this.file.close();
    }
    const facts: DatabaseFacts = {
      members: this.members,
      bytes: this.contentBytes,
      storedBytes: this.frames.end,
      frames: this.frames.writtenFrames,
      stored: Object.fromEntries(stored),
      bootId: await bootId(),
    };
    await writeJsonFile(join(this.options.workDir, DATABASE_FACTS), facts);
    return facts;
  }

  async abort(): Promise<void> {
    await this.frames.flush().catch(() => undefined);
    await this.entries.abandon().catch(() => undefined);
    await this.store.close();
    await this.file.close().catch(() => undefined);
    const names = [DATABASE_FACTS, DATABASE_FRAMES, DATABASE_ENTRIES, DATABASE_INDEX];
    await Promise.all(names.map(async (name) => rm(join(this.options.workDir, name), { force: true })));
  }

  private checkPath(path: string): Buffer {
    const bytes = Buffer.from(path);
    if (path.startsWith('database/') && isSafeMemberPath(bytes) && comparePaths(this.previous, bytes) < 0) {
      this.previous = bytes;
      return bytes;
    }
    throw new AppError({
      code: 'MEMBER_PATH_INVALID',
      kind: 'internal',
      message: `The member ${path} is not under database/ or not in path order.`,
      retry: 'never',
      context: { path },
    });
  }

  private async writeLocated(): Promise<void> {
    const done = this.unlocated.findIndex(({ span }) => span !== null && span.lastFrame >= this.frames.writtenFrames);
    for (const { entry, span } of this.unlocated.splice(0, done < 0 ? this.unlocated.length : done))
      this.entries.push(
        JSON.stringify(
          span === null ? entry : { ...entry, in: { bundle: this.options.bundle, ...this.frames.locate(span) } },
        ),
      );
    if (this.entries.full) await this.entries.flush();
  }

  private async writeIndex(): Promise<void> {
    const index = await open(join(this.options.workDir, DATABASE_INDEX), 'w', 0o600);
    try {
      await index.writeFile(this.frames.frames.encode());
    } finally {
      await index.close();
    }
  }
}

function memberEntry(spec: MemberSpec, now: bigint): ManifestEntry {
  const { mode, uid, gid, mtimeNs } = spec.attributes ?? { mode: 0o600, uid: 0, gid: 0, mtimeNs: now };
  return {
    kind: 'entry',
    path: spec.path,
    type: 'file',
    size: spec.size,
    mode,
    uid,
    gid,
    mtime: String(mtimeNs),
    ...(spec.table === undefined ? {} : { table: spec.table }),
    ...(spec.part === undefined ? {} : { part: spec.part }),
    ...(spec.rows === undefined ? {} : { rows: spec.rows }),
  };
}

async function* exactly(
  spec: MemberSpec,
  content: Uint8Array | AsyncIterable<Uint8Array>,
  see: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  let got = 0;
  for await (const chunk of content instanceof Uint8Array ? [content] : content) {
    got += chunk.length;
    if (got > spec.size) break;
    see(chunk);
    yield chunk;
  }
  if (got === spec.size) return;
  throw new AppError({
    code: 'MEMBER_SIZE_MISMATCH',
    kind: 'internal',
    message: `The member ${spec.path} was announced with ${spec.size} bytes and has ${got > spec.size ? 'more' : got}.`,
    retry: 'never',
    context: { path: spec.path, announced: spec.size },
  });
}
