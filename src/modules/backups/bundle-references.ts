import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { BackupCopy, CopyState, DamagedBundle } from './backup.entity.js';

/** Which bundles are needed by which backups, and which of them are known to be damaged. */
@Injectable()
export class BundleReferences {
  constructor(private readonly orm: MikroORM) {}

  /** The backup, marked as being deleted, can't be read from this provider any more: it no longer holds bundles there. */
  async letGo(backupId: string, providerId: string): Promise<void> {
    await this.orm.em.fork().nativeUpdate(BackupCopy, { backupId, providerId }, { state: CopyState.Missing });
  }

  /**
   * Keys of the backup's bundles that no other backup holds on this provider: one that is kept does, and one that is being
   * deleted until it has let go. Of several that share a bundle and let go, the last one at least is told of it.
   */
  async freedBy(backupId: string, providerId: string): Promise<string[]> {
    const rows = await this.orm.em.fork().execute<{ bundle_key: string }[]>(
      `select r.bundle_key from backup_bundle r where r.backup_id = ? and not exists
         (select 1 from backup_bundle o
            join backup b on b.id = o.backup_id
            join backup_copy c on c.backup_id = b.id and c.provider_id = ?
           where o.bundle_key = r.bundle_key and o.backup_id <> r.backup_id
             and (b.deleting_at is null or c.state <> 'missing'))
        order by r.bundle_key`,
      [backupId, providerId],
    );
    return rows.map((row) => row.bundle_key);
  }

  /** Of these bundles those that a verify found damaged or missing on any of the providers. */
  async damagedOf(keys: readonly string[], providerIds: readonly string[]): Promise<Set<string>> {
    const where = { bundleKey: { $in: [...keys] }, providerId: { $in: [...providerIds] } };
    const rows = await this.orm.em.fork().find(DamagedBundle, where);
    return new Set(rows.map((row) => row.bundleKey));
  }

  /**
   * What a verify of one backup found on a provider: these of its bundles are damaged, the others were `proven` whole. Other
   * backups that need a damaged one are no longer shown as verified there.
   */
  async verified(providerId: string, damaged: readonly string[], proven: readonly string[]): Promise<void> {
    await this.orm.em.fork().transactional(async (em) => {
      if (proven.length > 0) await em.nativeDelete(DamagedBundle, { providerId, bundleKey: { $in: [...proven] } });
      if (damaged.length === 0) return;
      const rows = damaged.map((bundleKey) => ({ providerId, bundleKey, foundAt: new Date() }));
      await em.upsertMany(DamagedBundle, rows, { onConflictFields: ['providerId', 'bundleKey'] });
      const marks = damaged.map(() => '?').join(', ');
      const sharing = await em.execute<{ backup_id: string }[]>(
        `select distinct backup_id from backup_bundle where bundle_key in (${marks})`,
        [...damaged],
      );
      const ids = sharing.map((row) => row.backup_id);
      const where = { backupId: { $in: ids }, providerId, state: CopyState.Verified };
      await em.nativeUpdate(BackupCopy, where, { state: CopyState.Present, verifiedAt: null });
    });
  }

  /** A bundle that was deleted from a provider is not damaged there any more. */
  async forget(providerId: string, keys: readonly string[]): Promise<void> {
    await this.orm.em.fork().nativeDelete(DamagedBundle, { providerId, bundleKey: { $in: [...keys] } });
  }
}
