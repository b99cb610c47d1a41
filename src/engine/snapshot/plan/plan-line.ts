import { numberAt } from '../manifest/line-facts.js';
import { entryPath } from '../manifest/paths.js';
import { extensionOf } from './media.js';
import type { PlanItem } from './types.js';

const KEPT = Buffer.from('{"kind":"kept"');
/** No such text can be within a JSON string: every quote in one has a backslash before it. */
const AFTER_PATH = Buffer.from('","type":"');
const PATH = Buffer.from('{"kind":"entry","path":"');
const FILE_SIZE = Buffer.from('file","size":');
const DOT = 0x2e;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;

export type PlanLineType = 'kept' | 'file' | 'dir' | 'symlink' | 'fifo' | 'hardlink';
const TYPES = ['file', 'fifo', 'dir', 'symlink', 'hardlink'] as const;
const TYPE_BYTES = TYPES.map((type) => ({ type, bytes: Buffer.from(`${type}"`) }));

/** What grouping needs to know of a line of the plan. */
export interface PlanLineFacts {
  type: PlanLineType;
  /** Of a file; 0 for all others. */
  size: number;
  /** Of a file: as `extensionOf` gives it. */
  extension: string;
}

/** Reads a line of the plan, `text[from, to)`, as far as grouping needs it, mostly without parsing it. */
export function planLineFacts(text: Buffer, from: number, to: number): PlanLineFacts {
  if (hasAt(text, from, KEPT)) return { type: 'kept', size: 0, extension: '' };
  const pathEnd = text.indexOf(AFTER_PATH, from);
  const typeAt = pathEnd + AFTER_PATH.length;
  const type = TYPE_BYTES.find(({ bytes }) => hasAt(text, typeAt, bytes))?.type;
  if (pathEnd < 0 || pathEnd >= to || type === undefined) return parsedFacts(text, from, to);
  if (type !== 'file') return { type, size: 0, extension: '' };
  const extension = hasAt(text, from, PATH) ? plainExtension(text, from + PATH.length, pathEnd) : null;
  if (extension === null || !hasAt(text, typeAt, FILE_SIZE)) return parsedFacts(text, from, to);
  return { type, size: numberAt(text, typeAt + FILE_SIZE.length), extension };
}

function parsedFacts(text: Buffer, from: number, to: number): PlanLineFacts {
  const item: PlanItem = JSON.parse(text.toString('utf8', from, to));
  if (item.kind === 'kept') return { type: 'kept', size: 0, extension: '' };
  const { type, size } = item;
  if (type !== 'file') return { type, size: 0, extension: '' };
  return { type, size, extension: extensionOf(entryPath(item).toString('latin1')) };
}

/** The extension of a path that is in the text byte by byte; null when its last name has escapes in it. */
function plainExtension(text: Buffer, from: number, to: number): string | null {
  let dot = -1;
  let at = to - 1;
  for (; at >= from && text[at] !== SLASH; at -= 1) {
    if (text[at] === BACKSLASH) return null;
    if (dot < 0 && text[at] === DOT) dot = at;
  }
  return dot <= at + 1 ? '' : text.toString('latin1', dot + 1, to).toLowerCase();
}

function hasAt(text: Buffer, at: number, wanted: Buffer): boolean {
  for (let i = 0; i < wanted.length; i += 1) if (text[at + i] !== wanted[i]) return false;
  return true;
}
