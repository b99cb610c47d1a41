import { statSync } from 'node:fs';
import { CONTENT_SKIP, isUploadFolder } from './nested.js';

/** Names people give to folders with copies of a site. */
export const COPY_NAME =
  /(?:^|[-_. ])(?:backups?|bak|old|orig|copy|copies|archive|softaculous_backups|tmp|temp|trash|staging)(?:$|[-_. \d])/i;
/** Names of folders that hold backups. */
export const BACKUP_FOLDER =
  /^(?:[._]?backups?|softaculous_backups|installatron_backups|\.trash|updraft|ai1wm-backups|backups-dup-\w+)$/i;

/** Whether a folder's names are those of a WordPress core. */
export const isCoreListing = (has: (name: string) => boolean): boolean =>
  has('wp-settings.php') && has('wp-load.php') && has('wp-includes');

/** Folders that hold many folders and no install. */
export function isPointless(
  folder: { inContent: readonly string[] | null; owner: string | null },
  name: string,
): boolean {
  if (folder.inContent === null) return name === 'vendor' && folder.owner !== null;
  const [first] = folder.inContent;
  if (first === undefined) return CONTENT_SKIP.has(name);
  if (first === 'uploads' && isUploadFolder(name)) return true;
  return folder.inContent.length > 4;
}

/** Whether a link leads to a folder. */
export function leadsToFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
