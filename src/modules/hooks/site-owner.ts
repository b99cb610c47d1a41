import { execFile } from 'node:child_process';
import { lstat, realpath } from 'node:fs/promises';
import { promisify } from 'node:util';
import { errnoOf } from '../../common/errors/index.js';
import { hookOwnerIsRoot, hookOwnerOther, hookSiteMissing } from './hooks.errors.js';

const run = promisify(execFile);

/** As whom, and where, the commands of a site run. */
export interface SiteOwner {
  /** The site's folder. */
  path: string;
  home: string;
  /** Whom to become; null = this process is the owner already. */
  become: { uid: number; gid: number } | null;
}

/**
 * The owner of the site's folder where it was registered: its path has no links, and whoever has put one there since does not choose in
 * whose name commands run. Errors: HOOK_OWNER_ROOT, HOOK_OWNER_OTHER, HOOK_SITE_MISSING.
 */
export async function ownerOf(sitePath: string): Promise<SiteOwner> {
  const { path, uid, gid } = await look(sitePath);
  if (uid === 0) throw hookOwnerIsRoot(sitePath);
  const own = process.getuid?.() ?? -1;
  const account = await accountOf(uid);
  const home = account?.home ?? path;
  if (own === uid) return { path, home, become: null };
  if (own !== 0) throw hookOwnerOther(sitePath, uid, own);
  // A folder that only the user was changed of: its owner's own group then, never that of root.
  const group = gid === 0 ? (account?.gid ?? 0) : gid;
  if (group === 0) throw hookOwnerIsRoot(sitePath);
  return { path, home, become: { uid, gid: group } };
}

async function look(sitePath: string): Promise<{ path: string; uid: number; gid: number }> {
  const [path, stats] = await Promise.all([realpath(sitePath), lstat(sitePath)]).catch((error: unknown) => {
    throw hookSiteMissing(sitePath, errnoOf(error) ?? String(error));
  });
  if (path !== sitePath) throw hookSiteMissing(sitePath, `a link leads from there to ${path}`);
  if (!stats.isDirectory()) throw hookSiteMissing(sitePath, `it has the mode ${stats.mode.toString(8)}`);
  return { path, uid: stats.uid, gid: stats.gid };
}

async function accountOf(uid: number): Promise<{ gid: number; home: string } | null> {
  try {
    const { stdout } = await run('getent', ['passwd', String(uid)], { timeout: 5000 });
    const [, , , gid, , home] = stdout.trim().split(':');
    return gid === undefined || home === undefined || home === '' ? null : { gid: Number(gid), home };
  } catch {
    // No such program, or an owner without an account.
    return null;
  }
}
