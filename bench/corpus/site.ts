import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MariaDbServer } from '../../test/support/mariadb.js';
import { WordPressSite } from '../../test/support/wordpress.js';
import { type DatabaseSpec, databaseSpec, fillDatabase } from './database.js';
import { growTree, type TreeSpec } from './tree.js';

export interface SiteSpec extends TreeSpec {
  name: string;
  /** About the length of its dump. */
  databaseBytes: number;
  /** Only as much of WordPress core as makes a site: for a bench that measures nothing. */
  trimmed?: boolean;
}

/** A grown shop. */
export const SITE_M: SiteSpec = {
  name: 'site M',
  textFiles: 8_000,
  mediaFiles: 6_000,
  mediaBytes: 1_500_000_000,
  databaseBytes: 400_000_000,
};
/** Core and little more. */
export const SITE_S: SiteSpec = {
  name: 'site S',
  textFiles: 120,
  mediaFiles: 80,
  mediaBytes: 20_000_000,
  databaseBytes: 20_000_000,
};
/** WordPress core alone, to grow by other means. */
export const BARE: SiteSpec = { name: 'bare', textFiles: 0, mediaFiles: 0, mediaBytes: 0, databaseBytes: 0 };

/** The same shape, smaller by a factor. */
export function scaled(spec: SiteSpec, by: number): SiteSpec {
  return {
    name: spec.name,
    textFiles: Math.ceil(spec.textFiles * by),
    mediaFiles: Math.ceil(spec.mediaFiles * by),
    mediaBytes: Math.ceil(spec.mediaBytes * by),
    databaseBytes: Math.ceil(spec.databaseBytes * by),
    trimmed: by < 1,
  };
}

/** A generated site and its database. */
export interface BenchSite {
  root: string;
  server: MariaDbServer;
  database: string;
  rows: DatabaseSpec;
}

const TRIMMED = ['wp-admin', 'wp-includes/js', 'wp-includes/blocks', 'wp-includes/css', 'wp-content/themes'];

/** A server as people run one: a buffer pool that holds a site's tables, and every commit on disk. */
export function startDatabaseServer(): Promise<MariaDbServer> {
  return MariaDbServer.start({
    args: [
      '--innodb-buffer-pool-size=1G',
      '--innodb-log-file-size=128M',
      '--innodb-flush-log-at-trx-commit=1',
      '--innodb-io-capacity=10000',
      '--innodb-io-capacity-max=20000',
    ],
  });
}

/** Installs WordPress and grows files and tables: the same ones each time, but for the bytes of uploads. */
export async function buildSite(server: MariaDbServer, root: string, spec: SiteSpec): Promise<BenchSite> {
  const database = `bench_${spec.name.replaceAll(/\W/g, '_').toLowerCase()}`;
  const account = await server.createDatabase(database);
  await WordPressSite.install({ root, database: account, tablePrefix: 'wp_' });
  if (spec.trimmed === true) for (const folder of TRIMMED) rmSync(join(root, folder), { recursive: true, force: true });
  growTree(root, spec, spec.name);
  const rows = databaseSpec(spec.databaseBytes);
  if (spec.databaseBytes > 0) {
    await fillDatabase(server.socket, database, rows, spec.name);
    await calm(server);
  }
  return { root, server, database, rows };
}

/** Waits until the server has written what it changed: it must not do so while something is measured. */
export async function calm(server: MariaDbServer): Promise<void> {
  await server.query('SET GLOBAL innodb_max_dirty_pages_pct = 0');
  for (let waited = 0; waited < 60_000; waited += 100) {
    const [row] = await server.query("SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'");
    if (Number(row?.['Value']) < 50) break;
    await pause(100);
  }
  await server.query('SET GLOBAL innodb_max_dirty_pages_pct = 90');
}
