import { Migration } from '@mikro-orm/migrations';

export class Migration20261126153046_delivery_claims extends Migration {
  override name = 'Migration20261126153046_delivery_claims';

  override up(): void | Promise<void> {
    this.addSql(`create table "notification_cursor" ("id" serial primary key, "event_id" bigint not null);`);

    this.addSql(`alter table "notification_delivery" add "claimed_until" timestamptz(3) null;`);
    this.addSql(
      `create index "notification_delivery_topic_created_at_index" on "notification_delivery" ("topic", "created_at");`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "notification_cursor" cascade;`);

    this.addSql(`drop index "notification_delivery_topic_created_at_index";`);
    this.addSql(`alter table "notification_delivery" drop column "claimed_until";`);
  }
}
