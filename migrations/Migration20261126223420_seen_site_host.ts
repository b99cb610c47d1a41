import { Migration } from '@mikro-orm/migrations';

export class Migration20261126223420_seen_site_host extends Migration {
  override name = 'Migration20261126223420_seen_site_host';

  override up(): void | Promise<void> {
    this.addSql(`alter table "seen_site" drop constraint "seen_site_pkey";`);
    // What was seen so far is on the master's own host.
    this.addSql(`alter table "seen_site" add "node_id" uuid not null default '00000000-0000-0000-0000-000000000000';`);
    this.addSql(`alter table "seen_site" alter "node_id" drop default;`);
    this.addSql(`alter table "seen_site" add primary key ("node_id", "path");`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "seen_site" drop constraint "seen_site_pkey";`);
    this.addSql(`delete from "seen_site" where "node_id" <> '00000000-0000-0000-0000-000000000000';`);
    this.addSql(`alter table "seen_site" drop column "node_id";`);
    this.addSql(`alter table "seen_site" add primary key ("path");`);
  }
}
