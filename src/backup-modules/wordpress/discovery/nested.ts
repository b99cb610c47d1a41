import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findConfig, isCore } from './layout.js';

const MAX_FOLDERS = 20_000;
const MAX_DEPTH = 6;

/** Folders that never hold an install of their own. */
export const NEVER: ReadonlySet<string> = new Set([
  'node_modules',
  '.git',
  '.svn',
  '.hg',
  'wp-admin',
  'wp-includes',
  '.cache',
]);
/** Folders of wp-content that hold many folders and no copies of sites. */
export const CONTENT_SKIP: ReadonlySet<string> = new Set([
  'plugins',
  'themes',
  'mu-plugins',
  'languages',
  'cache',
  'fonts',
  'blogs.dir',
]);
/** Folders under uploads that WordPress itself makes. */
export const isUploadFolder = (name: string): boolean => /^\d{1,4}$/.test(name) || name === 'sites';

/** Other installs inside a root (not in its wp-content): absolute paths. */
export function findNested(root: string, abspath: string, contentDir: string): string[] {
  const found: string[] = [];
  const stack: { path: string; depth: number }[] = [{ path: root, depth: 0 }];
  let folders = 0;
  for (let at = stack.pop(); at !== undefined && folders < MAX_FOLDERS; at = stack.pop()) {
    folders++;
    if (at.path !== root && at.path !== abspath && isCore(at.path) && findConfig(at.path) !== null) {
      found.push(at.path);
      continue;
    }
    if (at.depth >= MAX_DEPTH) continue;
    try {
      for (const entry of readdirSync(at.path, { withFileTypes: true })) {
        const path = join(at.path, entry.name);
        // Links are kept as links in the backup; what they lead to is not inside the root.
        if (!entry.isDirectory() || NEVER.has(entry.name) || entry.name === 'wp-content' || path === contentDir)
          continue;
        if (entry.name === 'vendor' || (entry.name === 'releases' && at.path === root)) continue;
        stack.push({ path, depth: at.depth + 1 });
      }
    } catch {
      // An unreadable folder is reported by the walk of the backup itself.
    }
  }
  return found.toSorted();
}
