import { Migration } from '@mikro-orm/migrations';

export class Migration20261127072000_users extends Migration {
  override name = 'Migration20261127072000_users';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "app_user" ("id" uuid not null, "name" text not null, "email" text null, "role" text not null, "restriction" jsonb null, "password_hash" text null, "sealed_totp" text null, "sealed_totp_pending" text null, "totp_step" bigint null, "recovery_hashes" jsonb not null default '[]', "disabled" boolean not null default false, "created_at" timestamptz(3) not null, "last_seen_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create unique index app_user_name_unique on app_user (lower(name));`);
    this.addSql(`create unique index app_user_email_unique on app_user (lower(email));`);
    this.addSql(
      `alter table "app_user" add constraint "app_user_role_check" check ("role" in ('viewer', 'operator', 'admin'));`,
    );
    this.addSql(
      `create table "user_session" ("id" uuid not null, "user_id" uuid not null, "hash" text not null, "created_at" timestamptz(3) not null, "last_used_at" timestamptz(3) not null, "expires_at" timestamptz(3) not null, "address" text not null, "user_agent" text null, primary key ("id"));`,
    );
    this.addSql(`alter table "user_session" add constraint "user_session_hash_unique" unique ("hash");`);
    this.addSql(`create index "user_session_user_id_index" on "user_session" ("user_id");`);
    this.addSql(
      `create table "password_reset" ("user_id" uuid not null, "hash" text not null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) not null, primary key ("user_id"));`,
    );
    this.addSql(`alter table "password_reset" add constraint "password_reset_hash_unique" unique ("hash");`);
    this.addSql(`alter table "audit_entry" drop constraint "audit_entry_actor_check";`);
    this.addSql(
      `alter table "audit_entry" add constraint "audit_entry_actor_check" check ("actor" in ('token', 'user', 'system', 'nobody'));`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table "password_reset";`);
    this.addSql(`drop table "user_session";`);
    this.addSql(`drop table "app_user";`);
    // What people did stays; to a version without people they are programs. Not checked again: no row of the log can be changed.
    this.addSql(`alter table "audit_entry" drop constraint "audit_entry_actor_check";`);
    this.addSql(
      `alter table "audit_entry" add constraint "audit_entry_actor_check" check ("actor" in ('token', 'system', 'nobody')) not valid;`,
    );
  }
}
