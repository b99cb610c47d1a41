import type { ManifestEntry } from './types.js';

/** What an entry's line says, as far as sums need it. */
export interface LineFacts {
  file: boolean;
  size: number;
  /** Id of the bundle that has its bytes; null when it has none. */
  bundle: number | null;
  /** Bytes of content in that bundle (for a file with holes less than `size`). */
  stored: number;
}

const COMMA = 0x2c;
const ZERO = 0x30;
const AFTER_PATH = '","type":"';
const FILE_SIZE = 'file","size":';
const LOCATION = '"in":{"bundle":';

/**
 * Reads an entry's line as far as sums need it, mostly without parsing it: none of the marks looked for can occur within
 * a JSON string, where every quote has a backslash before it.
 */
export function lineFacts(line: string): LineFacts {
  const type = line.indexOf(AFTER_PATH) + AFTER_PATH.length;
  if (type < AFTER_PATH.length || line.includes('"extents":')) return parsedFacts(line);
  const file = line.startsWith(FILE_SIZE, type);
  const size = file ? Number.parseInt(line.slice(type + FILE_SIZE.length, type + FILE_SIZE.length + 17), 10) : 0;
  const location = line.lastIndexOf(LOCATION) + LOCATION.length;
  if (location < LOCATION.length) return { file, size, bundle: null, stored: 0 };
  return { file, size, bundle: Number.parseInt(line.slice(location, location + 17), 10), stored: size };
}

function parsedFacts(line: string): LineFacts {
  const entry: ManifestEntry = JSON.parse(line);
  return entryFacts(entry);
}

/** What an entry's line will say. */
export function entryFacts(entry: ManifestEntry): LineFacts {
  const file = entry.type === 'file';
  const size = file ? entry.size : 0;
  const { extents } = entry;
  const stored = extents === undefined ? size : extents.reduce((sum, extent) => sum + extent[1], 0);
  return entry.in === undefined
    ? { file, size, bundle: null, stored: 0 }
    : { file, size, bundle: entry.in.bundle, stored };
}

/** The number that begins there in a line's bytes and ends before a comma. */
export function numberAt(text: Buffer, at: number): number {
  let value = 0;
  for (let i = at; text[i] !== COMMA && i < text.length; i += 1) value = value * 10 + (text[i] ?? ZERO) - ZERO;
  return value;
}
