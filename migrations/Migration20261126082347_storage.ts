import { Migration } from '@mikro-orm/migrations';

export class Migration20261126082347_storage extends Migration {
  override name = 'Migration20261126082347_storage';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "mirrored_row" ("table_name" text not null, "row_id" text not null, "hash" text not null, "sent_at" timestamptz(3) not null, primary key ("table_name", "row_id"));`,
    );

    this.addSql(
      `create table "quota" ("id" uuid not null, "scope" text not null, "subject_id" uuid null, "bytes" bigint not null, "over" text not null, "updated_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`create unique index quota_one_per_subject on quota (scope, subject_id) nulls not distinct;`);

    this.addSql(
      `create table "quota_reservation" ("job_id" uuid not null, "provider_id" uuid not null, "site_id" uuid not null, "bytes" bigint not null, "created_at" timestamptz(3) not null, primary key ("job_id", "provider_id"));`,
    );
    this.addSql(`create index "quota_reservation_provider_id_index" on "quota_reservation" ("provider_id");`);
    this.addSql(`create index "quota_reservation_site_id_index" on "quota_reservation" ("site_id");`);

    this.addSql(
      `create table "reconciliation" ("id" uuid not null, "provider_id" uuid not null, "status" text not null, "actions" jsonb not null, "runner_id" text null, "counts" jsonb not null, "findings" jsonb not null, "error" jsonb null, "started_at" timestamptz(3) not null, "finished_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `create index "reconciliation_provider_id_started_at_index" on "reconciliation" ("provider_id", "started_at");`,
    );
    this.addSql(`create index "reconciliation_started_at_index" on "reconciliation" ("started_at");`);

    this.addSql(
      `create table "setting" ("key" text not null, "value" jsonb not null, "sealed" text null, "updated_at" timestamptz(3) not null, primary key ("key"));`,
    );

    this.addSql(
      `create table "stored_object" ("provider_id" uuid not null, "key" text not null, "kind" text not null, "site_id" uuid not null, "size" bigint not null, "sha256" text null, "state" text not null, "read_at" timestamptz(3) null, "read_by" text null, "seen_at" timestamptz(3) null, "damaged_at" timestamptz(3) null, "created_at" timestamptz(3) not null, primary key ("provider_id", "key"));`,
    );
    this.addSql(`create index stored_object_in_key_order on stored_object (provider_id, key collate "C");`);
    this.addSql(`create index stored_object_oldest_read on stored_object (provider_id, read_at nulls first);`);
    this.addSql(`create index "stored_object_site_id_index" on "stored_object" ("site_id");`);
    this.addSql(`create index "stored_object_key_index" on "stored_object" ("key");`);

    // What the providers must have by now, as far as the catalogue knows it. The checksum of a bundle whose own backup is gone
    // stands in manifests only.
    this.addSql(
      `insert into "stored_object" ("provider_id", "key", "kind", "site_id", "size", "sha256", "state", "created_at")
        select distinct on (c."provider_id", r."bundle_key")
            c."provider_id", r."bundle_key", 'bundle', b."site_id", r."size", o."bundle_sha256",
            case when d."bundle_key" is null then 'present' else 'damaged' end, coalesce(o."created_at", b."created_at")
          from "backup_bundle" r
          join "backup" b on b."id" = r."backup_id"
          join "backup_copy" c on c."backup_id" = b."id"
          left join "backup" o on o."bundle_key" = r."bundle_key"
          left join "damaged_bundle" d on d."provider_id" = c."provider_id" and d."bundle_key" = r."bundle_key"
          order by c."provider_id", r."bundle_key", b."created_at";`,
    );
    this.addSql(
      `insert into "stored_object" ("provider_id", "key", "kind", "site_id", "size", "sha256", "state", "created_at")
        select c."provider_id", b."manifest_key", 'manifest', b."site_id", b."manifest_size", b."manifest_sha256",
            case when c."state" = 'missing' then 'missing' else 'present' end, b."created_at"
          from "backup" b join "backup_copy" c on c."backup_id" = b."id";`,
    );
    // Read back by a full verify.
    this.addSql(
      `update "stored_object" s set "read_at" = v."at", "read_by" = 'verify'
        from (select c."provider_id", k."key", max(c."verified_at") as "at"
            from "backup_copy" c join "backup" b on b."id" = c."backup_id"
            join lateral (select b."manifest_key" as "key" union all
              select r."bundle_key" from "backup_bundle" r where r."backup_id" = b."id") k on true
            where c."state" = 'verified' group by 1, 2) v
        where s."provider_id" = v."provider_id" and s."key" = v."key" and s."state" = 'present';`,
    );
    this.addSql(`drop table if exists "damaged_bundle";`);

    this.addSql(
      `alter table "backup" add "pinned" boolean not null default false, add "pin_note" text null, add "expires_at" timestamptz(3) null;`,
    );
    this.addSql(`create index "backup_expires_at_index" on "backup" ("expires_at");`);

    this.addSql(`alter table "job" drop constraint "job_kind_check";`);
    this.addSql(
      `alter table "job" add constraint "job_kind_check" check ("kind" in ('backup', 'restore', 'verify', 'repair'));`,
    );

    this.addSql(`alter table "site" add "destinations" jsonb null, add "retention" jsonb null;`);

    this.addSql(`drop index "storage_provider_one_default";`);

    this.addSql(
      `alter table "quota" add constraint "quota_scope_check" check ("scope" in ('site', 'node', 'provider'));`,
    );
    this.addSql(`alter table "quota" add constraint "quota_over_check" check ("over" in ('fail', 'prune'));`);

    this.addSql(
      `alter table "reconciliation" add constraint "reconciliation_status_check" check ("status" in ('running', 'completed', 'failed'));`,
    );

    this.addSql(
      `alter table "stored_object" add constraint "stored_object_kind_check" check ("kind" in ('bundle', 'manifest'));`,
    );
    this.addSql(
      `alter table "stored_object" add constraint "stored_object_state_check" check ("state" in ('present', 'damaged', 'missing'));`,
    );
    this.addSql(
      `alter table "stored_object" add constraint "stored_object_read_by_check" check ("read_by" in ('verify', 'ledger', 'repair'));`,
    );
  }
}
