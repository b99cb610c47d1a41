import { Migration } from '@mikro-orm/migrations';

export class Migration20261124031410_initial extends Migration {
  override name = 'Migration20261124031410_initial';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "api_token" ("id" uuid not null, "name" text not null, "role" text not null, "hash" text not null, "hint" text not null, "created_at" timestamptz(3) not null, "last_used_at" timestamptz(3) null, "expires_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`alter table "api_token" add constraint "api_token_hash_unique" unique ("hash");`);
    this.addSql(
      `alter table "api_token" add constraint "api_token_role_check" check ("role" in ('viewer', 'operator', 'admin'));`,
    );

    this.addSql(
      `create table "backup" ("id" uuid not null, "site_id" uuid not null, "site_name" text not null, "module" text not null, "job_id" uuid not null, "parent_backup_id" uuid null, "bundle_key" text not null, "bundle_size" bigint not null, "bundle_sha256" text not null, "manifest_key" text not null, "manifest_size" bigint not null, "manifest_sha256" text not null, "file_count" bigint not null, "source_bytes" bigint not null, "database_bytes" bigint not null, "stored_bytes" bigint not null, "warning_count" int not null default 0, "started_at" timestamptz(3) not null, "created_at" timestamptz(3) not null, "deleting_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create index "backup_site_id_started_at_index" on "backup" ("site_id", "started_at");`);
    this.addSql(`create index "backup_started_at_index" on "backup" ("started_at");`);

    this.addSql(
      `create table "backup_copy" ("backup_id" uuid not null, "provider_id" uuid not null, "state" text not null, "size" bigint not null, "verified_at" timestamptz(3) null, "checked_at" timestamptz(3) null, "created_at" timestamptz(3) not null, primary key ("backup_id", "provider_id"));`,
    );
    this.addSql(`create index "backup_copy_provider_id_index" on "backup_copy" ("provider_id");`);
    this.addSql(
      `alter table "backup_copy" add constraint "backup_copy_state_check" check ("state" in ('uploading', 'present', 'verified', 'damaged', 'missing'));`,
    );

    this.addSql(
      `create table "job" ("id" uuid not null, "site_id" uuid not null, "site_name" text not null, "module" text not null, "kind" text not null, "status" text not null, "priority" int not null default 0, "attempt" int not null default 0, "failures" int not null default 0, "stages" jsonb not null, "progress" jsonb null, "warnings" jsonb not null, "warning_count" int not null default 0, "error" jsonb null, "backup_id" uuid not null, "request" jsonb not null, "sealed_request" text null, "result" jsonb null, "delivery_id" uuid not null, "runner_id" text null, "cancel_requested_at" timestamptz(3) null, "litter" boolean not null default false, "created_at" timestamptz(3) not null, "started_at" timestamptz(3) null, "finished_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create index "job_site_id_created_at_index" on "job" ("site_id", "created_at");`);
    this.addSql(`create index "job_status_created_at_index" on "job" ("status", "created_at");`);
    this.addSql(`create index "job_created_at_index" on "job" ("created_at");`);
    this.addSql(`create index "job_backup_id_index" on "job" ("backup_id");`);
    this.addSql(`create unique index job_one_active_per_site on job (site_id) where status in ('pending', 'running');`);
    this.addSql(`alter table "job" add constraint "job_kind_check" check ("kind" in ('backup', 'restore', 'verify'));`);
    this.addSql(
      `alter table "job" add constraint "job_status_check" check ("status" in ('pending', 'running', 'completed', 'failed', 'cancelled'));`,
    );

    this.addSql(
      `create table "job_event" ("id" bigserial primary key, "job_id" uuid not null, "site_id" uuid not null, "type" text not null, "data" jsonb not null, "created_at" timestamptz(3) not null);`,
    );
    this.addSql(`create index "job_event_job_id_id_index" on "job_event" ("job_id", "id");`);
    this.addSql(`create index "job_event_site_id_id_index" on "job_event" ("site_id", "id");`);
    this.addSql(`create index "job_event_created_at_index" on "job_event" ("created_at");`);

    this.addSql(
      `create table "site" ("id" uuid not null, "name" text not null, "url" text null, "path" text not null, "node_id" uuid null, "module" text not null, "external_id" text null, "settings" jsonb not null, "excludes" jsonb not null, "overrides" jsonb not null, "paused" boolean not null default false, "description" jsonb null, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`alter table "site" add constraint "site_external_id_unique" unique ("external_id");`);
    this.addSql(`create index "site_name_index" on "site" ("name");`);
    this.addSql(`create unique index site_path_unique_per_node on site (node_id, path) nulls not distinct;`);

    this.addSql(
      `create table "storage_provider" ("id" uuid not null, "name" text not null, "kind" text not null, "settings" jsonb not null, "sealed_secrets" text null, "is_default" boolean not null default false, "enabled" boolean not null default true, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`alter table "storage_provider" add constraint "storage_provider_name_unique" unique ("name");`);
    this.addSql(`create unique index storage_provider_one_default on storage_provider (is_default) where is_default;`);
  }
}
