import koffi from 'koffi';

/** The zstd that Node itself is built with; null where the program does not show it. */
function loadDecompress(): ReturnType<ReturnType<typeof koffi.load>['func']> | null {
  try {
    return koffi.load(null).func('size_t ZSTD_decompress(void *to, size_t capacity, const void *from, size_t length)');
  } catch {
    return null;
  }
}

const decompress = loadDecompress();

/**
 * Puts the content of one whole frame at the beginning of `room` and gives its length, its checksum checked; null when that can't
 * be done: `room` is too small, the frame is damaged, or this Node has no such call. Nothing is allocated, where `node:zlib` takes
 * new memory for each frame, which costs a page fault for every page and presses for collections.
 */
export function decompressInto(room: Buffer, frame: Buffer): number | null {
  return decompress === null ? null : lengthIn(room, decompress(room, room.length, frame, frame.length));
}

/** As `decompressInto`, on libuv's pool: neither buffer may be touched until it resolves. */
export async function decompressIntoAsync(room: Buffer, frame: Buffer): Promise<number | null> {
  if (decompress === null) return null;
  const result = await new Promise((resolve, reject) => {
    decompress.async(room, room.length, frame, frame.length, (error: unknown, length: unknown) => {
      if (error === null) resolve(length);
      else reject(error instanceof Error ? error : new Error('zstd was not called'));
    });
  });
  return lengthIn(room, result);
}

/** An error is a number next to 2^64. */
function lengthIn(room: Buffer, result: unknown): number | null {
  const length = Number(result);
  return length <= room.length ? length : null;
}
