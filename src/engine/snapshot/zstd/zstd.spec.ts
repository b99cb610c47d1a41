import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../common/errors/index.js';
import {
  compressFrame,
  compressFrameSync,
  decompressFrames,
  decompressFramesAsync,
  framesIn,
  parseSeekTable,
  SeekTableBuilder,
  seekTableSize,
  splitFrames,
  storedFrame,
  storedFrameSize,
} from './index.js';

const zstd = (args: string[], input: Buffer): Buffer =>
  execFileSync('zstd', args, { input, maxBuffer: 64 * 1024 * 1024, stdio: ['pipe', 'pipe', 'pipe'] });

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
  return 'no error';
};

async function* chunked(buf: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < buf.length; at += size) yield buf.subarray(at, at + size);
}

describe('zstd frames', { timeout: 30_000 }, () => {
  it('stock zstd reads stored frames of every size around the block bound, and checks their checksum', () => {
    const block = 128 * 1024;
    for (const size of [0, 1, 255, 256, block - 1, block, block + 1, 3 * block, 1_000_000]) {
      const content = randomBytes(size);
      const frame = storedFrame(content);
      expect(frame.length).toBe(storedFrameSize(size));
      expect(zstd(['-dc'], frame).equals(content)).toBe(true);
      expect(decompressFrames(frame).equals(content)).toBe(true);
      expect([...framesIn(frame)][0]?.header).toMatchObject({ contentSize: size, checksum: true });
    }
    const broken = storedFrame(randomBytes(1000));
    broken[500] = (broken[500] ?? 0) ^ 1;
    expect(() => zstd(['-dc'], broken)).toThrow(/checksum/i);
    expect(codeOf(() => decompressFrames(broken))).toBe('FRAME_DAMAGED');
  });

  it('a buffer given to storedFrame is used', () => {
    const into = Buffer.alloc(2000);
    expect(storedFrame(Buffer.from('abc'), into).buffer).toBe(into.buffer);
    expect(() => storedFrame(Buffer.alloc(3000), into)).toThrow(RangeError);
  });

  it('compressed frames announce their size and carry a checksum', async () => {
    const content = Buffer.from('wordpress '.repeat(100_000));
    for (const frame of [compressFrameSync(content), await compressFrame(content, 9)]) {
      expect([...framesIn(frame)].map((f) => f.header)).toMatchObject([
        { contentSize: content.length, checksum: true },
      ]);
      expect(decompressFrames(frame).equals(content)).toBe(true);
    }
    expect(codeOf(() => compressFrameSync(content, -1))).toBe('ZSTD_LEVEL_INVALID');
  });

  it('reads all frames, not only the first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ bytes: fc.uint8Array({ maxLength: 3000 }), stored: fc.boolean(), skip: fc.boolean() }), {
          maxLength: 20,
        }),
        fc.integer({ min: 1, max: 5000 }),
        async (parts, chunk) => {
          const skippable = Buffer.from('502a4d1803000000abcdef', 'hex');
          const bundle = Buffer.concat(
            parts.flatMap((p) => [
              p.stored ? storedFrame(p.bytes) : compressFrameSync(p.bytes),
              ...(p.skip ? [skippable] : []),
            ]),
          );
          const all = Buffer.concat(parts.map((p) => p.bytes));
          expect(decompressFrames(bundle).equals(all)).toBe(true);
          expect((await decompressFramesAsync(bundle)).equals(all)).toBe(true);
          const streamed: Buffer[] = [];
          let next = 0;
          for await (const { offset, frame, header } of splitFrames(chunked(bundle, chunk))) {
            expect(offset).toBe(next);
            next += frame.length;
            if (!header.skippable) streamed.push(Buffer.from(decompressFrames(frame)));
          }
          expect(Buffer.concat(streamed).equals(all)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('understands frames of the stock program', () => {
    const content = randomBytes(300_000).toString('hex');
    for (const args of [['-3c'], ['-1c', '--no-check'], ['-19c', '--long=20']]) {
      const frame = zstd(args, Buffer.from(content));
      expect(decompressFrames(Buffer.concat([frame, frame])).toString()).toBe(content + content);
    }
  });

  it('says FRAME_DAMAGED for cut, foreign and changed bytes', async () => {
    const frame = compressFrameSync(Buffer.from('x'.repeat(5000) + 'y'));
    const two = Buffer.concat([frame, frame]);
    for (let cut = 1; cut < two.length; cut += 1) {
      if (cut === frame.length) continue;
      expect(codeOf(() => decompressFrames(two.subarray(0, cut)))).toBe('FRAME_DAMAGED');
    }
    expect(codeOf(() => decompressFrames(Buffer.from('not zstd at all')))).toBe('FRAME_DAMAGED');
    expect(codeOf(() => decompressFrames(frame, { maxContentBytes: 5000 }))).toBe('FRAME_DAMAGED');
    const drain = async (): Promise<void> => {
      for await (const { frame: f } of splitFrames(chunked(two.subarray(0, two.length - 1), 7)))
        expect(f.length).toBe(frame.length);
    };
    await expect(drain()).rejects.toMatchObject({ code: 'FRAME_DAMAGED' });
  });
});

describe('seek table', () => {
  it('gives back where every frame is, and stock zstd passes over it', () => {
    const contents = Array.from({ length: 1500 }, (_, i) => Buffer.from(`frame ${i} `.repeat(i % 7)));
    const frames = contents.map((c) => compressFrameSync(c));
    const builder = new SeekTableBuilder();
    for (const [i, frame] of frames.entries()) builder.add(frame.length, contents[i]?.length ?? -1);
    const bundle = Buffer.concat([...frames, builder.encode()]);
    expect(zstd(['-dc'], bundle).equals(Buffer.concat(contents))).toBe(true);

    const size = seekTableSize(bundle.subarray(bundle.length - 9));
    const table = parseSeekTable(bundle.subarray(bundle.length - size));
    expect(parseSeekTable(bundle)).toEqual(table);
    expect(table.frames).toHaveLength(1500);
    for (const [i, span] of table.frames.entries()) {
      const part = bundle.subarray(span.offset, span.offset + span.compressedSize);
      expect(decompressFrames(part).equals(contents[i] ?? Buffer.alloc(0))).toBe(true);
      expect(span.size).toBe(contents[i]?.length);
    }
  });

  it('says SEEK_TABLE_DAMAGED for a cut or changed table', () => {
    const builder = new SeekTableBuilder();
    builder.add(10, 20);
    const table = builder.encode();
    for (let cut = 0; cut < table.length; cut += 1)
      expect(codeOf(() => parseSeekTable(table.subarray(table.length - cut)))).toBe('SEEK_TABLE_DAMAGED');
    for (const at of [0, 4, table.length - 1, table.length - 5, table.length - 9]) {
      const changed = Buffer.from(table);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      expect(codeOf(() => parseSeekTable(changed))).toBe('SEEK_TABLE_DAMAGED');
    }
  });
});
