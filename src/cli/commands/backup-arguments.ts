/** The site that "latest" is meant of. */
export interface OfSite {
  site?: string;
}

/** How a backup is named on the command line. */
export const BACKUP = '"latest", an id, or the beginning of one';
export const OF_SITE = ['--site <site>', 'the site of "latest": id, name, address or path'] as const;

/** A path below the site as the backup has it; `database/…` and `external/…` stay. */
export function memberPath(path: string): string {
  const plain = path.replace(/^(\.?\/)+|\/+$/g, '');
  if (plain === '' || plain === '.') return 'files';
  return /^(files|database|external|backupd)(\/|$)/.test(plain) ? plain : `files/${plain}`;
}
