import { Migration } from '@mikro-orm/migrations';

export class Migration20261124063500_bundle_references extends Migration {
  override name = 'Migration20261124063500_bundle_references';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "backup_bundle" ("backup_id" uuid not null, "bundle_key" text not null, "size" bigint not null, "own" boolean not null, primary key ("backup_id", "bundle_key"));`,
    );
    this.addSql(`create index "backup_bundle_bundle_key_index" on "backup_bundle" ("bundle_key");`);
    this.addSql(
      `create table "damaged_bundle" ("provider_id" uuid not null, "bundle_key" text not null, "found_at" timestamptz(3) not null, primary key ("provider_id", "bundle_key"));`,
    );
    // Until now every backup was a full one.
    this.addSql(
      `insert into "backup_bundle" ("backup_id", "bundle_key", "size", "own") select "id", "bundle_key", "bundle_size", true from "backup";`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "damaged_bundle";`);
    this.addSql(`drop table if exists "backup_bundle";`);
  }
}
