import { LockMode, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { Backup, BackupCopy, CopyState } from './backup.entity.js';
import { backupNotFound } from './backups.errors.js';

/** Copies that a backup is to have and has not yet; a repair makes them. */
@Injectable()
export class WantedCopies {
  constructor(private readonly orm: MikroORM) {}

  /**
   * Enters a missing copy, with every object that it needs. What is known of a copy and of objects there already stays; the copy's
   * state now. Error: BACKUP_NOT_FOUND, also for one that is being deleted.
   */
  async enter(backupId: string, providerId: string): Promise<CopyState> {
    return this.orm.em.fork().transactional(async (em) => {
      const backup = await em.findOne(Backup, { id: backupId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (backup === null || backup.deletingAt instanceof Date) throw backupNotFound(backupId);
      const known = await em.findOne(BackupCopy, { backupId, providerId });
      if (known !== null) return known.state;
      const now = new Date();
      const size = backup.bundleSize + backup.manifestSize;
      await em.insert(BackupCopy, { backupId, providerId, size, state: CopyState.Missing, createdAt: now });
      await em.execute(
        `insert into stored_object (provider_id, key, kind, site_id, size, sha256, state, damaged_at, created_at)
          select ?, n.key, n.kind, ?, n.size, n.sha256, 'missing', ?, ? from backup_object n where n.backup_id = ?
          on conflict do nothing`,
        [providerId, backup.siteId, now.toISOString(), now.toISOString(), backupId],
      );
      return CopyState.Missing;
    });
  }
}
