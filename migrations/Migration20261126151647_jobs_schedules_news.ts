import { Migration } from '@mikro-orm/migrations';

export class Migration20261126151647_jobs_schedules_news extends Migration {
  override name = 'Migration20261126151647_jobs_schedules_news';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "alarm" ("id" uuid not null, "kind" text not null, "subject" text not null, "severity" text not null, "site_id" uuid null, "provider_id" uuid null, "message" text not null, "hint" text null, "context" jsonb not null, "raised_at" timestamptz(3) not null, "last_seen_at" timestamptz(3) not null, "cleared_at" timestamptz(3) null, "acknowledged_at" timestamptz(3) null, "acknowledged_by" text null, primary key ("id"));`,
    );
    this.addSql(`create index "alarm_cleared_at_raised_at_index" on "alarm" ("cleared_at", "raised_at");`);
    this.addSql(`create index "alarm_site_id_raised_at_index" on "alarm" ("site_id", "raised_at");`);
    this.addSql(`create unique index alarm_one_open_per_subject on alarm (kind, subject) where cleared_at is null;`);

    this.addSql(
      `create table "audit_entry" ("id" bigserial primary key, "at" timestamptz(3) not null, "actor" text not null, "actor_id" uuid null, "actor_name" text null, "role" text null, "address" text null, "user_agent" text null, "action" text not null, "target_id" text null, "status" int null, "error" text null, "details" jsonb not null);`,
    );
    this.addSql(`create index "audit_entry_at_index" on "audit_entry" ("at");`);
    this.addSql(`create index "audit_entry_target_id_at_index" on "audit_entry" ("target_id", "at");`);
    this.addSql(`create index "audit_entry_actor_id_at_index" on "audit_entry" ("actor_id", "at");`);

    // Append-only: a row is never changed, and goes only when it is a year old.
    this.addSql(`create function audit_entry_guard() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' and old.at < now() - interval '1 year' then return old; end if;
        raise exception 'the audit log is append-only';
      end $$;`);
    this.addSql(
      `create trigger audit_entry_append_only before update or delete on audit_entry for each row execute function audit_entry_guard();`,
    );
    this.addSql(
      `create trigger audit_entry_no_truncate before truncate on audit_entry for each statement execute function audit_entry_guard();`,
    );

    this.addSql(
      `create table "hook" ("id" uuid not null, "name" text not null, "site_id" uuid null, "label" text null, "jobs" jsonb not null, "moment" text not null, "position" int not null default 0, "action" jsonb not null, "sealed" text null, "time_limit_seconds" int not null default 60, "on_failure" text not null, "enabled" boolean not null default true, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`create index "hook_site_id_index" on "hook" ("site_id");`);

    this.addSql(
      `create table "notification_channel" ("id" uuid not null, "name" text not null, "kind" text not null, "settings" jsonb not null, "sealed" text null, "enabled" boolean not null default true, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "notification_channel" add constraint "notification_channel_name_unique" unique ("name");`,
    );

