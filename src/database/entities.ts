import { Alarm, AlarmSchema } from '../modules/alarms/alarm.entity.js';
import { AuditEntry, AuditEntrySchema } from '../modules/audit/audit-entry.entity.js';
import { ApiToken, ApiTokenSchema } from '../modules/auth/api-token.entity.js';
import {
  Backup,
  BackupBundle,
  BackupBundleSchema,
  BackupCopy,
  BackupCopySchema,
  BackupSchema,
} from '../modules/backups/backup.entity.js';
import { BackupObjectSchema } from '../modules/backups/backup-object.entity.js';
import { StoredObject, StoredObjectSchema } from '../modules/backups/stored-object.entity.js';
import { JobEvent, JobEventSchema } from '../modules/events/job-event.entity.js';
import { Hook, HookSchema } from '../modules/hooks/hook.entity.js';
import { Job, JobSchema } from '../modules/jobs/job.entity.js';
import { MirroredRow, MirroredRowSchema } from '../modules/mirror/mirrored-row.entity.js';
import {
  NotificationChannel,
  NotificationChannelSchema,
  NotificationCursor,
  NotificationCursorSchema,
  NotificationDelivery,
  NotificationDeliverySchema,
  NotificationRule,
  NotificationRuleSchema,
} from '../modules/notifications/notification.entity.js';
import {
  Node,
  NodeJoin,
  NodeJoinSchema,
  NodeSample,
  NodeSampleSchema,
  NodeSchema,
  NodeTask,
  NodeTaskSchema,
  NodeToken,
  NodeTokenSchema,
} from '../modules/nodes/node.entity.js';
import { Quota, QuotaReservation, QuotaReservationSchema, QuotaSchema } from '../modules/quota/quota.entity.js';
import { Reconciliation, ReconciliationSchema } from '../modules/reconcile/reconciliation.entity.js';
import {
  Schedule,
  ScheduleSchema,
  ScheduleSlot,
  ScheduleSlotSchema,
  ScheduleState,
  ScheduleStateSchema,
  SeenSite,
  SeenSiteSchema,
} from '../modules/schedules/schedule.entity.js';
import { Setting, SettingSchema } from '../modules/settings/setting.entity.js';
import { Site, SiteSchema } from '../modules/sites/site.entity.js';
import { StorageProvider, StorageProviderSchema } from '../modules/storage/storage-provider.entity.js';
import {
  PasswordReset,
  PasswordResetSchema,
  User,
  UserSchema,
  UserSession,
  UserSessionSchema,
} from '../modules/users/user.entity.js';

/** Every table and view of the application; the one place that names them all. */
export const entities = [
  AlarmSchema,
  AuditEntrySchema,
  ApiTokenSchema,
  BackupSchema,
  BackupCopySchema,
  BackupBundleSchema,
  BackupObjectSchema,
  StoredObjectSchema,
  HookSchema,
  JobSchema,
  JobEventSchema,
  MirroredRowSchema,
  NodeSchema,
  NodeJoinSchema,
  NodeSampleSchema,
  NodeTaskSchema,
  NodeTokenSchema,
  NotificationChannelSchema,
  NotificationCursorSchema,
  NotificationDeliverySchema,
  NotificationRuleSchema,
  QuotaSchema,
  QuotaReservationSchema,
  ReconciliationSchema,
  ScheduleSchema,
  ScheduleSlotSchema,
  ScheduleStateSchema,
  SeenSiteSchema,
  SettingSchema,
  SiteSchema,
  StorageProviderSchema,
  UserSchema,
  UserSessionSchema,
  PasswordResetSchema,
];

export {
  Alarm,
  AuditEntry,
  ApiToken,
  Backup,
  BackupBundle,
  BackupCopy,
  Hook,
  Job,
  JobEvent,
  MirroredRow,
  Node,
  NodeJoin,
  NodeSample,
  NodeTask,
  NodeToken,
  NotificationChannel,
  NotificationCursor,
  NotificationDelivery,
  NotificationRule,
  Quota,
  QuotaReservation,
  Reconciliation,
  Schedule,
  ScheduleSlot,
  ScheduleState,
  SeenSite,
  Setting,
  Site,
  StorageProvider,
  StoredObject,
  User,
  UserSession,
  PasswordReset,
};
