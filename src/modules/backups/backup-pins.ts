import { LockMode, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { Backup } from './backup.entity.js';
import { backupNotFound } from './backups.errors.js';

const KEPT = 'kept: retention had let it go';

/** Pins backups: what is pinned is never deleted. */
@Injectable()
export class BackupPins {
  constructor(private readonly orm: MikroORM) {}

  /** Pins (and so keeps one that retention had let go) or unpins. Idempotent. Error: BACKUP_NOT_FOUND. */
  async change(id: string, changes: { pinned?: boolean; pinNote?: string | null }): Promise<void> {
    await this.onBackup(id, (backup) => {
      if (changes.pinned !== undefined) backup.pinned = changes.pinned;
      if (changes.pinNote !== undefined) backup.pinNote = changes.pinNote;
      if (backup.pinned) backup.expiresAt = null;
      else backup.pinNote = null;
    });
  }

  /** Takes back what retention has let go, and pins it: else it would go again. Idempotent. Error: BACKUP_NOT_FOUND. */
  async keep(id: string): Promise<void> {
    await this.onBackup(id, (backup) => {
      if (!backup.pinned) backup.pinNote = KEPT;
      backup.pinned = true;
      backup.expiresAt = null;
    });
  }

  /** On the locked row, so that it is not marked for deletion meanwhile. */
  private async onBackup(id: string, change: (backup: Backup) => void): Promise<void> {
    await this.orm.em.fork().transactional(async (em) => {
      const backup = await em.findOne(Backup, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (backup === null || backup.deletingAt instanceof Date) throw backupNotFound(id);
      change(backup);
    });
  }
}
