import type { EntityManager } from '@mikro-orm/postgresql';
import type { CommittedBackup } from '../../engine/ports/index.js';
import { Backup, BackupBundle, BackupCopy, CopyState } from './backup.entity.js';
import { ObjectKind, ObjectState, StoredObject } from './stored-object.entity.js';

/** What the catalogue says of a backup beyond what its maker knows. */
export interface BackupFacts {
  siteName: string;
  module: string;
  warningCount: number;
  createdAt: Date;
}

/** Enters backup, bundle references and copies; what is there already stays as it is. */
export async function enterBackup(em: EntityManager, made: CommittedBackup, facts: BackupFacts): Promise<void> {
  const { copies, missing, bundles, ...row } = made;
  const { backupId } = made;
  await em.upsertMany(Backup, [backupRow(row, facts)], { onConflictFields: ['id'], onConflictAction: 'ignore' });
  await em.upsertMany(
    BackupBundle,
    bundles.map(({ key, size, own }) => ({ backupId, bundleKey: key, size, own })),
    { onConflictFields: ['backupId', 'bundleKey'], onConflictAction: 'ignore' },
  );
  const whole = { size: made.bundleSize + made.manifestSize, backupId, createdAt: new Date() };
  await em.upsertMany(
    BackupCopy,
    [
      ...copies.map((copy) => Object.assign({ state: CopyState.Present }, whole, copy)),
      ...missing.map((providerId) => Object.assign({ state: CopyState.Missing, providerId }, whole)),
    ],
    { onConflictFields: ['backupId', 'providerId'], onConflictAction: 'ignore' },
  );
}

/**
 * What each of the providers has now, and what it should have. What an earlier backup stored there is known already, with its history. `stored`: whether
 * the backup's own objects were written just now, so that what was known of them is past.
 */
export async function enterObjects(em: EntityManager, made: CommittedBackup, stored: boolean): Promise<void> {
  const now = new Date();
  const manifest = { key: made.manifestKey, size: made.manifestSize, sha256: made.manifestSha256, own: true };
  const objects = [...made.bundles, manifest].map(({ key, size, sha256, own }) => ({ key, size, sha256, own }));
  const there = { state: ObjectState.Present, seenAt: now };
  const lacking = { state: ObjectState.Missing, damagedAt: now };
  const places = [
    ...made.copies.map(({ providerId }) => ({ providerId, is: there })),
    ...made.missing.map((providerId) => ({ providerId, is: lacking })),
  ];
  for (const { providerId, is } of places) {
    const rows = objects.map(({ own, ...facts }) => ({
      own: own && stored,
      row: {
        ...facts,
        providerId,
        kind: facts.key === made.manifestKey ? ObjectKind.Manifest : ObjectKind.Bundle,
        siteId: made.siteId,
        ...is,
        createdAt: now,
      },
    }));
    const fresh = rows.flatMap(({ own, row }) => (own ? [row] : []));
    const older = rows.flatMap(({ own, row }) => (own ? [] : [row]));
    if (fresh.length > 0) await em.upsertMany(StoredObject, fresh, { onConflictFields: ['providerId', 'key'] });
    if (older.length === 0) continue;
    await em.upsertMany(StoredObject, older, {
      onConflictFields: ['providerId', 'key'],
      onConflictAction: 'ignore',
    });
  }
}

function backupRow(made: Omit<CommittedBackup, 'copies' | 'missing' | 'bundles'>, facts: BackupFacts): Partial<Backup> {
  return {
    id: made.backupId,
    siteId: made.siteId,
    jobId: made.jobId,
    parentBackupId: made.parentBackupId,
    bundleKey: made.bundleKey,
    bundleSize: made.bundleSize,
    bundleSha256: made.bundleSha256,
    manifestKey: made.manifestKey,
    manifestSize: made.manifestSize,
    manifestSha256: made.manifestSha256,
    fileCount: made.fileCount,
    sourceBytes: made.sourceBytes,
    databaseBytes: made.databaseBytes,
    rowCount: made.rowCount ?? null,
    storedBytes: made.storedBytes,
    startedAt: made.startedAt,
    ...facts,
  };
}
