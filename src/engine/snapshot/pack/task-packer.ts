import { createHash, hash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { freeBuffer } from '../../native/free-buffer.js';
import type { Xattr } from '../../native/posix.js';
import { KnownContent } from '../known-content/known-content.js';
import { linesOf } from '../work/lines.js';
import { displayPath, entryPath } from '../manifest/paths.js';
import type { ManifestEntry } from '../manifest/types.js';
import type { PlanEntry } from '../plan/index.js';
import { tarContentSize, tarHeader, tarPadding, type Extent, type TarMember } from '../tar/index.js';
import { TEXT_FRAME_BYTES } from '../zstd/layout.js';
import { createFrameBuffers, FrameOutput, type FramePosition } from './frame-output.js';
import { PackedLinesWriter } from './packed-lines.js';
import { OpenAhead } from './open-ahead.js';
import { OwnerNames } from './owners.js';
import type { PackResult, PackTask, PackWorkerData } from './protocol.js';
import { RootPaths } from './root-paths.js';
import { tarMember } from './tar-member.js';
import { asSourceGone, type SourceFile, SourceGone } from './source-file.js';
import type { Turn } from './turn.js';
import { openXattrs, readXattrs, withXattrs } from './xattrs.js';

const SMALL_FILE_BYTES = TEXT_FRAME_BYTES;
const EMPTY_SHA256 = hash('sha256', '');

/** Where an entry's bytes are within its task. */
interface Placed {
  entry: ManifestEntry;
  span: { first: FramePosition; end: FramePosition } | null;
}

/** What the job is told of a task. */
type Told = Pick<PackResult, 'warnings' | 'notes'>;

/** Runs tasks in a worker thread: reads, hashes, makes tar members, frames them. Everything is synchronous. */
export class TaskPacker {
  private readonly buffers = createFrameBuffers();
  private readonly scratch = Buffer.allocUnsafeSlow(SMALL_FILE_BYTES + 1);
  private readonly lines = new PackedLinesWriter();
  private readonly roots: RootPaths;
  private readonly owners = new OwnerNames();
  private readonly known: KnownContent | null;

  constructor(
    private readonly data: PackWorkerData,
    private readonly turn: Turn,
  ) {
    this.roots = new RootPaths(data.roots);
    this.known = data.known === null ? null : new KnownContent(data.known);
  }

  /** To be called when there are no more tasks. */
  close(): void {
    this.known?.close();
  }

  run(task: PackTask): PackResult {
    const { fd, level } = this.data;
    const output = new FrameOutput({
      fd,
      level,
      turn: this.turn,
      seq: task.seq,
      stored: task.stored,
      buffers: this.buffers,
    });
    const told: Told = { warnings: [], notes: [] };
    const items = parsedItems(task);
    const files = new OpenAhead(items, this.roots, SMALL_FILE_BYTES);
    let placed: (Placed | null)[];
    try {
      placed = items.map((item) => this.packItem(item, files, task, output, told));
    } finally {
      files.close();
    }
    const { offset, frames } = output.finish();
    for (const one of placed) this.lines.add(one === null ? null : located(one, this.data.bundle, offset, frames));
    return { seq: task.seq, offset, frames, packed: this.lines.take(), count: task.count, ...told };
  }

  private packItem(
    item: PlanEntry,
    files: OpenAhead,
    task: PackTask,
    output: FrameOutput,
    result: Told,
  ): Placed | null {
    this.turn.check();
    const member = entryPath(item);
    try {
      const placed =
        item.type === 'file' ? this.packFile(item, files, task, output, result) : this.packOther(item, member, output);
      return placed;
    } catch (error) {
      const gone = asSourceGone(error);
      const shown = displayPath(member);
      if (gone.kind === 'vanished') result.notes.push(`${shown} is left out: ${gone.reason}.`);
      else
        result.warnings.push({
          code: 'FILE_UNREADABLE',
          message: `${shown} can't be read: ${gone.reason}.`,
          path: shown,
        });
      this.turn.addProgress(item.size);
      return null;
    }
  }

  /** Symlinks and FIFOs: as the walk saw them. */
  private packOther(item: PlanEntry, path: Buffer, output: FrameOutput): Placed {
    const { linked: _, ...rest } = item;
    const entry: ManifestEntry = { ...rest, ...this.owners.of(item.uid, item.gid) };
    const xattrs = item.type === 'fifo' ? [] : readXattrs(this.roots.source(path));
    this.append(output, tarMember(entry, path, xattrs));
    return { entry: withXattrs(entry, xattrs), span: null };
  }

  private packFile(item: PlanEntry, files: OpenAhead, task: PackTask, output: FrameOutput, result: Told): Placed {
    const path = entryPath(item);
    const { source, file } = files.take(item);
    try {
      const xattrs = openXattrs(file, source);
      const extents = file.extents();
      const whole = extents === null ? file.readWhole(this.scratch) : null;
      const placed =
        whole === null
          ? this.packLarge(file, this.fileEntry(item, file.stat, extents), path, xattrs, task, output)
          : this.packWhole(whole.content, this.fileEntry(item, whole.stat, null, whole), path, xattrs, output);
      if (placed.entry.changed === true) {
        const shown = displayPath(path);
        result.warnings.push({ code: 'FILE_CHANGED', message: `${shown} changed while it was read.`, path: shown });
      }
      return placed;
    } finally {
      file.close();
    }
  }

  private packWhole(content: Buffer, entry: ManifestEntry, path: Buffer, xattrs: Xattr[], output: FrameOutput): Placed {
    const sha256 = content.length === 0 ? EMPTY_SHA256 : hash('sha256', content);
    const known = content.length === 0 ? null : (this.known?.find(sha256, content.length) ?? null);
    if (known !== null) {
      this.turn.addProgress(content.length);
      return { entry: { ...withXattrs({ ...entry, sha256 }, xattrs), in: known }, span: null };
    }
    const header = tarHeader(tarMember(entry, path, xattrs));
    const padding = tarPadding(content.length);
    output.beginMember(header.length + content.length + padding.length);
    output.append(header);
    const first = output.position;
    output.append(content);
    const end = output.position;
    output.append(padding);
    this.turn.addProgress(content.length);
    return { entry: withXattrs({ ...entry, sha256 }, xattrs), span: content.length === 0 ? null : { first, end } };
  }

  /** A file that is read once, piece by piece, into the announced size: cut where it grew, filled with zeros where it shrank. */
  private packLarge(
    file: SourceFile,
    entry: ManifestEntry,
    path: Buffer,
    xattrs: Xattr[],
    task: PackTask,
    output: FrameOutput,
  ): Placed {
    const stored = this.findLarge(file, entry);
    if (stored !== null) return { entry: withXattrs({ ...entry, ...stored }, xattrs), span: null };
    const member = tarMember(entry, path, xattrs);
    const header = tarHeader(member);
    const contentSize = tarContentSize(member);
    const padding = tarPadding(contentSize);
    if (task.stored && task.count === 1) output.reserveStored(header.length + contentSize + padding.length);
    output.append(header);
    const first = output.position;
    const digest = createHash('sha256');
    let whole = true;
    for (const [offset, length] of entry.extents ?? [[0, entry.size] satisfies Extent]) {
      for (let done = 0; done < length;) {
        this.turn.check();
        const room = output.room(length - done);
        const got = whole ? readOrStop(file, room, offset + done) : 0;
        if (got < room.length) {
          whole = false;
          room.fill(0, got);
        }
        digest.update(room);
        done += room.length;
        output.commit(room.length);
        this.turn.addProgress(room.length);
      }
    }
    this.turn.addProgress(entry.size - contentSize);
    const end = output.position;
    output.append(padding);
    const changed = whole && file.isUnchanged() ? {} : { changed: true as const };
    const finished = withXattrs({ ...entry, sha256: digest.digest('hex'), ...changed }, xattrs);
    return { entry: finished, span: contentSize === 0 ? null : { first, end } };
  }

  /** Where the content of a file too large for memory is stored already: it is read once for its hash. */
  private findLarge(file: SourceFile, entry: ManifestEntry): Pick<ManifestEntry, 'sha256' | 'in'> | null {
    if (this.known === null || entry.extents !== undefined) return null;
    const digest = createHash('sha256');
    for (let done = 0; done < entry.size;) {
      this.turn.check();
      const got = readOrStop(file, this.scratch.subarray(0, Math.min(this.scratch.length, entry.size - done)), done);
      if (got === 0) return null;
      digest.update(this.scratch.subarray(0, got));
      done += got;
    }
    const sha256 = digest.digest('hex');
    const known = file.isUnchanged() ? this.known.find(sha256, entry.size) : null;
    if (known === null) return null;
    this.turn.addProgress(entry.size);
    return { sha256, in: known };
  }

  private append(output: FrameOutput, member: TarMember): void {
    const header = tarHeader(member);
    output.beginMember(header.length);
    output.append(header);
  }

  private fileEntry(
    item: PlanEntry,
    stat: BigIntStats,
    extents: Extent[] | null,
    whole?: { content: Buffer; changed: boolean },
  ): ManifestEntry {
    const { linked: _, ...planned } = item;
    const uid = Number(stat.uid);
    const gid = Number(stat.gid);
    return {
      ...planned,
      size: whole?.content.length ?? Number(stat.size),
      mode: Number(stat.mode) & 0o7777,
      uid,
      gid,
      mtime: String(stat.mtimeNs),
      ctime: String(stat.ctimeNs),
      inode: String(stat.ino),
      dev: String(stat.dev),
      ...this.owners.of(uid, gid),
      ...(extents === null ? {} : { extents }),
      ...(whole?.changed === true ? { changed: true as const } : {}),
    };
  }
}

/** The entries of a task, whose text is gone then. */
function parsedItems(task: PackTask): PlanEntry[] {
  const items: PlanEntry[] = [];
  for (const line of linesOf(Buffer.from(task.lines.buffer))) {
    const item: PlanEntry = JSON.parse(line);
    items.push(item);
  }
  freeBuffer(task.lines);
  return items;
}

function readOrStop(file: SourceFile, room: Buffer, position: number): number {
  try {
    return file.read(room, position);
  } catch (error) {
    if (error instanceof SourceGone) return 0;
    throw error;
  }
}

function located({ entry, span }: Placed, bundle: number, taskOffset: number, frames: number[]): ManifestEntry {
  if (span === null) return entry;
  const lastFrame = span.end.skip === 0 ? span.end.frame - 1 : span.end.frame;
  let offset = taskOffset;
  for (let i = 0; i < span.first.frame; i += 1) offset += frames[2 * i] ?? 0;
  let length = 0;
  for (let i = span.first.frame; i <= lastFrame; i += 1) length += frames[2 * i] ?? 0;
  return { ...entry, in: { bundle, offset, length, skip: span.first.skip } };
}
