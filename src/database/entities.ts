import { ApiToken, ApiTokenSchema } from '../modules/auth/api-token.entity.js';
import {
  Backup,
  BackupBundle,
  BackupBundleSchema,
  BackupCopy,
  BackupCopySchema,
  BackupSchema,
  DamagedBundle,
  DamagedBundleSchema,
} from '../modules/backups/backup.entity.js';
import { JobEvent, JobEventSchema } from '../modules/events/job-event.entity.js';
import { Job, JobSchema } from '../modules/jobs/job.entity.js';
import { Site, SiteSchema } from '../modules/sites/site.entity.js';
import { StorageProvider, StorageProviderSchema } from '../modules/storage/storage-provider.entity.js';

/** Every table of the application; the one place that names them all. */
export const entities = [
  ApiTokenSchema,
  BackupSchema,
  BackupCopySchema,
  BackupBundleSchema,
  DamagedBundleSchema,
  JobSchema,
  JobEventSchema,
  SiteSchema,
  StorageProviderSchema,
];

export { ApiToken, Backup, BackupBundle, BackupCopy, DamagedBundle, Job, JobEvent, Site, StorageProvider };
