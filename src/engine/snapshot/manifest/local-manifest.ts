import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { freeBuffer } from '../../native/free-buffer.js';
import { decompressFramesAsync, splitFrames } from '../zstd/index.js';
import { manifestDamaged } from './errors.js';
import { readManifestIndex, type ManifestFrame } from './frame-index.js';
import { lineFacts } from './line-facts.js';
import { linesOf } from '../work/lines.js';
import { entryPath } from './paths.js';
import type { ManifestEntry } from './types.js';

const NEWLINE = 0x0a;
const ENTRY = '{"kind":"entry"';
const ENTRY_BYTES = Buffer.from(ENTRY);
const READ_BYTES = 256 * 1024;

/** A frame and which entry lines it has. */
export interface NumberedFrame extends ManifestFrame {
  /** How many entry lines of the manifest are before it. */
  before: number;
}

/** A manifest (or entry spool) in the work folder, read frame by frame. Its checksum was compared before. Close it. */
export class LocalManifest {
  private constructor(
    private readonly file: FileHandle,
    readonly frames: readonly NumberedFrame[],
  ) {}

  /** Reads the frame index; where there is none, all frames are read once. Throws MANIFEST_DAMAGED, FRAME_DAMAGED. */
  static async open(path: string): Promise<LocalManifest> {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const read = async (offset: number, length: number): Promise<Buffer> => readExactly(file, offset, length);
      const frames = (await readManifestIndex(size, read)) ?? (await scanFrames(path));
      let before = 0;
      const numbered = frames.map((frame) => {
        const start = before;
        before += frame.entries;
        return { ...frame, before: start };
      });
      return new LocalManifest(file, numbered);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Number of entry lines. */
  get entries(): number {
    const last = this.frames.at(-1);
    return last === undefined ? 0 : last.before + last.entries;
  }

  /** A frame as it is in the file. */
  async compressed(frame: ManifestFrame): Promise<Buffer> {
    return readExactly(this.file, frame.offset, frame.length);
  }

  /** A frame's text: whole lines. */
  async text(frame: ManifestFrame): Promise<Buffer> {
    const compressed = await this.compressed(frame);
    const text = await decompressFramesAsync(compressed);
    freeBuffer(compressed);
    if (text.length > 0 && text[text.length - 1] !== NEWLINE) throw manifestDamaged('a line is cut by a frame');
    return text;
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

/** Whether an entry's line begins there. */
export function isEntryLine(text: Buffer, at: number): boolean {
  return (
    text.length >= at + ENTRY_BYTES.length &&
    text.compare(ENTRY_BYTES, 0, ENTRY_BYTES.length, at, at + ENTRY_BYTES.length) === 0
  );
}

async function scanFrames(path: string): Promise<ManifestFrame[]> {
  const frames: ManifestFrame[] = [];
  for await (const { offset, frame, header } of splitFrames(createReadStream(path, { highWaterMark: READ_BYTES }))) {
    const found: ManifestFrame = {
      offset,
      length: frame.length,
      text: 0,
      first: null,
      entries: 0,
      files: 0,
      bytes: 0,
      kept: 0,
    };
    frames.push(found);
    if (header.skippable) continue;
    const text = await decompressFramesAsync(frame);
    found.text = text.length;
    for (const line of linesOf(text)) addLine(found, line);
  }
  return frames;
}

function addLine(found: ManifestFrame, line: string): void {
  if (!line.startsWith(ENTRY)) {
    if (line.startsWith('{"kind":"kept"')) found.kept += 1;
    return;
  }
  if (found.entries === 0) {
    const entry: ManifestEntry = JSON.parse(line);
    found.first = entryPath(entry);
  }
  const { file, size } = lineFacts(line);
  found.entries += 1;
  if (file) {
    found.files += 1;
    found.bytes += size;
  }
}

async function readExactly(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length;) {
    // eslint-disable-next-line no-await-in-loop -- one read after the other
    const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) throw manifestDamaged('its end is missing');
    done += bytesRead;
  }
  return bytes;
}
