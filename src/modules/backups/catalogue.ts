import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Page, PageQueryDto } from '../../common/http/index.js';
import { passingError } from '../../database/index.js';
import type { CatalogueWriter, CommittedBackup } from '../../engine/ports/index.js';
import { jobLost, JobsService } from '../jobs/index.js';
import { Backup, BackupCopy } from './backup.entity.js';
import { backupNotFound } from './backups.errors.js';
import { enterBackup, enterObjects } from './enter-backup.js';
import { refreshCopies } from './object-ledger.js';

/** A backup and where it is. */
export interface CataloguedBackup {
  backup: Backup;
  copies: BackupCopy[];
  /** How many bundles its content lies in. */
  bundles: number;
}

const GOOD_BACKUP = `b.deleting_at is null and exists
  (select 1 from backup_copy c where c.backup_id = b.id and c.state in ('present', 'verified'))`;

interface NewestRow {
  site_id: string;
  id: string;
  created_at: string;
  warning_count: number;
  proven_at: string | null;
}

/** What a newest backup is shown with. */
export interface NewestBackup {
  id: string;
  createdAt: Date;
  status: string;
  /** When a copy of it was last read back whole; null = not yet. */
  provenAt: Date | null;
}

/** The catalogue of finished backups. */
@Injectable()
export class Catalogue implements CatalogueWriter {
  constructor(
    private readonly orm: MikroORM,
    private readonly jobs: JobsService,
  ) {}

  /**
   * Enters a stored backup and its copies; the same again changes nothing. With the delivery of the run that made it: error JOB_LOST
   * when another run has the job by now, as that one makes the backup. CATALOGUE_AWAY when the database is: tried later.
   */
  async commit(made: CommittedBackup, deliveryId?: string): Promise<void> {
    try {
      await this.enter(made, deliveryId);
    } catch (error) {
      throw passingError(error);
    }
  }

  private async enter(made: CommittedBackup, deliveryId?: string): Promise<void> {
    const job = await this.jobs.get(made.jobId);
    const { siteName, module, warningCount } = job;
    await this.orm.em.fork().transactional(async (em) => {
      if (deliveryId !== undefined) await requireJob(em, made.jobId, deliveryId);
      await enterBackup(em, made, { siteName, module, warningCount, createdAt: new Date() });
      await enterObjects(em, made, true);
      // What it shares with others may have been found damaged while it was made.
      const places = [...made.copies.map(({ providerId }) => providerId), ...made.missing];
      for (const providerId of places) await refreshCopies(em, providerId, [made.manifestKey], new Date());
    });
  }

  /**
   * The newest backups of the site whose manifest every one of the providers has, newest first: what a new backup may be compared
   * with. Some of their bundles may be damaged.
   */
  async parentsFor(siteId: string, providerIds: readonly string[], limit: number): Promise<Backup[]> {
    const marks = providerIds.map(() => '?::uuid').join(', ');
    const rows = await this.orm.em.fork().execute<{ id: string }[]>(
      `select b.id from backup b where b.site_id = ? and b.deleting_at is null
          and (select count(*) from stored_object o where o.key = b.manifest_key and o.state = 'present'
                and o.provider_id in (${marks})) = ?
        order by b.started_at desc, b.id desc limit ?`,
      [siteId, ...providerIds, providerIds.length, limit],
    );
    const found = await this.orm.em.fork().find(Backup, { id: { $in: rows.map((row) => row.id) } });
    return rows.flatMap(({ id }) => found.find((backup) => backup.id === id) ?? []);
  }

  /** With the final number of warnings of the job that made it; part of the transaction that ends the job. */
  async setWarnings(em: EntityManager, backupId: string, warningCount: number): Promise<void> {
    await em.nativeUpdate(Backup, { id: backupId }, { warningCount });
  }