    this.addSql(
      `create table "notification_delivery" ("id" uuid not null, "channel_id" uuid not null, "rule_id" uuid null, "site_id" uuid null, "topic" text not null, "digest" boolean not null default false, "message" jsonb not null, "state" text not null, "attempts" int not null default 0, "next_attempt_at" timestamptz(3) null, "error" text null, "response" text null, "created_at" timestamptz(3) not null, "sent_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `create index "notification_delivery_state_next_attempt_at_index" on "notification_delivery" ("state", "next_attempt_at");`,
    );
    this.addSql(
      `create index "notification_delivery_channel_id_created_at_index" on "notification_delivery" ("channel_id", "created_at");`,
    );
    this.addSql(`create index "notification_delivery_created_at_index" on "notification_delivery" ("created_at");`);

    this.addSql(
      `create table "notification_rule" ("id" uuid not null, "name" text not null, "events" jsonb not null, "min_severity" text not null, "sites" jsonb not null, "channel_ids" jsonb not null, "quiet_hours" jsonb null, "digest" jsonb null, "recovered" boolean not null default true, "remind_hours" int null, "enabled" boolean not null default true, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`alter table "notification_rule" add constraint "notification_rule_name_unique" unique ("name");`);

    this.addSql(
      `create table "schedule" ("id" uuid not null, "name" text not null, "kind" text not null, "scope" text not null, "scope_value" text null, "rhythm" jsonb not null, "time_zone" text null, "jitter_seconds" int not null default 0, "blackouts" jsonb not null, "missed" text not null, "max_per_node" int null, "options" jsonb not null, "paused" boolean not null default false, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(
      `create unique index schedule_one_per_scope on schedule (kind, scope, scope_value) nulls not distinct;`,
    );

    this.addSql(
      `create table "schedule_slot" ("site_id" uuid not null, "kind" text not null, "slot_at" timestamptz(3) not null, "schedule_id" uuid not null, "outcome" text not null, "job_id" uuid null, "note" text null, "decided_at" timestamptz(3) not null, primary key ("site_id", "kind", "slot_at"));`,
    );
    this.addSql(
      `create index "schedule_slot_schedule_id_slot_at_index" on "schedule_slot" ("schedule_id", "slot_at");`,
    );
    this.addSql(`create index "schedule_slot_decided_at_index" on "schedule_slot" ("decided_at");`);

    this.addSql(
      `create table "schedule_state" ("site_id" uuid not null, "kind" text not null, "schedule_id" uuid not null, "fingerprint" text not null, "next_slot" timestamptz(3) null, "due_at" timestamptz(3) null, "waiting" text null, "last_slot" timestamptz(3) null, "since" timestamptz(3) not null, "updated_at" timestamptz(3) not null, primary key ("site_id", "kind"));`,
    );
    this.addSql(`create index "schedule_state_due_at_index" on "schedule_state" ("due_at");`);

    this.addSql(
      `create table "seen_site" ("path" text not null, "module" text not null, "name" text not null, "identity" text not null, "found_at" timestamptz(3) not null, "last_seen_at" timestamptz(3) not null, "vanished_at" timestamptz(3) null, primary key ("path"));`,
    );

    this.addSql(`alter table "backup" add "row_count" bigint null;`);

    this.addSql(
      `alter table "job" add "attempts" jsonb not null default '[]', add "kept_until" timestamptz(3) null, add "retry_at" timestamptz(3) null, add "trigger" text not null default 'manual', add "schedule_id" uuid null, add "slot_at" timestamptz(3) null;`,
    );
    this.addSql(`create index "job_kept_until_index" on "job" ("kept_until");`);
    this.addSql(
      `alter table "job" add constraint "job_trigger_check" check ("trigger" in ('manual', 'schedule', 'system'));`,
    );

    this.addSql(`alter table "job_event" alter column "job_id" drop not null;`);
    this.addSql(`alter table "job_event" alter column "site_id" drop not null;`);

    this.addSql(
      `alter table "site" add "labels" jsonb not null default '[]', add "time_zone" text null, add "alarms" jsonb null;`,
    );

    this.addSql(
      `alter table "alarm" add constraint "alarm_kind_check" check ("kind" in ('backup.overdue', 'backup.failed', 'backup.partial', 'backup.shrunk', 'copy.damaged', 'proof.overdue', 'quota.near', 'storage.unreachable', 'node.offline', 'disk.low', 'site.vanished'));`,
    );
    this.addSql(
      `alter table "alarm" add constraint "alarm_severity_check" check ("severity" in ('warning', 'critical'));`,
    );

    this.addSql(
      `alter table "audit_entry" add constraint "audit_entry_actor_check" check ("actor" in ('token', 'system', 'nobody'));`,
    );

    this.addSql(
      `alter table "hook" add constraint "hook_on_failure_check" check ("on_failure" in ('ignore', 'warn', 'fail', 'retry'));`,
    );

    this.addSql(
      `alter table "notification_channel" add constraint "notification_channel_kind_check" check ("kind" in ('email', 'slack', 'discord', 'teams', 'telegram', 'ntfy', 'webhook', 'healthchecks', 'uptime-kuma'));`,
    );

    this.addSql(
      `alter table "notification_delivery" add constraint "notification_delivery_state_check" check ("state" in ('waiting', 'sent', 'failed', 'dropped'));`,
    );

    this.addSql(
      `alter table "notification_rule" add constraint "notification_rule_min_severity_check" check ("min_severity" in ('info', 'warning', 'critical'));`,
    );

    this.addSql(
      `alter table "schedule" add constraint "schedule_kind_check" check ("kind" in ('backup', 'verify', 'retention', 'reconcile', 'scan'));`,
    );
    this.addSql(
      `alter table "schedule" add constraint "schedule_scope_check" check ("scope" in ('all', 'node', 'label', 'site'));`,
    );
    this.addSql(
      `alter table "schedule" add constraint "schedule_missed_check" check ("missed" in ('run-once', 'skip'));`,
    );

    this.addSql(
      `alter table "schedule_slot" add constraint "schedule_slot_outcome_check" check ("outcome" in ('started', 'skipped', 'missed', 'failed'));`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "alarm" cascade;`);
    this.addSql(`drop table if exists "audit_entry" cascade;`);
    this.addSql(`drop function if exists audit_entry_guard();`);
    this.addSql(`drop table if exists "hook" cascade;`);
    this.addSql(`drop table if exists "notification_channel" cascade;`);
    this.addSql(`drop table if exists "notification_delivery" cascade;`);
    this.addSql(`drop table if exists "notification_rule" cascade;`);
    this.addSql(`drop table if exists "schedule" cascade;`);
    this.addSql(`drop table if exists "schedule_slot" cascade;`);
    this.addSql(`drop table if exists "schedule_state" cascade;`);
    this.addSql(`drop table if exists "seen_site" cascade;`);

    this.addSql(`alter table "backup" drop column "row_count";`);

    this.addSql(`drop index "job_kept_until_index";`);
    this.addSql(`alter table "job" drop constraint "job_trigger_check";`);
    this.addSql(
      `alter table "job" drop column "attempts", drop column "kept_until", drop column "retry_at", drop column "trigger", drop column "schedule_id", drop column "slot_at";`,
    );

    this.addSql(`alter table "job_event" alter column "job_id" set not null;`);
    this.addSql(`alter table "job_event" alter column "site_id" set not null;`);

    this.addSql(`alter table "site" drop column "labels", drop column "time_zone", drop column "alarms";`);
  }
}
