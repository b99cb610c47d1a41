import { hostname } from 'node:os';
import type { BackupStageContext } from '../../ports/index.js';

const SECRET_NAME = /pass|secret|key|token/i;

/** What `site.json` says: enough to know whose backups these are; nothing secret. */
export function aboutSite({ site }: BackupStageContext): Record<string, unknown> {
  const settings = Object.fromEntries(Object.entries(site.settings).filter(([name]) => !SECRET_NAME.test(name)));
  return {
    format: 'backupd-site/1',
    id: site.id,
    name: site.name,
    url: site.url,
    module: site.module,
    node: hostname(),
    path: site.path,
    settings,
    excludes: site.excludes,
    ...site.about,
  };
}
