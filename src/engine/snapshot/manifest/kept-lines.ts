import { freeBuffer } from '../../native/free-buffer.js';
import { manifestDamaged } from './errors.js';
import { isEntryLine, LocalManifest, type NumberedFrame } from './local-manifest.js';

const NEWLINE = 0x0a;

/** The entry lines of the parent's manifest, asked for in rising order; holds one frame. Close it. */
export class KeptLines {
  private at = 0;
  private loaded: { frame: NumberedFrame; text: Buffer; line: number; offset: number } | null = null;

  private constructor(private readonly manifest: LocalManifest) {}

  static async open(path: string): Promise<KeptLines> {
    return new KeptLines(await LocalManifest.open(path));
  }

  /** The frame with the entry line of this number; never one before the last that was asked for. */
  frameOf(entry: number): NumberedFrame {
    for (; ; this.at += 1) {
      const frame = this.manifest.frames[this.at];
      if (frame === undefined) throw manifestDamaged(`it has no entry ${entry}`);
      if (entry < frame.before) throw new Error('kept runs must be in rising order');
      if (entry < frame.before + frame.entries) return frame;
    }
  }

  async compressed(frame: NumberedFrame): Promise<Buffer> {
    return this.manifest.compressed(frame);
  }

  /** Whether a frame may be copied as it is: header and trailer have frames of their own in what this version writes. */
  hasOnlyEntries(frame: NumberedFrame): boolean {
    const { frames } = this.manifest;
    return frame !== frames[0] && frames.indexOf(frame, this.at) < frames.length - 1 && frame.kept === 0;
  }

  /** Lines of a frame by number: entry lines only, `from` counted within the frame. */
  async lines(frame: NumberedFrame, from: number, count: number): Promise<string[]> {
    if (this.loaded?.frame !== frame || this.loaded.line > from) {
      const text = await this.manifest.text(frame);
      if (this.loaded !== null) freeBuffer(this.loaded.text);
      this.loaded = { frame, text, line: 0, offset: 0 };
    }
    const { loaded } = this;
    const found: string[] = [];
    while (found.length < count && loaded.offset < loaded.text.length) {
      const end = loaded.text.indexOf(NEWLINE, loaded.offset);
      if (isEntryLine(loaded.text, loaded.offset)) {
        if (loaded.line >= from) found.push(loaded.text.toString('utf8', loaded.offset, end));
        loaded.line += 1;
      }
      loaded.offset = end + 1;
    }
    if (found.length < count) throw manifestDamaged('a frame has fewer entries than its frame index says');
    return found;
  }

  async close(): Promise<void> {
    await this.manifest.close();
  }
}
