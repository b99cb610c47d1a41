import { type EntityManager, LockMode, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { lockInTransaction } from '../../database/index.js';
import { manifestDamaged } from '../../engine/snapshot/manifest/index.js';
import type { CommittedBackup, StorageDriver } from '../../engine/ports/index.js';
import { statEach } from '../../engine/storage/index.js';
import { lockSite } from '../jobs/index.js';
import { StorageService } from '../storage/index.js';
import { Backup } from './backup.entity.js';
import { backupIncomplete, backupInUse, backupsGoing } from './backups.errors.js';
import { enterBackup, enterObjects } from './enter-backup.js';
import { ObjectLedger } from './object-ledger.js';
import { ReadBy } from './stored-object.entity.js';
import { readManifestFacts, type StoredManifestFacts } from './stored-manifest-facts.js';

/** What came of taking a backup in. */
export interface Adoption {
  backupId: string;
  siteId: string;
  /** Whether the catalogue had the backup before; then only what this provider has of it is new. */
  alreadyKnown: boolean;
}

/** Enters backups into the catalogue that lie in a storage, from what is there alone. */
@Injectable()
export class BackupAdopter {
  constructor(
    private readonly orm: MikroORM,
    private readonly storage: StorageService,
    private readonly ledger: ObjectLedger,
  ) {}

  /**
   * Reads the manifest, checks it, looks that every bundle it names is there whole, and enters backup, copy, bundle references and
   * objects in one transaction. Idempotent; a backup that is being deleted stays so, untouched. Not in a manifest, so made up: the
   * job's id is the backup's. Errors: MANIFEST_DAMAGED, MANIFEST_FORMAT_UNSUPPORTED, BACKUP_INCOMPLETE, BACKUP_IN_USE (retry
   * later), STORAGE_NOT_FOUND and the storage's; all leave the catalogue as it was.
   */
  async adopt(providerId: string, manifestKey: string, signal?: AbortSignal): Promise<Adoption> {
    const driver = await this.storage.driver(providerId);
    const facts = await readManifestFacts(driver, manifestKey, signal);
    const { backupId, site } = facts.header;
    return this.orm.em.fork().transactional(async (em) => {
      // One of a site at a time: each holds rows that the others want.
      await lockInTransaction(em, `backupd:adopt:${site.id}`, 'exclusive');
      const known = await em.findOne(Backup, { id: backupId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      const answer = { backupId, siteId: site.id, alreadyKnown: known !== null };
      if (known?.deletingAt instanceof Date) return answer;
      if (known !== null && known.manifestSha256 !== facts.sha256)
        throw manifestDamaged('it is not the one that the catalogue knows');
      await requireNoJob(em, backupId);
      await holdSharers(em, facts);
      await lockSite(em, site.id, 'shared');
      // Only now: what was there before may have been deleted with the backups that were held until now.
      await requireWhole(driver, manifestKey, facts, signal);
      const made = committed(providerId, manifestKey, facts);
      const { trailer } = facts;
      await enterBackup(em, made, {
        siteName: site.name,
        module: site.module,
        warningCount: trailer.warnings.length + trailer.moreWarnings,
        createdAt: timeOf(trailer.finishedAt) ?? made.startedAt,
      });
      await enterObjects(em, made, false);
      await nameChecksums(em, providerId, made);
      const seen = [manifestKey, ...made.bundles.map(({ key }) => key)];
      await this.ledger.noteIn(em, providerId, { seen }, ReadBy.Ledger);
      return answer;
    });
  }
}

/** A job that makes the backup, or whose litter is still to be removed, decides itself whether there is one. */
async function requireNoJob(em: EntityManager, backupId: string): Promise<void> {
  const jobs = await em.execute<{ id: string }[]>(
    `select id from job where backup_id = ? and kind = 'backup' and (status in ('pending', 'running') or litter) limit 1`,
    [backupId],
  );
  const [job] = jobs;
  if (job !== undefined) throw backupInUse(backupId, job.id);
}

/**
 * Until the end of the transaction no backup that shares a bundle with this one can begin to be deleted: after it, its bundles are
 * held by this one too. Refuses when such a deletion has begun.
 */
async function holdSharers(em: EntityManager, { header, bundles }: StoredManifestFacts): Promise<void> {
  const rows = await em.execute<{ id: string; deleting: boolean }[]>(
    `select b.id, b.deleting_at is not null as deleting from backup b where b.id <> ? and b.id in
       (select r.backup_id from backup_bundle r where r.bundle_key in (select jsonb_array_elements_text(?::jsonb)))
      order by b.id for share of b`,
    [header.backupId, JSON.stringify(bundles.map(({ key }) => key))],
  );
  const deleting = rows.filter((row) => row.deleting).map((row) => row.id);
  if (deleting.length > 0) throw backupsGoing(header.backupId, deleting);
}

async function requireWhole(
  driver: StorageDriver,
  manifestKey: string,
  { header, size, bundles }: StoredManifestFacts,
  signal?: AbortSignal,
): Promise<void> {
  const needed = [{ key: manifestKey, size }, ...bundles];
  const missing: string[] = [];
  for await (const [{ key, size: right }, stored] of statEach(driver, needed, signal))
    if (stored?.size !== right) missing.push(key);
  if (missing.length > 0) throw backupIncomplete(header.backupId, manifestKey, missing);
}

function committed(providerId: string, manifestKey: string, facts: StoredManifestFacts): CommittedBackup {
  const { header, trailer, bundles, bundleKey } = facts;
  const own = bundles.find((bundle) => bundle.own);
  if (own === undefined) throw manifestDamaged('it does not name its own bundle');
  return {
    backupId: header.backupId,
    siteId: header.site.id,
    jobId: header.backupId,
    parentBackupId: header.parent,
    bundleKey,
    bundleSize: own.size,
    bundleSha256: own.sha256,
    manifestKey,
    manifestSize: facts.size,
    manifestSha256: facts.sha256,
    startedAt: new Date(header.startedAt),
    fileCount: trailer.files,
    sourceBytes: trailer.fileBytes + trailer.databaseBytes,
    databaseBytes: trailer.databaseBytes,
    rowCount: trailer.databaseRows ?? null,
    storedBytes: trailer.storedBytes,
    bundles,
    missing: [],
    copies: [{ providerId, size: own.size + facts.size }],
  };
}

/** A catalogue from before checksums were kept of each bundle learns them now. */
async function nameChecksums(em: EntityManager, providerId: string, { bundles }: CommittedBackup): Promise<void> {
  const facts = bundles.map(({ key, sha256 }) => ({ key, sha256 }));
  await em.execute(
    `update stored_object o set sha256 = f.sha256 from jsonb_to_recordset(?::jsonb) as f(key text, sha256 text)
      where o.provider_id = ? and o.key = f.key and o.sha256 is null`,
    [JSON.stringify(facts), providerId],
  );
}

function timeOf(text: string): Date | null {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? null : time;
}
