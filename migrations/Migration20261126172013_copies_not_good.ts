import { Migration } from '@mikro-orm/migrations';

/** What the alarms ask for every minute: copies that are not good. */
export class Migration20261126172013_copies_not_good extends Migration {
  override name = 'Migration20261126172013_copies_not_good';

  override up(): void {
    this.addSql(`create index backup_copy_not_good on backup_copy (backup_id) where state in ('damaged', 'missing');`);
  }

  override down(): void {
    this.addSql(`drop index "backup_copy_not_good";`);
  }
}
