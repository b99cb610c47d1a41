import { compactUtc } from '../../../common/clock.js';

/** Where a backup lies in a storage. */
export interface BackupKeys {
  bundleKey: string;
  manifestKey: string;
  /** About the site, for whoever finds the storage without the catalogue. */
  siteKey: string;
}

/** The keys of a backup: a function of its site, start and id, so that a restarted job writes the same objects again. */
export function keysFor(siteId: string, startedAt: Date, backupId: string): BackupKeys {
  const prefix = `sites/${siteId}/${compactUtc(startedAt)}-${backupId}`;
  return {
    bundleKey: `${prefix}.tar.zst`,
    manifestKey: `${prefix}.manifest.ndjson.zst`,
    siteKey: `sites/${siteId}/site.json`,
  };
}
