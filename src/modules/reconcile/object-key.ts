const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const OF_BACKUP = new RegExp(`^(sites/(${UUID})/\\d{8}T\\d{6}Z-(${UUID}))\\.(tar\\.zst|manifest\\.ndjson\\.zst)$`);
const OF_SITE = new RegExp(`^sites/(${UUID})/site\\.json$`);
const OF_PROBE = /^probe\/[0-9a-f]{16}\.txt$/;
const OWN_FOLDER = 'catalogue/';

/** What an object is by its key alone. */
export type KeyMeaning =
  | { role: 'bundle' | 'manifest'; siteId: string; backupId: string; manifestKey: string }
  /** `site.json`: kept as long as anything of its site is there. */
  | { role: 'site'; siteId: string }
  /** Written by a test of the storage, which deletes it at once. */
  | { role: 'probe' }
  /** A backup of backupd's own catalogue, which looks after itself. */
  | { role: 'own' }
  | { role: 'foreign' };

/** Tells backupd's objects from others. What has none of its forms is foreign, wherever it lies. */
export function meaningOf(key: string): KeyMeaning {
  const [, prefix, siteId, backupId, suffix] = OF_BACKUP.exec(key) ?? [];
  if (prefix !== undefined && siteId !== undefined && backupId !== undefined) {
    const role = suffix === 'tar.zst' ? 'bundle' : 'manifest';
    return { role, siteId, backupId, manifestKey: `${prefix}.manifest.ndjson.zst` };
  }
  const ofSite = OF_SITE.exec(key)?.[1];
  if (ofSite !== undefined) return { role: 'site', siteId: ofSite };
  if (OF_PROBE.test(key)) return { role: 'probe' };
  return { role: key.startsWith(OWN_FOLDER) ? 'own' : 'foreign' };
}

/** Folder of all objects of the site. */
export function siteFolder(siteId: string): string {
  return `sites/${siteId}/`;
}
