import { createHash } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../common/errors/index.js';
import type { MemberSink, MemberSpec } from '../../ports/member-sink.js';
import { comparePaths, isSafeMemberPath, type ManifestEntry } from '../manifest/index.js';
import { LineFrameWriter, readJsonFile, translateFull, writeJsonFile } from '../work/index.js';
import { DEFAULT_LEVEL } from '../zstd/index.js';
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
}

export interface DatabaseSink extends MemberSink {
  /** Makes everything durable; after it `packBundle` (also in another process) takes the members up. */
  finish(): Promise<DatabaseFacts>;
  /** Closes and removes what was written. */
  abort(): Promise<void>;
}

export interface DatabaseSinkOptions {
  workDir: string;
  /** zstd level, default 3. */
  level?: number;
}

/** Opens the sink for the dump's members, anew: what an earlier attempt left is gone. A full disk is DISK_FULL. */
export async function openDatabaseSink(options: DatabaseSinkOptions): Promise<DatabaseSink> {
  const { workDir, level = DEFAULT_LEVEL } = options;
  await rm(join(workDir, DATABASE_FACTS), { force: true });
  const file = await open(join(workDir, DATABASE_FRAMES), 'w', 0o600);
  try {
    return new FrameFileWriter(workDir, file, await LineFrameWriter.create(join(workDir, DATABASE_ENTRIES)), level);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The facts of a finished sink in a work folder; null when there is none. */
export async function readDatabaseFacts(workDir: string): Promise<DatabaseFacts | null> {
  const value = await readJsonFile(join(workDir, DATABASE_FACTS));
  return isFacts(value) ? value : null;
}

function isFacts(value: unknown): value is DatabaseFacts {
  return typeof value === 'object' && value !== null && 'storedBytes' in value && 'members' in value;
}

class FrameFileWriter implements DatabaseSink {
  private readonly frames: TarFrameWriter;
  private readonly mtimeNs = BigInt(Date.now()) * 1_000_000n;
  /** Entries whose frames are not all written. */
  private unlocated: { entry: ManifestEntry; span: MemberSpan | null }[] = [];
  private previous: Buffer = Buffer.alloc(0);
  private members = 0;
  private contentBytes = 0;

  constructor(
    private readonly workDir: string,
    private readonly file: FileHandle,
    private readonly entries: LineFrameWriter,
    level: number,
  ) {
    this.frames = new TarFrameWriter(file, 0, level);
  }

  get bytes(): number {
    return this.contentBytes;
  }

  async add(spec: MemberSpec, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const path = this.checkPath(spec.path);
    const entry = memberEntry(spec, this.mtimeNs);
    const digest = createHash('sha256');
    try {
      const span = await this.frames.add(
        tarMember(entry, path, []),
        exactly(spec, content, (b) => digest.update(b)),
      );
      this.unlocated.push({ entry: { ...entry, sha256: digest.digest('hex') }, span });
      this.members += 1;
      this.contentBytes += spec.size;
      await this.writeLocated();
    } catch (error) {
      throw await translateFull(error, this.workDir, null);
    }
  }

  async finish(): Promise<DatabaseFacts> {
    try {
      await this.frames.flush();
      await this.writeLocated();
      await this.file.sync();
      await this.entries.finish();
      await this.writeIndex();
    } catch (error) {
      throw await translateFull(error, this.workDir, null);
    } finally {
      await this.file.close();
    }
    const facts = {
      members: this.members,
      bytes: this.contentBytes,
      storedBytes: this.frames.end,
      frames: this.frames.writtenFrames,
    };
    await writeJsonFile(join(this.workDir, DATABASE_FACTS), facts);
    return facts;
  }

  async abort(): Promise<void> {
    await this.frames.flush().catch(() => undefined);
    await this.entries.abandon().catch(() => undefined);
    await this.file.close().catch(() => undefined);
    const names = [DATABASE_FACTS, DATABASE_FRAMES, DATABASE_ENTRIES, DATABASE_INDEX];
    await Promise.all(names.map(async (name) => rm(join(this.workDir, name), { force: true })));
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
      this.entries.push(span === null ? entry : { ...entry, in: { bundle: 0, ...this.frames.locate(span) } });
    if (this.entries.full) await this.entries.flush();
  }

  private async writeIndex(): Promise<void> {
    const index = await open(join(this.workDir, DATABASE_INDEX), 'w', 0o600);
    try {
      await index.writeFile(this.frames.frames.encode());
      await index.sync();
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
