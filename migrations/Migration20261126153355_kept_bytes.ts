import { Migration } from '@mikro-orm/migrations';

/** How much of a failed job's work is kept for a retry. */
export class Migration20261126153355_kept_bytes extends Migration {
  override name = 'Migration20261126153355_kept_bytes';

  override up(): void {
    this.addSql(`alter table "job" add "kept_bytes" bigint null;`);
  }

  override down(): void {
    this.addSql(`alter table "job" drop column "kept_bytes";`);
  }
}
