import { isAbsolute } from 'node:path';
import { descriptionOf } from '../../engine/ports/index.js';
import type { FoundFolder, ScanEvent } from './disk/index.js';

const MOST_TEXT = 4096;
const MOST_NAME = 200;

/** What a node tells of its scan, checked; null for what is no event. */
export function scanEventOf(part: Readonly<Record<string, unknown>>): ScanEvent | null {
  switch (part['type']) {
    case 'found':
      return foundOf(part);
    case 'problem': {
      const { path, message } = part;
      if (typeof path !== 'string' || typeof message !== 'string') return null;
      return { type: 'problem', path: path.slice(0, MOST_TEXT), message: message.slice(0, MOST_TEXT) };
    }
    case 'progress':
      return { type: 'progress', folders: countOf(part['folders']) };
    case 'done':
      return { type: 'done', folders: countOf(part['folders']), found: countOf(part['found']) };
    default:
      return null;
  }
}

function foundOf({ site, folder }: Readonly<Record<string, unknown>>): ScanEvent | null {
  if (typeof site !== 'object' || site === null || !('path' in site) || !('module' in site)) return null;
  const { path, module } = site;
  if (
    typeof path !== 'string' ||
    !isAbsolute(path) ||
    path.length > MOST_TEXT ||
    typeof module !== 'string' ||
    module.length > MOST_NAME
  )
    return null;
  const isInstall = 'isInstall' in site && site.isInstall === true;
  const reason = 'reason' in site && typeof site.reason === 'string' ? site.reason.slice(0, MOST_TEXT) : '';
  const description = descriptionOf('description' in site ? site.description : null);
  return { type: 'found', site: { path, module, isInstall, reason, description }, folder: folderOf(folder) };
}

function folderOf(value: unknown): FoundFolder | null {
  if (typeof value !== 'object' || value === null || !('identity' in value) || !('ownerUid' in value)) return null;
  const { identity, ownerUid } = value;
  if (typeof identity !== 'string' || identity.length > MOST_NAME || typeof ownerUid !== 'number') return null;
  return { identity, ownerUid };
}

const countOf = (value: unknown): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
