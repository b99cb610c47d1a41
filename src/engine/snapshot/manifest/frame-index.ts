import { comparePaths, withPath } from './paths.js';
import { manifestDamaged } from './errors.js';

/** What one zstd frame of a manifest (or of an entry spool) holds. */
export interface ManifestFrame {
  /** Where it begins in the file, and its bytes there. */
  offset: number;
  length: number;
  /** Bytes of its text. */
  text: number;
  /** Path of its first entry; null when it has none (header, trailer). */
  first: Buffer | null;
  /** Entry lines in it, how many of these are files, and the sum of their sizes. */
  entries: number;
  files: number;
  bytes: number;
  /** Entry spools only: lines that stand for kept runs. */
  kept: number;
}

const MAGIC = 0x184d2a5d;
const HEADER_BYTES = 8;
/** After the index: its length, and a mark. */
const FOOTER_BYTES = 12;
const FOOTER_MARK = Buffer.from('bkpdidx1', 'latin1');
/** More than any index backupd writes: a manifest of 100,000,000 entries has a few ten thousand frames. */
const MAX_INDEX_BYTES = 128 * 1024 * 1024;
/** The index's share of a manifest is a quarter of that. */
const FIRST_READ_SHARE = 1 / 256;
const MIN_FIRST_READ = 8 * 1024;
const MAX_FIRST_READ = 64 * 1024;

interface FrameRow {
  offset: number;
  length: number;
  text: number;
  path?: string;
  pathBase64?: string;
  entries: number;
  files: number;
  bytes: number;
  kept?: number;
}

/** The index as a skippable zstd frame, to be the last bytes of the file. */
export function encodeFrameIndex(frames: readonly ManifestFrame[]): Buffer {
  const rows = frames.map(({ first, kept, offset, length, text, entries, files, bytes }): FrameRow => ({
    offset,
    length,
    text,
    ...(first === null ? {} : withPath(first)),
    entries,
    files,
    bytes,
    ...(kept === 0 ? {} : { kept }),
  }));
  const json = Buffer.from(JSON.stringify({ frames: rows }));
  const framed = Buffer.alloc(HEADER_BYTES + json.length + FOOTER_BYTES);
  framed.writeUInt32LE(MAGIC, 0);
  framed.writeUInt32LE(json.length + FOOTER_BYTES, 4);
  json.copy(framed, HEADER_BYTES);
  framed.writeUInt32LE(json.length, HEADER_BYTES + json.length);
  FOOTER_MARK.copy(framed, HEADER_BYTES + json.length + 4);
  return framed;
}

/**
 * The frames of a manifest, from the index at its end; null when it has none (then read it from its beginning). `size` is
 * the file's size; `read` gives exactly the bytes asked for, be it from a storage or a file: mostly it is called once, with the last
 * 8 to 64 KiB. Throws MANIFEST_DAMAGED for an index that can't be.
 */
export async function readManifestIndex(
  size: number,
  read: (offset: number, length: number) => Promise<Buffer>,
): Promise<ManifestFrame[] | null> {
  const share = Math.ceil(size * FIRST_READ_SHARE);
  const wanted = Math.min(size, Math.max(MIN_FIRST_READ, Math.min(share, MAX_FIRST_READ)));
  const tail = await read(size - wanted, wanted);
  const jsonBytes = indexedBytes(tail);
  if (jsonBytes === null) return null;
  const total = HEADER_BYTES + jsonBytes + FOOTER_BYTES;
  if (jsonBytes > MAX_INDEX_BYTES || total > size) throw manifestDamaged('its frame index has an impossible size');
  const framed = total <= tail.length ? tail.subarray(tail.length - total) : await read(size - total, total);
  if (framed.length !== total || framed.readUInt32LE(0) !== MAGIC) throw manifestDamaged('its frame index is damaged');
  return parseRows(framed.subarray(HEADER_BYTES, HEADER_BYTES + jsonBytes).toString('utf8'), size - total);
}

/** The index of the frame that has this path if any has: the last one that begins at or before it; -1 before all entries. */
export function frameOfPath(frames: readonly ManifestFrame[], path: Buffer): number {
  const withEntries = frames.flatMap(({ first }, index) => (first === null ? [] : [{ first, index }]));
  let low = 0;
  let high = withEntries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const frame = withEntries[middle];
    if (frame !== undefined && comparePaths(frame.first, path) <= 0) low = middle + 1;
    else high = middle;
  }
  return withEntries[low - 1]?.index ?? -1;
}

function indexedBytes(tail: Buffer): number | null {
  if (tail.length < HEADER_BYTES + FOOTER_BYTES) return null;
  if (!tail.subarray(tail.length - FOOTER_MARK.length).equals(FOOTER_MARK)) return null;
  return tail.readUInt32LE(tail.length - FOOTER_BYTES);
}

function parseRows(json: string, dataBytes: number): ManifestFrame[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw manifestDamaged('its frame index is not JSON', error);
  }
  const rows = typeof value === 'object' && value !== null && 'frames' in value ? value.frames : null;
  if (!Array.isArray(rows) || !rows.every(isRow)) throw manifestDamaged('its frame index is damaged');
  let end = 0;
  for (const row of rows) {
    if (row.offset !== end) throw manifestDamaged('its frame index has gaps');
    end += row.length;
  }
  if (end !== dataBytes) throw manifestDamaged('its frame index is not that of its frames');
  return rows.map(({ path, pathBase64, kept, ...row }) => ({
    ...row,
    first: path !== undefined ? Buffer.from(path) : pathBase64 === undefined ? null : Buffer.from(pathBase64, 'base64'),
    kept: kept ?? 0,
  }));
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isRow(row: unknown): row is FrameRow {
  if (typeof row !== 'object' || row === null) return false;
  const fields: Record<string, unknown> = { ...row };
  const hasEntries = typeof fields['entries'] === 'number' && fields['entries'] > 0;
  const isText = (name: string): boolean => fields[name] === undefined || typeof fields[name] === 'string';
  return (
    ['offset', 'length', 'text', 'entries', 'files', 'bytes'].every((name) => isCount(fields[name])) &&
    (fields['kept'] === undefined || isCount(fields['kept'])) &&
    isText('path') &&
    isText('pathBase64') &&
    // Without its first path a frame of entries would be passed over.
    (fields['path'] !== undefined || fields['pathBase64'] !== undefined) === hasEntries
  );
}
