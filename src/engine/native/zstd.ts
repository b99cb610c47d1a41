import koffi from 'koffi';

type Decompress = (to: Buffer, capacity: number, from: Buffer, length: number) => number | bigint;

/** The zstd that Node itself is built with; null where the program does not show it. */
function loadDecompress(): Decompress | null {
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
  if (decompress === null) return null;
  const length = decompress(room, room.length, frame, frame.length);
  // An error is a number next to 2^64.
  return length <= room.length ? Number(length) : null;
}
