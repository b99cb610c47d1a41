import { isUtf8 } from 'node:buffer';
import { MODE_FILE, MODE_TYPE, readLinkAt, type StatBuffer } from '../../native/folder-calls.js';
import { withTarget } from '../manifest/paths.js';
import { EntryText } from './entry-text.js';
import { FILE, FOLDER, PATH_START, pathText, SYMLINK, WHOLE_SECOND, type RecordWriter } from './record.js';

const FACTS_BYTES = 300;
const LINK_BYTES = 64 * 1024;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SLASH = 0x2f;

/**
 * The text that begins the line of each entry of a folder, or null when the path can't be put there byte by byte.
 * `member` is latin1 text of the path's bytes.
 */
export function pathHead(member: string): Uint8Array | null {
  const path = Buffer.from(member, 'latin1');
  return isPlain(path, path.length) ? Buffer.concat([Buffer.from(PATH_START), path, Buffer.of(SLASH)]) : null;
}

/** Whether bytes are the same in JSON: UTF-8 without quotes, backslashes and control characters. */
function isPlain(bytes: Uint8Array, length: number): boolean {
  let isAscii = true;
  for (let i = 0; i < length; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x20 || byte === QUOTE || byte === BACKSLASH) return false;
    if (byte >= 0x80) isAscii = false;
  }
  return isAscii || isUtf8(bytes.subarray(0, length));
}

/** Makes records of what the walk finds; an entry's facts are those in the stat buffer at that moment. */
export class RecordMaker {
  private readonly text: EntryText;
  private readonly facts;
  private readonly target = Buffer.alloc(LINK_BYTES);

  constructor(
    private readonly out: RecordWriter,
    private readonly stat: StatBuffer,
  ) {
    this.text = new EntryText(out, stat);
    this.facts = {
      size: 0,
      allocated: 0,
      links: 0,
      inodeLow: 0,
      inodeHigh: 0,
      deviceMajor: 0,
      deviceMinor: 0,
      changedMs: 0,
    };
  }

  /** An entry of a folder, by the folder's head and the name; by its whole path where these can't be used. */
  entry(kind: number, folder: string, head: Uint8Array | null, name: Buffer, length: number): void {
    if (head === null || !isPlain(name, length)) {
      this.entryAt(kind, `${folder}/${name.toString('latin1', 0, length)}`);
      return;
    }
    const { out, text } = this;
    out.ensure(head.length + length + 1 + FACTS_BYTES);
    text.append(head);
    for (let i = 0; i < length; i += 1) out.bytes[out.at + i] = name[i] ?? 0;
    out.at += length;
    out.bytes[out.at] = QUOTE;
    out.at += 1;
    this.finish(kind, head.length - PATH_START.length + length);
  }

  /** An entry by its whole path. */
  entryAt(kind: number, member: string): void {
    const path = this.path(member);
    this.finish(kind, path);
  }

  /** A link: its target is read now. Throws PosixError, and has then made no record. */
  symlink(folder: number, name: Uint8Array, member: string): void {
    const length = readLinkAt(folder, name, this.target);
    const target = JSON.stringify(withTarget(this.target.subarray(0, length)));
    const path = this.path(member);
    this.text.write('symlink');
    const more = Buffer.from(`,${target.slice(1, -1)}`);
    this.out.ensure(more.length);
    this.text.append(more);
    this.out.finish(SYMLINK, this.flags(), this.factsNow(), path);
  }

  /** Something that is not taken, and why. */
  problem(kind: number, member: string, reason: string): void {
    const text = Buffer.from(reason);
    this.out.ensure(text.length);
    this.text.append(text);
    this.out.finish(kind, 0, null, Buffer.from(member, 'latin1'));
  }

  private path(member: string): Buffer {
    const path = Buffer.from(member, 'latin1');
    const head = Buffer.from(pathText(path));
    this.out.ensure(head.length + FACTS_BYTES);
    this.text.append(head);
    return path;
  }

  private finish(kind: number, path: Buffer | number): void {
    this.text.write(kind === FILE ? 'file' : kind === FOLDER ? 'dir' : 'fifo');
    this.out.finish(kind, this.flags(), this.factsNow(), path);
  }

  private flags(): number {
    return this.stat.changedNanoseconds === 0 ? WHOLE_SECOND : 0;
  }

  private factsNow(): Readonly<RecordMaker['facts']> {
    const { facts, stat } = this;
    const isFile = (stat.mode & MODE_TYPE) === MODE_FILE;
    facts.size = isFile ? stat.size : 0;
    facts.allocated = isFile ? Math.min(stat.size, stat.allocated) : 0;
    facts.links = isFile ? stat.links : 1;
    facts.inodeLow = stat.inodeLow;
    facts.inodeHigh = stat.inodeHigh;
    facts.deviceMajor = stat.deviceMajor;
    facts.deviceMinor = stat.deviceMinor;
    facts.changedMs = stat.changedSeconds * 1000 + stat.changedNanoseconds / 1e6;
    return facts;
  }
}
