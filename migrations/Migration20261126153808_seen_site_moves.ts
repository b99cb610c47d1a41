import { Migration } from '@mikro-orm/migrations';

export class Migration20261126153808_seen_site_moves extends Migration {
  override name = 'Migration20261126153808_seen_site_moves';

  override up(): void | Promise<void> {
    this.addSql(`alter table "seen_site" add "database" text null, add "moved_from" text null;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "seen_site" drop column "database", drop column "moved_from";`);
  }
}
