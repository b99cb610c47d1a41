import { defineEntity, p } from '@mikro-orm/core';

export const CopyState = {
  Uploading: 'uploading',
  Present: 'present',
  Verified: 'verified',
  Damaged: 'damaged',
  Missing: 'missing',
} as const;
export type CopyState = (typeof CopyState)[keyof typeof CopyState];

/** A finished, immutable copy of a site. The row is written last and removed last (rule 2); it outlives its site. */
export const BackupSchema = defineEntity({
  name: 'Backup',
  tableName: 'backup',
  indexes: [
    { properties: ['siteId', 'startedAt'] },
    { properties: ['startedAt'] },
    { properties: ['expiresAt'] },
    { properties: ['bundleKey'] },
    { properties: ['manifestKey'] },
  ],
  properties: {
    id: p.uuid().primary(),
    siteId: p.uuid(),
    siteName: p.text(),
    module: p.text(),
    jobId: p.uuid(),
    parentBackupId: p.uuid().nullable(),
    bundleKey: p.text(),
    bundleSize: p.bigint('number'),
    bundleSha256: p.text(),
    manifestKey: p.text(),
    manifestSize: p.bigint('number'),
    manifestSha256: p.text(),
    fileCount: p.bigint('number'),
    sourceBytes: p.bigint('number'),
    databaseBytes: p.bigint('number'),
    /** Rows of all dumped tables; null for a site without a database and for backups made before it was counted. */
    rowCount: p.bigint('number').nullable(),
    storedBytes: p.bigint('number'),
    warningCount: p.integer().default(0),
    /** Kept for ever: retention and quota never touch it. */
    pinned: p.boolean().default(false),
    pinNote: p.text().nullable(),
    /** Retention has let it go: it is deleted at this time; until then it can be kept after all. */
    expiresAt: p.datetime(3).nullable(),
    /** When its data was read. */
    startedAt: p.datetime(3),
    createdAt: p.datetime(3),
    /** Marked first, then manifest, bundle and row go. */
    deletingAt: p.datetime(3).nullable(),
  },
});

export class Backup extends BackupSchema.class {}
BackupSchema.setClass(Backup);

/** A backup's presence on one storage provider. */
export const BackupCopySchema = defineEntity({
  name: 'BackupCopy',
  tableName: 'backup_copy',
  indexes: [
    { properties: ['providerId'] },
    {
      name: 'backup_copy_not_good',
      // The alarms ask for these every minute and after each job: few, among all copies there are.
      expression: "create index backup_copy_not_good on backup_copy (backup_id) where state in ('damaged', 'missing')",
    },
  ],
  properties: {
    backupId: p.uuid().primary(),
    providerId: p.uuid().primary(),
    state: p.enum(() => CopyState),
    size: p.bigint('number'),
    verifiedAt: p.datetime(3).nullable(),
    checkedAt: p.datetime(3).nullable(),
    createdAt: p.datetime(3),
  },
});

export class BackupCopy extends BackupCopySchema.class {}
BackupCopySchema.setClass(BackupCopy);

/** A bundle that a backup's manifest points into. The bundle lives as long as one of these rows names it. */
export const BackupBundleSchema = defineEntity({
  name: 'BackupBundle',
  tableName: 'backup_bundle',
  indexes: [{ properties: ['bundleKey'] }],
  properties: {
    backupId: p.uuid().primary(),
    bundleKey: p.text().primary(),
    size: p.bigint('number'),
    /** Whether this backup made it. */
    own: p.boolean(),
  },
});

export class BackupBundle extends BackupBundleSchema.class {}
BackupBundleSchema.setClass(BackupBundle);
