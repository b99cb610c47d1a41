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
import { Job, JobSchema } from '../modules/jobs/job.entity.js';
import { MirroredRow, MirroredRowSchema } from '../modules/mirror/mirrored-row.entity.js';
import { Quota, QuotaReservation, QuotaReservationSchema, QuotaSchema } from '../modules/quota/quota.entity.js';
import { Reconciliation, ReconciliationSchema } from '../modules/reconcile/reconciliation.entity.js';
import { Setting, SettingSchema } from '../modules/settings/setting.entity.js';
import { Site, SiteSchema } from '../modules/sites/site.entity.js';
import { StorageProvider, StorageProviderSchema } from '../modules/storage/storage-provider.entity.js';

/** Every table and view of the application; the one place that names them all. */
export const entities = [
  ApiTokenSchema,
  BackupSchema,
  BackupCopySchema,
  BackupBundleSchema,
  BackupObjectSchema,
  StoredObjectSchema,
  JobSchema,
  JobEventSchema,
  MirroredRowSchema,
  QuotaSchema,
  QuotaReservationSchema,
  ReconciliationSchema,
  SettingSchema,
  SiteSchema,
  StorageProviderSchema,
];

export {
  ApiToken,
  Backup,
  BackupBundle,
  BackupCopy,
  Job,
  JobEvent,
  MirroredRow,
  Quota,
  QuotaReservation,
  Reconciliation,
  Setting,
  Site,
  StorageProvider,
  StoredObject,
};
