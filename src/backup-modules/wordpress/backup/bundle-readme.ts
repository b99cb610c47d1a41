import type { SiteSpec } from '../../../engine/ports/index.js';

/** The note that travels in every bundle: how to get the site back with stock tools. */
export function bundleReadme(site: SiteSpec, startedAt: Date): string {
  return `This is a backup of ${site.name}${site.url === null ? '' : ` (${site.url})`}, made by backupd at ${startedAt.toISOString()}.

It can be restored without backupd, with tar, zstd and a MySQL or MariaDB client:

  mkdir out
  tar --zstd --xattrs --xattrs-include='*' --numeric-owner -xpf THIS-FILE.tar.zst -C out
  mv out/files /path/of/the/site
  find out/database -maxdepth 1 -name '*.sql' -print0 | LC_ALL=C sort -z | xargs -0 cat | mariadb --binary-mode NAME

A SQLite database:  cp -a out/database/sqlite/. /path/of/the/site/
Files that lay outside the site's folder are in out/external, under their absolute paths.
The manifest beside this file (.manifest.ndjson.zst) lists every file with its SHA-256.
`;
}
