import { Migration } from '@mikro-orm/migrations';

export class Migration20261126215308_nodes extends Migration {
  override name = 'Migration20261126215308_nodes';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "node" ("id" uuid not null, "name" text not null, "hostname" text not null, "version" text null, "key_hash" text null, "key_hint" text null, "key_issued_at" timestamptz(3) null, "key_used" boolean not null default false, "blocked" boolean not null default false, "limits" jsonb null, "facts" jsonb null, "load" jsonb null, "health" text not null default 'new', "health_since" timestamptz(3) not null, "boot_id" text null, "last_seen_at" timestamptz(3) null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`alter table "node" add constraint "node_name_unique" unique ("name");`);
    this.addSql(`alter table "node" add constraint "node_key_hash_unique" unique ("key_hash");`);

    this.addSql(
      `create table "node_join" ("id" uuid not null, "name" text not null, "hostname" text not null, "version" text not null, "code" text null, "secret_hash" text not null, "status" text not null, "node_id" uuid null, "address" text not null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`alter table "node_join" add constraint "node_join_code_unique" unique ("code");`);
    this.addSql(`create index "node_join_status_expires_at_index" on "node_join" ("status", "expires_at");`);

    this.addSql(
      `create table "node_sample" ("node_id" uuid not null, "at" timestamptz(3) not null, "heartbeats" int not null, "load1" double precision not null, "memory_free_bytes" double precision not null, "disk_free_share" double precision null, "sent_bytes" double precision not null, "received_bytes" double precision not null, "runs" double precision not null, primary key ("node_id", "at"));`,
    );
    this.addSql(`create index "node_sample_at_index" on "node_sample" ("at");`);

    this.addSql(
      `create table "node_task" ("id" uuid not null, "node_id" uuid not null, "kind" text not null, "sealed" text not null, "status" text not null, "seq" int not null default 0, "parts" jsonb not null, "result" jsonb null, "error" jsonb null, "time_limit_seconds" int not null, "created_at" timestamptz(3) not null, "taken_at" timestamptz(3) null, "finished_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create index "node_task_node_id_status_index" on "node_task" ("node_id", "status");`);

    this.addSql(
      `create table "node_token" ("id" uuid not null, "hash" text not null, "hint" text not null, "name" text null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) not null, "used_at" timestamptz(3) null, "used_by" uuid null, primary key ("id"));`,
    );
    this.addSql(`alter table "node_token" add constraint "node_token_hash_unique" unique ("hash");`);

    this.addSql(
      `alter table "job" add "node_id" uuid null, add "taken_at" timestamptz(3) null, add "report_seq" int not null default 0;`,
    );
    this.addSql(`create index "job_node_id_status_index" on "job" ("node_id", "status");`);

    this.addSql(
      `alter table "node" add constraint "node_health_check" check ("health" in ('new', 'online', 'stale', 'offline'));`,
    );

    this.addSql(
      `alter table "node_join" add constraint "node_join_status_check" check ("status" in ('waiting', 'approved', 'refused'));`,
    );

    this.addSql(
      `alter table "node_task" add constraint "node_task_status_check" check ("status" in ('waiting', 'taken', 'done', 'failed'));`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "node" cascade;`);
    this.addSql(`drop table if exists "node_join" cascade;`);
    this.addSql(`drop table if exists "node_sample" cascade;`);
    this.addSql(`drop table if exists "node_task" cascade;`);
    this.addSql(`drop table if exists "node_token" cascade;`);

    this.addSql(`drop index "job_node_id_status_index";`);
    this.addSql(`alter table "job" drop column "node_id", drop column "taken_at", drop column "report_seq";`);
  }
}
