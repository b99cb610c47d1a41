import { freeBuffer } from '../../native/free-buffer.js';
import { comparePaths, entryPath, isEntryLine, LocalManifest, manifestDamaged } from '../manifest/index.js';
import type { ManifestEntry } from '../manifest/index.js';

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const PATH = Buffer.from('{"kind":"entry","path":"');
/** All entries before this one are not of files (`backupd/…`, `database/…`). */
const FIRST_PATH = Buffer.from('external');

/**
 * The lines of a parent's manifest that are of files (`external/…`, `files/…`), one after the other, as bytes of their frame. The
 * next frame is read and decompressed while this one is used. Close it.
 */
export class ParentLines {
  /** The frame's text; the current line is `text[start, end)`, without its newline. */
  text: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  /** Number of the current line among all entry lines of the manifest. */
  number = -1;
  /** There is no current line: `load` must be called first. */
  isExhausted = false;
  /** There are no more lines. */
  done = false;
  private nextStart = 0;
  private nextNumber = 0;
  private frame = 0;
  private ahead: Promise<Buffer> | null = null;
  /** All lines from here on are of files. */
  private isPastDatabase = false;

  private constructor(private readonly manifest: LocalManifest) {}

  /** Opens a manifest; the first line is current after it (or all is `done`). */
  static async open(path: string): Promise<ParentLines> {
    const lines = new ParentLines(await LocalManifest.open(path));
    lines.skipFrames();
    lines.readAhead();
    await lines.load();
    return lines;
  }

  /** Number of entry lines in the whole manifest. */
  get entries(): number {
    return this.manifest.entries;
  }

  /** Goes to the next line of the frame; when it has none more, all is exhausted. */
  next(): void {
    this.isExhausted = !this.find();
  }

  private find(): boolean {
    const { text } = this;
    while (this.nextStart < text.length) {
      this.start = this.nextStart;
      this.end = text.indexOf(NEWLINE, this.start);
      this.nextStart = this.end + 1;
      if (!isEntryLine(text, this.start)) continue;
      this.number = this.nextNumber;
      this.nextNumber += 1;
      if (this.isPastDatabase || this.isOfFiles()) return true;
    }
    return false;
  }

  /** Goes to the first line of the next frames; at the end `done` is set. Throws MANIFEST_DAMAGED, FRAME_DAMAGED. */
  async load(): Promise<void> {
    do {
      const { ahead } = this;
      const frame = this.manifest.frames[this.frame];
      if (ahead === null || frame === undefined) {
        this.done = true;
        return;
      }
      // eslint-disable-next-line no-await-in-loop -- one frame after the other
      const text = await ahead;
      freeBuffer(this.text);
      this.text = text;
      this.nextStart = 0;
      this.nextNumber = frame.before;
      this.frame += 1;
      this.readAhead();
      this.next();
    } while (this.isExhausted);
  }

  /** The path of the current line. */
  path(): Buffer {
    const { text, start } = this;
    const from = start + PATH.length;
    if (text.compare(PATH, 0, PATH.length, start, from) === 0) {
      for (let at = from; at < this.end; at += 1) {
        if (text[at] === QUOTE) return text.subarray(from, at);
        if (text[at] === BACKSLASH) break;
      }
    }
    return entryPath(this.parsed());
  }

  /** The entry of the current line. */
  parsed(): ManifestEntry {
    try {
      const entry: ManifestEntry = JSON.parse(this.text.toString('utf8', this.start, this.end));
      return entry;
    } catch (error) {
      throw manifestDamaged(`entry ${this.number} is not JSON`, error);
    }
  }

  async close(): Promise<void> {
    await this.ahead?.catch(() => undefined);
    await this.manifest.close();
  }

  private isOfFiles(): boolean {
    this.isPastDatabase = comparePaths(this.path(), FIRST_PATH) > 0;
    return this.isPastDatabase;
  }

  /** Passes over the frames that hold no line of files. */
  private skipFrames(): void {
    const { frames } = this.manifest;
    for (;;) {
      const following = frames[this.frame + 1];
      if (following === undefined || following.first === null || comparePaths(following.first, FIRST_PATH) > 0) break;
      this.frame += 1;
    }
  }

  private readAhead(): void {
    const frame = this.manifest.frames[this.frame];
    this.ahead = frame === undefined ? null : this.manifest.text(frame);
    // A failure shows when it is waited for.
    this.ahead?.catch(() => undefined);
  }
}
