import { defineEntity, p } from '@mikro-orm/core';
import { ObjectKind } from './stored-object.entity.js';

/**
 * A view: every object that a backup needs, its manifest and all bundles that this points into. Who asks what is needed asks here.
 * Both halves are of one table, so that the database can begin with a backup or with a key.
 */
export const BackupObjectSchema = defineEntity({
  name: 'BackupObject',
  tableName: 'backup_object',
  view: true,
  // Written as PostgreSQL gives it back: a test compares the two.
  expression: `
    select backup_bundle.backup_id, backup_bundle.bundle_key as key, 'bundle'::text as kind, backup_bundle.size,
        coalesce(
          (select m.bundle_sha256 from backup m where m.bundle_key = backup_bundle.bundle_key limit 1),
          (select s.sha256 from stored_object s where s.key = backup_bundle.bundle_key and s.sha256 is not null limit 1)
        ) as sha256
      from backup_bundle
    union all
    select backup.id as backup_id, backup.manifest_key as key, 'manifest'::text as kind, backup.manifest_size as size,
        backup.manifest_sha256 as sha256
      from backup`,
  properties: {
    backupId: p.uuid().primary(),
    key: p.text().primary(),
    kind: p.enum(() => ObjectKind),
    size: p.bigint('number'),
    /** Null where nobody has noted it: bundles in old catalogues. */
    sha256: p.text().nullable(),
  },
});
