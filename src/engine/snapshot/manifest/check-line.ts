import { manifestDamaged, manifestFormatUnsupported } from './errors.js';
import { entryPath, isSafeMemberPath } from './paths.js';
import {
  MANIFEST_FORMAT,
  type ManifestEntry,
  type ManifestHeader,
  type ManifestLine,
  type ManifestTrailer,
} from './types.js';

type Fields = Record<string, unknown>;

const isCount = (v: unknown): boolean => typeof v === 'number' && Number.isSafeInteger(v) && v >= 0;
const isText = (v: unknown): boolean => typeof v === 'string';
const isDigits = (v: unknown): boolean => typeof v === 'string' && /^-?\d{1,20}$/.test(v);
const isRecord = (v: unknown): v is Fields => typeof v === 'object' && v !== null && !Array.isArray(v);
const optional = (v: unknown, check: (v: unknown) => boolean): boolean => v === undefined || check(v);
const TYPES: ReadonlySet<unknown> = new Set(['file', 'dir', 'symlink', 'hardlink', 'fifo']);

/** Parses and checks one line; what it returns can be trusted to have the shape of its type. Unknown fields are kept. */
export function parseManifestLine(text: string, number: number): ManifestLine {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch (error) {
    throw manifestDamaged(`line ${number} is not JSON`, error);
  }
  if (isHeader(line)) return line;
  if (isEntry(line)) return line;
  if (isTrailer(line)) return line;
  throw manifestDamaged(`line ${number} is not a line of a manifest`);
}

function isHeader(line: unknown): line is ManifestHeader {
  if (!isRecord(line) || line['kind'] !== 'header') return false;
  const format = line['format'];
  if (typeof format === 'string' && format !== MANIFEST_FORMAT) throw manifestFormatUnsupported(format);
  return (
    format === MANIFEST_FORMAT &&
    isText(line['backupId']) &&
    isCount(line['own']) &&
    isText(line['readAllAt']) &&
    isRecord(line['site']) &&
    isText(line['site']['id']) &&
    isText(line['site']['name']) &&
    isText(line['site']['module']) &&
    (line['parent'] === null || isText(line['parent'])) &&
    isText(line['startedAt']) &&
    isRecord(line['facts']) &&
    Array.isArray(line['excludes']) &&
    Array.isArray(line['bundles']) &&
    line['bundles'].every(isBundle)
  );
}

function isBundle(b: unknown): boolean {
  return (
    isRecord(b) &&
    isCount(b['id']) &&
    isText(b['key']) &&
    isCount(b['size']) &&
    isText(b['sha256']) &&
    isCount(b['content']) &&
    isCount(b['live'])
  );
}

function isLocation(v: unknown): boolean {
  return (
    isRecord(v) &&
    isCount(v['bundle']) &&
    isCount(v['offset']) &&
    isCount(v['length']) &&
    isCount(v['skip']) &&
    optional(v['member'], isText) &&
    optional(v['memberBase64'], isText)
  );
}

function isExtents(v: unknown): boolean {
  let end = 0;
  return (
    Array.isArray(v) &&
    v.every((e: unknown) => {
      if (!Array.isArray(e) || e.length !== 2 || !isCount(e[0]) || !isCount(e[1])) return false;
      const [offset, length] = [Number(e[0]), Number(e[1])];
      const inOrder = offset >= end;
      end = offset + length;
      return inOrder;
    })
  );
}

function isXattrs(v: unknown): boolean {
  return isRecord(v) && Object.values(v).every(isText);
}

function isEntry(line: unknown): line is ManifestEntry {
  if (!isRecord(line) || line['kind'] !== 'entry') return false;
  const { type, path, pathBase64 } = line;
  const hasPath = path === undefined ? isText(pathBase64) : isText(path) && pathBase64 === undefined;
  if (!hasPath || !isSafeMemberPath(entryPath(line))) return false;
  const isLink = type === 'symlink' || type === 'hardlink';
  const hasTarget = isText(line['target']) || isText(line['targetBase64']);
  return (
    TYPES.has(type) &&
    isLink === hasTarget &&
    isCount(line['size']) &&
    isCount(line['mode']) &&
    isCount(line['uid']) &&
    isCount(line['gid']) &&
    isDigits(line['mtime']) &&
    optional(line['xattrs'], isXattrs) &&
    optional(line['extents'], isExtents) &&
    optional(line['in'], isLocation) &&
    optional(line['sha256'], (v) => typeof v === 'string' && /^[0-9a-f]{64}$/.test(v)) &&
    (line['in'] === undefined || isText(line['sha256']))
  );
}

function isTrailer(line: unknown): line is ManifestTrailer {
  return (
    isRecord(line) &&
    line['kind'] === 'trailer' &&
    isCount(line['entries']) &&
    isCount(line['files']) &&
    isCount(line['fileBytes']) &&
    isCount(line['databaseBytes']) &&
    (line['databaseRows'] === null || optional(line['databaseRows'], isCount)) &&
    isCount(line['storedBytes']) &&
    isCount(line['moreWarnings']) &&
    isText(line['finishedAt']) &&
    Array.isArray(line['warnings'])
  );
}
