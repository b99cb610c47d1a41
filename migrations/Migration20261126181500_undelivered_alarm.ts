import { Migration } from '@mikro-orm/migrations';

/** The alarm of a channel that does not take its messages. */
export class Migration20261126181500_undelivered_alarm extends Migration {
  override name = 'Migration20261126181500_undelivered_alarm';

  override up(): void {
    this.addSql(`alter table "alarm" drop constraint "alarm_kind_check";`);
    this.addSql(
      `alter table "alarm" add constraint "alarm_kind_check" check ("kind" in ('backup.overdue', 'backup.failed', 'backup.partial', 'backup.shrunk', 'copy.damaged', 'proof.overdue', 'quota.near', 'storage.unreachable', 'node.offline', 'disk.low', 'site.vanished', 'notification.undelivered'));`,
    );
  }

  override down(): void {
    this.addSql(`delete from "alarm" where "kind" = 'notification.undelivered';`);
    this.addSql(`alter table "alarm" drop constraint "alarm_kind_check";`);
    this.addSql(
      `alter table "alarm" add constraint "alarm_kind_check" check ("kind" in ('backup.overdue', 'backup.failed', 'backup.partial', 'backup.shrunk', 'copy.damaged', 'proof.overdue', 'quota.near', 'storage.unreachable', 'node.offline', 'disk.low', 'site.vanished'));`,
    );
  }
}
