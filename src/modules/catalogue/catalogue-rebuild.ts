import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { AppError, throwIfAborted } from '../../common/errors/index.js';
import { isId } from '../../common/ids.js';
import type { StorageDriver, StoredObject } from '../../engine/ports/index.js';
import { openBackup } from '../../engine/snapshot/read/index.js';
import { BackupAdopter } from '../backups/index.js';
import { type EnteredSite, SiteRecovery } from '../sites/index.js';
import { StorageService } from '../storage/index.js';
import type { TaskContext } from './catalogue-task.js';
import { addFinding, emptyReport, type RebuildReport } from './rebuild-report.js';
import { readSiteFile, siteOfHeader } from './site-file.js';

/** Manifests that are read at the same time. */
const AT_ONCE = 3;
const MANIFEST_END = '.manifest.ndjson.zst';

/** One site's folder in a storage. */
interface SiteFolder {
  siteId: string;
  objects: Map<string, number>;
}

/** Brings sites, backups and copies back into the catalogue from what lies in a storage. */
@Injectable()
export class CatalogueRebuild {
  constructor(
    private readonly orm: MikroORM,
    private readonly storage: StorageService,
    private readonly sites: SiteRecovery,
    private readonly adopter: BackupAdopter,
  ) {}

  /**
   * Goes through `sites/` once, site by site, and adopts every manifest that the catalogue does not know with this provider, oldest
   * first. Adds, and changes nothing that is there; run again, it goes on. Damaged and incomplete backups are reported; a storage
   * that fails ends it with that error.
   */
  async run(providerId: string, context: TaskContext): Promise<RebuildReport> {
    const driver = await this.storage.driver(providerId);
    const report = emptyReport(providerId);
    for await (const folder of foldersOf(driver, context.signal)) await this.takeSite(driver, folder, report, context);
    return report;
  }

  private async takeSite(
    driver: StorageDriver,
    { siteId, objects }: SiteFolder,
    report: RebuildReport,
    context: TaskContext,
  ): Promise<void> {
    const manifests = [...objects.keys()].filter((key) => key.endsWith(MANIFEST_END));
    // Folders of backups that were deleted may have other things left; they say nothing.
    if (manifests.length === 0) return;
    const site = await this.enterSite(driver, siteId, manifests.at(-1) ?? '', context.signal);
    report.sites[site.outcome] += 1;
    context.count('sites');
    if (site.note !== null)
      addFinding(report, { key: `sites/${siteId}`, code: `SITE_${site.outcome.toUpperCase()}`, message: site.note });
    const known = await this.knownOf(report.providerId, siteId);
    const fresh = manifests.filter((key) => known.get(key) !== objects.get(key));
    report.backups.known += manifests.length - fresh.length;
    context.count('backups', manifests.length - fresh.length);
    for (let from = 0; from < fresh.length; from += AT_ONCE) {
      throwIfAborted(context.signal);
      const some = fresh.slice(from, from + AT_ONCE);
      await Promise.all(some.map(async (key) => this.adopt(key, report, context)));
    }
  }

  private async adopt(key: string, report: RebuildReport, context: TaskContext): Promise<void> {
    try {
      const { alreadyKnown } = await this.adopter.adopt(report.providerId, key, context.signal);
      report.backups[alreadyKnown ? 'known' : 'adopted'] += 1;
    } catch (error) {
      const kind = faultOf(error);
      if (kind === null || !(error instanceof AppError)) throw error;
      report.backups[kind] += 1;
      addFinding(report, { key, code: error.code, message: error.message });
    }
    context.count('backups');
  }

  private async enterSite(
    driver: StorageDriver,
    siteId: string,
    newest: string,
    signal: AbortSignal,
  ): Promise<EnteredSite> {
    const found =
      (await readSiteFile(driver, siteId, signal)) ?? (await siteOfManifest(driver, siteId, newest, signal));
    if (found === null)
      return { outcome: 'refused', note: 'neither its site.json nor its newest manifest can be read' };
    return this.sites.enter(found);
  }

  /** Manifests of the site that the catalogue has with this provider in good order, with their sizes. */
  private async knownOf(providerId: string, siteId: string): Promise<Map<string, number>> {
    const rows = await this.orm.em.fork().execute<{ key: string; size: string }[]>(
      `select b.manifest_key as key, b.manifest_size as size from backup b
          join backup_copy c on c.backup_id = b.id and c.provider_id = ? and c.state in ('present', 'verified')
          join stored_object o on o.provider_id = c.provider_id and o.key = b.manifest_key and o.state = 'present'
        where b.site_id = ?`,
      [providerId, siteId],
    );
    return new Map(rows.map(({ key, size }) => [key, Number(size)]));
  }
}

/** The listing of `sites/`, cut into sites. It comes in key order, so one site is held at a time. */
async function* foldersOf(driver: StorageDriver, signal: AbortSignal): AsyncGenerator<SiteFolder> {
  let folder: SiteFolder | null = null;
  for await (const object of driver.list('sites/', signal)) {
    const siteId = siteIdOf(object);
    if (siteId === null) continue;
    if (folder !== null && folder.siteId !== siteId) {
      yield folder;
      folder = null;
    }
    folder ??= { siteId, objects: new Map() };
    folder.objects.set(object.key, object.size);
  }
  if (folder !== null) yield folder;
}

function siteIdOf({ key }: StoredObject): string | null {
  const [, siteId, name, more] = key.split('/');
  return siteId !== undefined && isId(siteId) && name !== undefined && more === undefined ? siteId : null;
}

async function siteOfManifest(
  driver: StorageDriver,
  siteId: string,
  manifestKey: string,
  signal: AbortSignal,
): Promise<ReturnType<typeof siteOfHeader>> {
  try {
    const { header } = await openBackup(driver, { manifestKey, signal });
    return header.site.id === siteId ? siteOfHeader({ ...header.site }) : null;
  } catch (error) {
    if (faultOf(error) === null) throw error;
    return null;
  }
}

/** How a backup that could not be adopted counts; null for what is no fault of the backup. */
function faultOf(error: unknown): 'damaged' | 'incomplete' | 'later' | null {
  if (!(error instanceof AppError)) return null;
  if (error.code === 'BACKUP_INCOMPLETE') return 'incomplete';
  if (error.code === 'BACKUP_IN_USE') return 'later';
  return error.kind === 'damaged' || error.code === 'MANIFEST_FORMAT_UNSUPPORTED' ? 'damaged' : null;
}
