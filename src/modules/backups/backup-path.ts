import { displayPath, isSafeMemberPath } from '../../engine/snapshot/manifest/index.js';
import { pathInvalid } from './backups.errors.js';

/** The bytes of a path in a backup, as a caller gave it; empty = the top. Error: PATH_INVALID. */
export function backupPath({ path, pathBase64 }: { path?: string; pathBase64?: string }): Buffer {
  const bytes = path === undefined ? Buffer.from(pathBase64 ?? '', 'base64') : Buffer.from(path, 'utf8');
  const trimmed = bytes.at(-1) === 0x2f ? bytes.subarray(0, -1) : bytes;
  if (bytes.length > 0 && !isSafeMemberPath(trimmed)) throw pathInvalid(displayPath(bytes));
  return trimmed;
}

/** The last component, for naming a download. */
export function nameOf(path: Buffer): string {
  return path.subarray(path.lastIndexOf(0x2f) + 1).toString('utf8');
}
