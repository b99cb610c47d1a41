import { isUtf8 } from 'node:buffer';
import type { ManifestEntry } from './types.js';

const SLASH = 0x2f;

/**
 * Path order: component by component, bytewise. The same as comparing bytes with `/` below every other byte, so that a
 * folder comes right before what is in it. Negative, zero or positive.
 */
export function comparePaths(a: Buffer, b: Buffer): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i += 1) {
    const x = a[i] ?? 0;
    const y = b[i] ?? 0;
    if (x === y) continue;
    if (x === SLASH) return -1;
    if (y === SLASH) return 1;
    return x - y;
  }
  return a.length - b.length;
}

/** The path fields of an entry for a path given in bytes: `path` where it is UTF-8, else `pathBase64`. */
export function withPath(path: Buffer): { path: string } | { pathBase64: string } {
  return isUtf8(path) ? { path: path.toString('utf8') } : { pathBase64: path.toString('base64') };
}

/** The bytes of an entry's path. Every entry from `readManifest` has one. */
export function entryPath(entry: Pick<ManifestEntry, 'path' | 'pathBase64'>): Buffer {
  if (entry.path !== undefined) return Buffer.from(entry.path, 'utf8');
  return Buffer.from(entry.pathBase64 ?? '', 'base64');
}

/** The target fields of an entry for a target given in bytes. */
export function withTarget(target: Buffer): { target: string } | { targetBase64: string } {
  return isUtf8(target) ? { target: target.toString('utf8') } : { targetBase64: target.toString('base64') };
}

/** The bytes of a symlink's target, or of the member path of a hard link's first name; null for other entries. */
export function entryTarget(entry: Pick<ManifestEntry, 'target' | 'targetBase64'>): Buffer | null {
  if (entry.target !== undefined) return Buffer.from(entry.target, 'utf8');
  return entry.targetBase64 === undefined ? null : Buffer.from(entry.targetBase64, 'base64');
}

/** The path for a person: UTF-8 where it is, else with `\xNN` for the bytes that are not ASCII; control characters shown too. */
export function displayPath(path: Buffer): string {
  const text = isUtf8(path)
    ? path.toString('utf8')
    : path.toString('latin1').replace(/[\x80-\xff]/g, (c) => `\\x${c.charCodeAt(0).toString(16)}`);
  // eslint-disable-next-line no-control-regex -- control characters in names must not reach a terminal
  return text.replace(/[\x00-\x1f\x7f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/**
 * Whether bytes are a member path that can't lead out of the folder it is put in: relative, no empty, `.` or `..`
 * component, no NUL.
 */
export function isSafeMemberPath(path: Buffer): boolean {
  if (path.length === 0 || path.includes(0)) return false;
  let from = 0;
  for (;;) {
    const slash = path.indexOf(SLASH, from);
    const end = slash < 0 ? path.length : slash;
    const length = end - from;
    if (length === 0) return false;
    if (length <= 2 && path[from] === 0x2e && path[end - 1] === 0x2e) return false;
    if (slash < 0) return true;
    from = slash + 1;
  }
}
