import type { RowName } from '../options.js';
import { apiLatency, firstBackup } from './first-backup.js';
import { memoryByBytes, memoryByFiles, unchangedMillion } from './growing.js';
import { dayTwo, unchanged, unchangedFiles } from './later-backups.js';
import { nodes, nodesAtOnce, nodesLimit, nodesTwoMasters } from './nodes.js';
import { coldCache, siteS, siteSUnchanged } from './other-sites.js';
import { fullCheck, oneFile, restoreAll, restoreFiles } from './reading.js';
import type { Row } from './row.js';

/** Every row by its name. */
export const ROWS: Record<RowName, { title: string; run: Row }> = {
  first: { title: 'first backup, site M', run: firstBackup },
  latency: { title: 'API while a first backup of site M runs', run: apiLatency },
  'unchanged-files': { title: 'nothing changed, files', run: unchangedFiles },
  unchanged: { title: 'nothing changed, files and database', run: unchanged },
  'restore-files': { title: 'full restore, files', run: restoreFiles },
  restore: { title: 'full restore, files and database', run: restoreAll },
  'one-file': { title: 'one file', run: oneFile },
  check: { title: 'full check', run: fullCheck },
  day2: { title: 'day 2, files and database', run: dayTwo },
  cold: { title: 'first backup, files only, cold cache', run: coldCache },
  'site-s': { title: 'first backup, site S', run: siteS },
  'site-s-unchanged': { title: 'nothing changed, site S', run: siteSUnchanged },
  'memory-files': { title: 'peak memory by number of files', run: memoryByFiles },
  million: { title: '1,000,000 unchanged files', run: unchangedMillion },
  'memory-bytes': { title: 'peak memory by bytes', run: memoryByBytes },
  nodes: { title: '200 nodes, one master', run: nodes },
  'nodes-limit': { title: 'more nodes, at rest', run: nodesLimit },
  'nodes-two-masters': { title: '200 nodes, two masters', run: nodesTwoMasters },
  'nodes-at-once': { title: '200 nodes, all sites due at once', run: nodesAtOnce },
};
