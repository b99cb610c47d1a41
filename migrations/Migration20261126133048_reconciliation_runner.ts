import { Migration } from '@mikro-orm/migrations';

export class Migration20261126133048_reconciliation_runner extends Migration {
  override name = 'Migration20261126133048_reconciliation_runner';

  override up(): void | Promise<void> {
    this.addSql(`alter table "reconciliation" drop column "runner_id";`);
  }
}
