/** A run of data in a sparse file: offset and length. */
export type Extent = [offset: number, length: number];

const BLOCK = 512;
const SLASH = 0x2f;

/**
 * Extents widened to whole tar blocks and joined where they then meet: tar stores each extent from a block's start.
 * Only the last may end within a block (at the file's end).
 */
export function alignExtents(extents: readonly { offset: number; length: number }[], size: number): Extent[] {
  const aligned: Extent[] = [];
  for (const { offset, length } of extents) {
    const start = Math.floor(offset / BLOCK) * BLOCK;
    const end = Math.min(size, Math.ceil((offset + length) / BLOCK) * BLOCK);
    const last = aligned.at(-1);
    if (last !== undefined && start <= last[0] + last[1]) last[1] = Math.max(last[1], end - last[0]);
    else if (end > start) aligned.push([start, end - start]);
  }
  return aligned;
}

/** The map that GNU sparse 1.0 puts before the data: decimal numbers, one a line, padded to whole blocks. */
export function sparseMap(extents: readonly Extent[], size: number): Buffer {
  const last = extents.at(-1);
  const endsInHole = last === undefined || last[0] + last[1] < size;
  // A last extent of no bytes at the file's end tells tar how long the file is.
  const all: readonly Extent[] = endsInHole ? [...extents, [size, 0]] : extents;
  const text = Buffer.from(`${[all.length, ...all.flat()].join('\n')}\n`);
  const map = Buffer.alloc(Math.ceil(text.length / BLOCK) * BLOCK);
  text.copy(map);
  return map;
}

/** The name that a reader without sparse support extracts to: `<folder>/GNUSparseFile.0/<name>`. */
export function sparseMemberName(path: Buffer): Buffer {
  const slash = path.lastIndexOf(SLASH) + 1;
  return Buffer.concat([path.subarray(0, slash), Buffer.from('GNUSparseFile.0/'), path.subarray(slash)]);
}
