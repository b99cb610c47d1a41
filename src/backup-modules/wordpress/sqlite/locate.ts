import { realpathSync } from 'node:fs';
import { lstat, realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, relative } from 'node:path';
import { errnoOf } from '../../../common/errors/index.js';
import { sqliteUnusable } from './errors.js';

/** SQLite's own files beside a database. */
const COMPANIONS = ['', '-wal', '-shm', '-journal'];

/** A site's database file as it was found. */
export interface SqliteLocation {
  /** Where it really lies, links resolved. */
  path: string;
  /** The same below the site's root as it was given; the real path when it lies elsewhere. */
  shownPath: string;
  /** Name in the backup: `database/sqlite/<path from the root>`, or `database/sqlite-external/<name>`. */
  member: string;
  /** Where it lies in relation to the root; `led-out`: the configured path is inside, and a link leads outside. */
  place: 'inside' | 'outside' | 'led-out';
  /** Device and inode. */
  identity: string;
  size: number;
  hasWal: boolean;
  attributes: { mode: number; uid: number; gid: number; mtimeNs: bigint };
}

function within(root: string, path: string): string | null {
  const rest = relative(root, path);
  return rest === '' || rest === '..' || rest.startsWith('../') || isAbsolute(rest) ? null : rest;
}

/** The real path, or SQLITE_UNREADABLE with what is wrong. */
async function resolve(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    const code = errnoOf(error);
    const hint = 'Check DB_DIR, DB_FILE or FQDB in wp-config.php, or set "database" to false for this site.';
    if (code === 'ENOENT') throw sqliteUnusable(file, 'it does not exist', hint, error);
    throw sqliteUnusable(file, code === 'ELOOP' ? 'its links go in a circle' : (code ?? 'unknown'), hint, error);
  }
}

/**
 * Finds the file behind the configured path. A link is followed only to a regular file; one that leaves the site's
 * root must belong to the owner of the root, so that no site can have another's database packed into its backup.
 * Throws SQLITE_UNREADABLE.
 */
export async function locateSqlite(file: string, siteRoot: string): Promise<SqliteLocation> {
  const path = await resolve(file);
  const root = await realpath(siteRoot);
  const facts = await lstat(path, { bigint: true });
  if (!facts.isFile()) {
    throw sqliteUnusable(file, 'it is not a regular file', 'Check DB_DIR, DB_FILE or FQDB in wp-config.php.');
  }
  const inside = within(root, path);
  if (inside === null) {
    const owner = (await stat(root, { bigint: true })).uid;
    if (owner !== 0n && facts.uid !== owner) {
      const hint = 'Let the database belong to the owner of the site, or move it below the site root.';
      throw sqliteUnusable(file, 'it lies outside the site and belongs to another account', hint);
    }
  }
  const wal = await stat(`${path}-wal`).catch(() => null);
  return {
    path,
    shownPath: inside === null ? path : join(siteRoot, inside),
    member: inside === null ? `database/sqlite-external/${basename(path)}` : `database/sqlite/${inside}`,
    place: inside !== null ? 'inside' : within(siteRoot, file) === null ? 'outside' : 'led-out',
    identity: `${facts.dev}:${facts.ino}`,
    size: Number(facts.size),
    hasWal: (wal?.size ?? 0) > 0,
    attributes: {
      mode: Number(facts.mode & 0o7777n),
      uid: Number(facts.uid),
      gid: Number(facts.gid),
      mtimeNs: facts.mtimeNs,
    },
  };
}

/**
 * Exclude patterns (anchored at the root) for the live database and the files SQLite keeps beside it: the backup holds
 * a consistent copy instead. None when it lies outside the root.
 */
export function sqliteExcludes(file: string, siteRoot: string): string[] {
  const places = new Set<string>();
  // Both names of the place, should the root itself be reached by a link. A link to the file stays in the backup.
  for (const real of [true, false]) {
    try {
      const [root, path] = real ? [realpathSync(siteRoot), realpathSync(file)] : [siteRoot, file];
      const inside = within(root, path);
      if (inside !== null && (real || !places.size)) places.add(inside);
    } catch {
      // Not there: nothing to leave out but what may appear at the configured place.
    }
  }
  return [...places].flatMap((place) =>
    // A wildcard in a name stands for itself and any other one character.
    COMPANIONS.map((companion) => `/${place.replaceAll(/[*?]/g, '?')}${companion}`),
  );
}