  /** Also one that is being deleted; null when there is none. */
  async find(id: string): Promise<CataloguedBackup | null> {
    const em = this.orm.em.fork();
    const backup = await em.findOne(Backup, { id });
    if (backup === null) return null;
    const copies = await em.find(BackupCopy, { backupId: id }, { orderBy: { createdAt: 'asc', providerId: 'asc' } });
    return { backup, copies, bundles: (await bundleCounts(em, [id])).get(id) ?? 0 };
  }

  /** Error: BACKUP_NOT_FOUND, also for one that is being deleted. */
  async get(id: string): Promise<CataloguedBackup> {
    const found = await this.find(id);
    if (found === null || found.backup.deletingAt instanceof Date) throw backupNotFound(id);
    return found;
  }

  /** The site that the backup is of; null when there is no such backup. */
  async siteOf(id: string): Promise<string | null> {
    const backup = await this.orm.em.fork().findOne(Backup, { id }, { fields: ['siteId'] });
    return backup?.siteId ?? null;
  }

  /** Newest first; of one site, and only of those `within` (null = of all). */
  async list(
    { siteId, within = null }: { siteId?: string | undefined; within?: ReadonlySet<string> | null },
    { limit, offset }: PageQueryDto,
  ): Promise<Page<CataloguedBackup>> {
    const em = this.orm.em.fork();
    const where = {
      deletingAt: null,
      ...(siteId === undefined ? {} : { siteId }),
      ...(within === null ? {} : { $and: [{ siteId: { $in: [...within] } }] }),
    };
    const order = { limit, offset, orderBy: { startedAt: 'desc', id: 'desc' } } as const;
    const [backups, total] = await em.findAndCount(Backup, where, order);
    const ids = backups.map((backup) => backup.id);
    const copies = await em.find(
      BackupCopy,
      { backupId: { $in: ids } },
      { orderBy: { createdAt: 'asc', providerId: 'asc' } },
    );
    const counts = await bundleCounts(em, ids);
    const items = backups.map((backup) => ({
      backup,
      copies: copies.filter((copy) => copy.backupId === backup.id),
      bundles: counts.get(backup.id) ?? 0,
    }));
    return { items, total, limit, offset };
  }

  /** The newest good backup of each site. */
  async newestOf(
    siteIds: readonly string[],
    em: EntityManager = this.orm.em.fork(),
  ): Promise<Map<string, NewestBackup>> {
    if (siteIds.length === 0) return new Map();
    const rows = await em.execute<NewestRow[]>(
      `select s.id as site_id, n.* from unnest(?::uuid[]) as s (id) cross join lateral
          (select b.id, b.started_at as created_at, b.warning_count,
                (select max(c.verified_at) from backup_copy c where c.backup_id = b.id) as proven_at
              from backup b where b.site_id = s.id and ${GOOD_BACKUP}
              order by b.started_at desc, b.id desc limit 1) n`,
      [`{${siteIds.join()}}`],
    );
    return new Map(
      rows.map((row) => [
        row.site_id,
        {
          id: row.id,
          createdAt: new Date(row.created_at),
          status: row.warning_count > 0 ? 'partial' : 'completed',
          provenAt: row.proven_at === null ? null : new Date(row.proven_at),
        },
      ]),
    );
  }
}

/** The run holds its job, and does so until the transaction ends. */
async function requireJob(em: EntityManager, id: string, deliveryId: string): Promise<void> {
  const sql = `select 1 from job where id = ? and delivery_id = ? and status = 'running' for share`;
  if ((await em.execute<unknown[]>(sql, [id, deliveryId])).length === 0) throw jobLost(id);
}

async function bundleCounts(em: EntityManager, backupIds: readonly string[]): Promise<Map<string, number>> {
  if (backupIds.length === 0) return new Map();
  const marks = backupIds.map(() => '?::uuid').join(', ');
  const rows = await em.execute<{ backup_id: string; bundles: number }[]>(
    `select backup_id, count(*)::int as bundles from backup_bundle where backup_id in (${marks}) group by backup_id`,
    [...backupIds],
  );
  return new Map(rows.map((row) => [row.backup_id, row.bundles]));
}
