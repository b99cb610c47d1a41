import { Migration } from '@mikro-orm/migrations';

export class Migration20261126131914_backup_object extends Migration {
  override name = 'Migration20261126131914_backup_object';

  override up(): void | Promise<void> {
    this.addSql(`create index "backup_bundle_key_index" on "backup" ("bundle_key");`);
    this.addSql(`create index "backup_manifest_key_index" on "backup" ("manifest_key");`);

    this
      .addSql(`create view "backup_object" as select backup_bundle.backup_id, backup_bundle.bundle_key as key, 'bundle'::text as kind, backup_bundle.size,
        coalesce(
          (select m.bundle_sha256 from backup m where m.bundle_key = backup_bundle.bundle_key limit 1),
          (select s.sha256 from stored_object s where s.key = backup_bundle.bundle_key and s.sha256 is not null limit 1)
        ) as sha256
      from backup_bundle
    union all
    select backup.id as backup_id, backup.manifest_key as key, 'manifest'::text as kind, backup.manifest_size as size,
        backup.manifest_sha256 as sha256
      from backup;`);
  }
}
