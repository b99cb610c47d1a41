import { Migration } from '@mikro-orm/migrations';

/** Whose the folder of a seen site is: a move to somebody else's is not followed. */
export class Migration20261126182000_seen_site_owner extends Migration {
  override name = 'Migration20261126182000_seen_site_owner';

  override up(): void {
    this.addSql(`alter table "seen_site" add "owner_uid" bigint null;`);
  }

  override down(): void {
    this.addSql(`alter table "seen_site" drop column "owner_uid";`);
  }
}
