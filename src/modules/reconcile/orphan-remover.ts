import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { AppError, asAppError, throwIfAborted } from '../../common/errors/index.js';
import { openBackup } from '../../engine/snapshot/read/index.js';
import { lockSite } from '../jobs/index.js';
import type { DifferenceFile } from './differences.js';
import { KnownObjects } from './known-objects.js';
import { type KeyMeaning, meaningOf, siteFolder } from './object-key.js';
import type { ReconcileRun } from './run.js';

const DAY_MS = 86_400_000;
/** Bundles that manifests which stay need; beyond it all bundles of their sites stay. */
const MOST_NEEDED = 100_000;

/** Why an orphan stays; null = it was deleted. */
type Reason = string | null;

/**
 * Deletes orphans: manifests that no backup can be restored from, then bundles that no manifest needs, then what is about sites
 * of which nothing is left. A backup that could be restored is never deleted here.
 */
@Injectable()
export class OrphanRemover {
  constructor(
    private readonly orm: MikroORM,
    private readonly known: KnownObjects,
  ) {}

  /** `hopeless`: manifests that were found not to hold a backup. What became of the others was told when they were adopted. */
  async removeAll(run: ReconcileRun, orphans: DifferenceFile, hopeless: ReadonlySet<string>): Promise<void> {
    const kept = new KeptManifests(run);
    const emptied = new Set<string>();
    for await (const { key, siteId } of each(orphans, 'manifest')) {
      const reason = hopeless.has(key)
        ? await this.remove(run, key, emptied)
        : 'A backup may be in it: adopt it first. Then it can be deleted as a backup.';
      if (reason !== null) await kept.add(siteId, key);
      if (reason === null || hopeless.has(key) || !run.actions.includes('adopt')) tell(run, key, reason);
    }
    for await (const { key, siteId } of each(orphans, 'bundle')) {
      const isNeeded = kept.needs(siteId, key);
      tell(run, key, isNeeded ? 'A manifest that stays may need it.' : await this.remove(run, key, emptied));
    }
    for await (const { key } of each(orphans, 'probe')) tell(run, key, await this.remove(run, key, emptied));
    for await (const { key } of each(orphans, 'site')) tell(run, key, await this.remove(run, key, emptied));
    for (const siteId of emptied) await this.remove(run, `${siteFolder(siteId)}site.json`, emptied);
  }

  /** Looks at everything again, right before the delete. While it does, no job of the site begins and no backup is adopted. */
  private async remove(run: ReconcileRun, key: string, emptied: Set<string>): Promise<Reason> {
    throwIfAborted(run.signal);
    const meaning = meaningOf(key);
    try {
      return await this.orm.em.fork().transactional(async (em) => {
        if ('siteId' in meaning) await lockSite(em, meaning.siteId, 'exclusive');
        const reason = (await this.whyKept(em, run, key)) ?? (await whyInStorage(run, key, meaning));
        if (reason !== null) return reason;
        if (meaning.role === 'site' && !(await this.isEmpty(em, run, meaning.siteId)))
          return 'Something of the site is there.';
        await run.driver.delete(key, run.signal);
        if (meaning.role !== 'site' && 'siteId' in meaning) emptied.add(meaning.siteId);
        return null;
      });
    } catch (error) {
      throwIfAborted(run.signal);
      if (!(error instanceof AppError)) throw error;
      run.report.count('deleteErrors');
      return error.message;
    }
  }

  private async whyKept(em: EntityManager, run: ReconcileRun, key: string): Promise<Reason> {
    const standing = (await this.known.standingOf(run.providerId, [key], em)).get(key);
    if (standing === undefined) return 'Nothing is known of it.';
    if (standing.known) return 'The catalogue knows it by now.';
    if (standing.referenced) return 'A backup needs it.';
    if (standing.deleting) return 'Its backup is being deleted.';
    return standing.ofJob || standing.siteBusy ? 'A job works on it.' : null;
  }

  private async isEmpty(em: EntityManager, run: ReconcileRun, siteId: string): Promise<boolean> {
    if (await this.known.hasSite(run.providerId, siteId, em)) return false;
    for await (const { key } of run.driver.list(siteFolder(siteId), run.signal))
      if (meaningOf(key).role !== 'site') return false;
    return true;
  }
}

async function whyInStorage(run: ReconcileRun, key: string, meaning: KeyMeaning): Promise<Reason> {
  const stored = await run.driver.stat(key, run.signal);
  if (stored === null) return 'It is gone.';
  const days = (Date.now() - stored.modifiedAt.getTime()) / DAY_MS;
  if (days < run.graceDays) return `It is younger than ${run.graceDays} days.`;
  if (meaning.role !== 'bundle') return null;
  return (await run.driver.stat(meaning.manifestKey, run.signal)) === null ? null : 'Its manifest is there.';
}

function tell(run: ReconcileRun, key: string, reason: Reason): void {
  if (reason === null) run.report.act(key, 'deleted');
  else run.report.act(key, 'waiting', reason);
}

async function* each(
  orphans: DifferenceFile,
  role: KeyMeaning['role'],
): AsyncGenerator<{ key: string; siteId: string }> {
  for await (const batch of orphans.batches())
    for (const { key } of batch) {
      const meaning = meaningOf(key);
      if (meaning.role === role) yield { key, siteId: 'siteId' in meaning ? meaning.siteId : '' };
    }
}

/** Orphan manifests that stay, and so the bundles they name. */
class KeptManifests {
  /** By site; null = all bundles of the site. */
  private readonly bySite = new Map<string, Set<string> | null>();
  private total = 0;

  constructor(private readonly run: ReconcileRun) {}

  async add(siteId: string, manifestKey: string): Promise<void> {
    if (this.bySite.get(siteId) === null) return;
    const bundles = await this.bundlesOf(manifestKey);
    this.total += bundles?.length ?? 0;
    if (bundles === null || this.total > MOST_NEEDED) this.bySite.set(siteId, null);
    else this.bySite.set(siteId, new Set([...(this.bySite.get(siteId) ?? []), ...bundles]));
  }

  needs(siteId: string, bundleKey: string): boolean {
    const bundles = this.bySite.get(siteId);
    return bundles === null || bundles?.has(bundleKey) === true;
  }

  /** Null when it can't be read. */
  private async bundlesOf(manifestKey: string): Promise<string[] | null> {
    const { driver, signal } = this.run;
    try {
      const { header } = await openBackup(driver, { manifestKey, signal });
      return header.bundles.map((bundle) => bundle.key);
    } catch (error) {
      throwIfAborted(signal);
      const { code } = asAppError(error);
      return code === 'STORAGE_OBJECT_NOT_FOUND' ? [] : null;
    }
  }
}
