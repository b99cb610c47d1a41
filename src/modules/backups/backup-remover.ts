import { type EntityManager, LockMode, MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { lockInTransaction } from '../../database/index.js';
import { AppError } from '../../common/errors/index.js';
import { keysFor } from '../../engine/runner/index.js';
import { type Job, JobKind, JobsService } from '../jobs/index.js';
import { StorageService } from '../storage/index.js';
import { Backup, BackupBundle, BackupCopy } from './backup.entity.js';
import { backupInUse, backupNotFound, backupPinned, newestBackup } from './backups.errors.js';
import { BundleReferences } from './bundle-references.js';
import { Catalogue } from './catalogue.js';

/** Longer than the mark's transaction takes, and than the clocks of two masters differ. */
const MARK_SEEN_MS = 60_000;

/** The running backup on whose behalf others of its site are deleted: it needs only the one it is compared with. */
export interface OwnRun {
  jobId: string;
  parentId: string | null;
}

/** `gone` everywhere; `kept` as it may not go; `waiting` for a running backup to end: it is marked and goes then. */
export type Removal = 'gone' | 'kept' | 'waiting';

/**
 * Deletes backups: mark in the catalogue, manifest, the bundles that no other backup needs, row. Cut off anywhere, it goes on at
 * the next try. What a running backup of the site may be compared with stays until that has ended; storage maintenance does it then.
 */
@Injectable()
export class BackupRemover {
  private readonly logger = new Logger('backups');

  constructor(
    private readonly orm: MikroORM,
    private readonly catalogue: Catalogue,
    private readonly jobs: JobsService,
    private readonly storage: StorageService,
    private readonly references: BundleReferences,
  ) {}

  /**
   * Deletes the backup everywhere. When a storage fails, the row stays, marked, and the rest is done later. Errors:
   * BACKUP_NOT_FOUND, BACKUP_PINNED (also with force), BACKUP_NEWEST (without force), BACKUP_IN_USE, and the storage's.
   */
  async remove(id: string, force: boolean): Promise<void> {
    const isMarked = await this.mark(id, async (em, backup) => {
      const reason = await this.reasonToStay(em, backup, force);
      if (reason !== null) throw reason;
      return true;
    });
    if (!isMarked) throw backupNotFound(id);
    await this.finish(id);
  }

  /**
   * Deletes the backup if it may go at this moment: it is neither pinned nor the site's newest good one, no job works with it, and
   * `mayGo` agrees, which is asked within the transaction that marks it. Errors: the storage's; the rest is then done later.
   */
  async removeIf(
    id: string,
    mayGo: (em: EntityManager, backup: Backup) => Promise<boolean>,
    own?: OwnRun,
  ): Promise<Removal> {
    if (own?.parentId === id) return (await this.catalogue.find(id)) === null ? 'gone' : 'kept';
    const isMarked = await this.mark(
      id,
      async (em, backup) => (await this.reasonToStay(em, backup)) === null && mayGo(em, backup),
    );
    if (!isMarked) return (await this.catalogue.find(id)) === null ? 'gone' : 'kept';
    await this.finish(id, own);
    return (await this.catalogue.find(id)) === null ? 'gone' : 'waiting';
  }

  /** Goes on with what was marked but not removed yet. */
  async finishAll(): Promise<void> {
    const marked = await this.orm.em.fork().find(Backup, { deletingAt: { $ne: null } }, { fields: ['id'] });
    for (const { id } of marked) {
      await this.finish(id).catch((error: unknown) => {
        const message = `Backup ${id} could not be deleted yet: ${String(error)}`;
        // A lock is there to refuse; it goes when the lock ends.
        if (error instanceof AppError && error.code === 'STORAGE_RETAINED') this.logger.debug(message);
        else this.logger.warn(message);
      });
    }
  }

  /** Marks it if `mayGo` agrees, of all that the site has within the transaction. Whether it is marked, by now or before. */
  private async mark(id: string, mayGo: (em: EntityManager, backup: Backup) => Promise<boolean>): Promise<boolean> {
    const before = await this.catalogue.find(id);
    if (before === null) return false;
    return this.orm.em.fork().transactional(async (em) => {
      await lockBackupsOf(em, before.backup.siteId);
      const backup = await em.findOne(Backup, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (backup === null) return false;
      if (backup.deletingAt instanceof Date) return true;
      if (!(await mayGo(em, backup))) return false;
      backup.deletingAt = new Date();
      return true;
    });
  }

  /** Rule 4, and that no job works with it; null = it may go. `force`: also the newest good one. */
  private async reasonToStay(
    em: EntityManager,
    { id, siteId, pinned }: Backup,
    force = false,
  ): Promise<AppError | null> {
    if (pinned) return backupPinned(id);
    const active = await this.jobs.activeJob(siteId, em);
    if (active?.backupId === id) return backupInUse(id, active.id);
    const newest = await this.catalogue.newestOf([siteId], em);
    return !force && newest.get(siteId)?.id === id ? newestBackup(id) : null;
  }

  private async finish(id: string, own?: OwnRun): Promise<void> {
    const found = await this.catalogue.find(id);
    if (found === null) return;
    const { backup, copies } = found;
    if (await this.isInUse(backup, own)) return;
    const failures: unknown[] = [];
    // One storage that fails does not keep the others full.
    for (const { providerId } of copies)
      await this.removeFrom(backup, providerId).catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
    await this.orm.em.fork().transactional(async (em) => {
      await em.nativeDelete(BackupBundle, { backupId: id });
      await em.nativeDelete(Backup, { id });
    });
  }

  private async removeFrom(backup: Backup, providerId: string): Promise<void> {
    const { id } = backup;
    const driver = await this.storage.driver(providerId);
    await driver.delete(backup.manifestKey);
    await this.references.letGo(id, providerId);
    const freed = await this.references.freedBy(id, providerId);
    for (const key of freed) await driver.delete(key);
    await this.references.forget(providerId, [backup.manifestKey, ...freed]);
    if (!(await this.siteHasMoreOn(backup, providerId))) {
      await driver.delete(keysFor(backup.siteId, backup.startedAt, id).siteKey);
    }
    await this.orm.em.fork().nativeDelete(BackupCopy, { backupId: id, providerId });
  }

  /**
   * Whether a running backup may be compared with this one and so point into its bundles, or a repair write them anew: one that
   * began before the mark was there to be seen. One that begins now passes it over. A failed one that may still be retried counts too.
   */
  private async isInUse(backup: Backup, own?: OwnRun): Promise<boolean> {
    const active = await this.jobs.activeJob(backup.siteId);
    if (own !== undefined && active?.id === own.jobId) return backup.id === own.parentId;
    const marked = backup.deletingAt instanceof Date ? backup.deletingAt.getTime() : Date.now();
    const beganBefore = (job: Job | null): boolean =>
      job?.startedAt instanceof Date && job.startedAt.getTime() < marked + MARK_SEEN_MS;
    const mayUse = active?.kind === JobKind.Backup || active?.kind === JobKind.Repair;
    return (mayUse && beganBefore(active)) || beganBefore(await this.jobs.keptBackup(backup.siteId));
  }

  /** Whether the site has another backup on the provider that has not let go. */
  private async siteHasMoreOn({ id, siteId }: Backup, providerId: string): Promise<boolean> {
    const rows = await this.orm.em.fork().execute<unknown[]>(
      `select 1 from backup b join backup_copy c on c.backup_id = b.id
        where b.site_id = ? and b.id <> ? and c.provider_id = ? and (b.deleting_at is null or c.state <> 'missing') limit 1`,
      [siteId, id, providerId],
    );
    // A job of the site may be about to write it again.
    return rows.length > 0 || (await this.jobs.activeJob(siteId)) !== null;
  }
}

/**
 * Until the transaction ends nobody else lets a backup of the site go: two at once could each take the other for the newest good
 * one. Taken before any row lock; whoever holds it asks the database through this transaction only: others that wait for it may hold
 * all other connections.
 */
export function lockBackupsOf(em: EntityManager, siteId: string): Promise<void> {
  return lockInTransaction(em, `backupd:backups-of:${siteId}`, 'exclusive');
}
