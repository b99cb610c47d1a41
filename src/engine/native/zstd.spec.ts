import { constants, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decompressInto, decompressIntoAsync } from './zstd.js';

const content = Buffer.from('some text, some text, some more text '.repeat(2000));
const frame = zstdCompressSync(content, {
  pledgedSrcSize: content.length,
  params: { [constants.ZSTD_c_checksumFlag]: 1 },
});

describe('decompressInto', () => {
  it('puts the content at the beginning of the room, and nothing beyond its end', async () => {
    for (const decompress of [decompressInto, decompressIntoAsync]) {
      const all = Buffer.alloc(content.length + 20, 7);
      const room = all.subarray(0, content.length + 10);
      // oxlint-disable-next-line no-await-in-loop -- one is not
      expect(await decompress(room, frame)).toBe(content.length);
      expect(room.subarray(0, content.length).equals(content)).toBe(true);
      expect(all.subarray(room.length).equals(Buffer.alloc(10, 7))).toBe(true);
    }
  });

  it('says so when there is no room, or the frame is not what was written', async () => {
    expect(decompressInto(Buffer.alloc(content.length - 1), frame)).toBeNull();
    for (const at of [0, frame.length >> 1, frame.length - 1]) {
      const damaged = Buffer.from(frame);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      expect(decompressInto(Buffer.alloc(content.length), damaged), `at ${at}`).toBeNull();
      // oxlint-disable-next-line no-await-in-loop -- a few
      expect(await decompressIntoAsync(Buffer.alloc(content.length), damaged), `at ${at}`).toBeNull();
    }
    expect(decompressInto(Buffer.alloc(content.length), frame.subarray(0, -1))).toBeNull();
  });
});
