import { defineEntity, p } from '@mikro-orm/core';

/** What an alarm is about. */
export const AlarmKind = {
  /** No good backup where the schedule says there must be one. */
  BackupOverdue: 'backup.overdue',
  BackupFailed: 'backup.failed',
  BackupPartial: 'backup.partial',
  /** Size, files or rows fell by more than the limit. */
  BackupShrunk: 'backup.shrunk',
  CopyDamaged: 'copy.damaged',
  ProofOverdue: 'proof.overdue',
  QuotaNear: 'quota.near',
  StorageUnreachable: 'storage.unreachable',
  NodeOffline: 'node.offline',
  DiskLow: 'disk.low',
  SiteVanished: 'site.vanished',
  /** A channel of notifications does not take them. */
  NotificationUndelivered: 'notification.undelivered',
} as const;
export type AlarmKind = (typeof AlarmKind)[keyof typeof AlarmKind];

export const Severity = { Warning: 'warning', Critical: 'critical' } as const;
export type Severity = (typeof Severity)[keyof typeof Severity];

/** Something that is not as it must be, from when it was noticed until it is well again. One open one per subject. */
export const AlarmSchema = defineEntity({
  name: 'Alarm',
  tableName: 'alarm',
  uniques: [
    {
      name: 'alarm_one_open_per_subject',
      expression: 'create unique index alarm_one_open_per_subject on alarm (kind, subject) where cleared_at is null',
    },
  ],
  indexes: [{ properties: ['clearedAt', 'raisedAt'] }, { properties: ['siteId', 'raisedAt'] }],
  properties: {
    id: p.uuid().primary(),
    kind: p.enum(() => AlarmKind),
    /** What it is about within its kind: the id of a site, storage, node, quota or channel, or a path. */
    subject: p.text(),
    severity: p.enum(() => Severity),
    siteId: p.uuid().nullable(),
    providerId: p.uuid().nullable(),
    /** A sentence for a person. */
    message: p.text(),
    /** What a person can do. */
    hint: p.text().nullable(),
    /** Safe figures. */
    context: p.json<Record<string, unknown>>(),
    raisedAt: p.datetime(3),
    lastSeenAt: p.datetime(3),
    clearedAt: p.datetime(3).nullable(),
    /** Somebody has seen it: no more reminders until it is cleared. */
    acknowledgedAt: p.datetime(3).nullable(),
    acknowledgedBy: p.text().nullable(),
  },
});

export class Alarm extends AlarmSchema.class {}
AlarmSchema.setClass(Alarm);
