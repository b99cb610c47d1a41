import { Migration } from '@mikro-orm/migrations';

export class Migration20261126220336_node_key_rotation extends Migration {
  override name = 'Migration20261126220336_node_key_rotation';

  override up(): void | Promise<void> {
    this.addSql(`alter table "node" add "next_key_hash" text null, add "rotate_key" boolean not null default false;`);
    this.addSql(`alter table "node" add constraint "node_next_key_hash_unique" unique ("next_key_hash");`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "node" drop constraint "node_next_key_hash_unique";`);
    this.addSql(`alter table "node" drop column "next_key_hash", drop column "rotate_key";`);
  }
}
