import { Migration } from '@mikro-orm/migrations';

export class Migration20261126154725_job_follow_up extends Migration {
  override name = 'Migration20261126154725_job_follow_up';

  override up(): void | Promise<void> {
    this.addSql(`alter table "job" add "follow_up" boolean not null default false;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "job" drop column "follow_up";`);
  }
}
