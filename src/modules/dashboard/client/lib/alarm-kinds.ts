import type { Dto } from '../api/client.ts';

export type AlarmKind = Dto<'AlarmDto'>['kind'];

/** What each kind of alarm is called. */
export const ALARM_KINDS: Record<AlarmKind, string> = {
  'backup.overdue': 'Backup overdue',
  'backup.failed': 'Backup failed',
  'backup.partial': 'Backup with warnings',
  'backup.shrunk': 'Backup shrunk',
  'copy.damaged': 'Copy damaged',
  'proof.overdue': 'Proof overdue',
  'quota.near': 'Quota nearly used up',
  'storage.unreachable': 'Storage unreachable',
  'node.offline': 'Node offline',
  'disk.low': 'Disk nearly full',
  'site.vanished': 'Site vanished',
  'notification.undelivered': 'Notification undelivered',
};

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the record above
export const alarmKinds = Object.keys(ALARM_KINDS) as AlarmKind[];
