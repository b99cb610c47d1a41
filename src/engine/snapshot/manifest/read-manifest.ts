import { createReadStream } from 'node:fs';
import { AppError } from '../../../common/errors/index.js';
import { readLines } from '../work/index.js';
import { parseManifestLine } from './check-line.js';
import { manifestDamaged } from './errors.js';
import { comparePaths, displayPath, entryPath } from './paths.js';
import type { ManifestLine } from './types.js';

/**
 * The lines of a manifest, streamed: the header, the entries in path order, the trailer. Checked on the way: every frame's
 * checksum, the shape of each line, that paths are safe, unique and in order, that the trailer is there and its count
 * is right. Throws MANIFEST_DAMAGED or MANIFEST_FORMAT_UNSUPPORTED; only when the last line was given is it known whole.
 * `before`: what of it is left out, when the source begins with a later frame.
 */
export async function* readManifest(
  source: string | AsyncIterable<Uint8Array>,
  before = { lines: 0, entries: 0 },
): AsyncGenerator<ManifestLine> {
  const bytes = typeof source === 'string' ? createReadStream(source, { highWaterMark: 256 * 1024 }) : source;
  let number = before.lines;
  let { entries } = before;
  let previous: Buffer = Buffer.alloc(0);
  let finished = false;
  for await (const text of damageAsManifest(readLines(bytes))) {
    number += 1;
    const line = parseManifestLine(text, number);
    if (finished) throw manifestDamaged('there is more after its last line');
    if ((line.kind === 'header') !== (number === 1)) throw manifestDamaged('its first line must be the header');
    if (line.kind === 'entry') {
      const path = entryPath(line);
      if (comparePaths(previous, path) >= 0) throw manifestDamaged(`${displayPath(path)} is not in path order`);
      previous = path;
      entries += 1;
    }
    if (line.kind === 'trailer') {
      if (line.entries !== entries)
        throw manifestDamaged(`it has ${entries} entries, its last line says ${line.entries}`);
      finished = true;
    }
    yield line;
  }
  if (!finished) throw manifestDamaged('its end is missing');
}

async function* damageAsManifest(lines: AsyncIterable<string>): AsyncGenerator<string> {
  try {
    yield* lines;
  } catch (error) {
    if (error instanceof AppError && error.code === 'FRAME_DAMAGED') throw manifestDamaged(error.message, error);
    throw error;
  }
}
