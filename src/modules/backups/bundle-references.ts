import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { BackupCopy, CopyState } from './backup.entity.js';
import { isNeeded } from './needed-objects.js';
import { ObjectState, StoredObject } from './stored-object.entity.js';

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
    const others = `b.id <> r.backup_id and (b.deleting_at is null or c.state <> 'missing')`;
    const rows = await this.orm.em.fork().execute<{ key: string }[]>(
      `select r.key from backup_object r where r.backup_id = ? and r.kind = 'bundle' and not ${isNeeded('r.key', '?', others)}
        order by r.key`,
      [backupId, providerId],
    );
    return rows.map((row) => row.key);
  }

  /** Whether any backup in the catalogue, but for the given one, needs the bundle. */
  async isNeeded(em: EntityManager, bundleKey: string, butFor: string): Promise<boolean> {
    const rows = await em.execute<unknown[]>(
      'select 1 from backup_bundle where bundle_key = ? and backup_id <> ? limit 1',
      [bundleKey, butFor],
    );
    return rows.length > 0;
  }

  /** Of these bundles those that are known to be damaged or missing on any of the providers. */
  async damagedOf(keys: readonly string[], providerIds: readonly string[]): Promise<Set<string>> {
    const where = {
      key: { $in: [...keys] },
      providerId: { $in: [...providerIds] },
      state: { $ne: ObjectState.Present },
    };
    const rows = await this.orm.em.fork().find(StoredObject, where, { fields: ['key'] });
    return new Set(rows.map((row) => row.key));
  }

  /** These objects were deleted from the provider. */
  async forget(providerId: string, keys: readonly string[]): Promise<void> {
    await this.orm.em.fork().nativeDelete(StoredObject, { providerId, key: { $in: [...keys] } });
  }
}
