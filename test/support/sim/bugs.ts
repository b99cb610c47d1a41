import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { Type } from '@nestjs/common';
import { BundleReferences, Catalogue } from '../../../src/modules/backups/index.js';
import { Leftovers } from '../../../src/modules/backups/leftovers.js';

/**
 * Mistakes that can be planted, each in one place, to see that the simulation finds them:
 * `row-first` the catalogue is told before a storage has the backup; `trusting` what a storage has is not compared after a put;
 * `shared-bundle` a deleted backup takes bundles along that others need; `newest-goes` the newest good backup may be deleted;
 * `leftovers` what a failed backup stored stays there; `unsettled` an ended job stays in the queue.
 */
export const BUGS = ['row-first', 'trusting', 'shared-bundle', 'newest-goes', 'leftovers', 'unsettled'] as const;
export type Bug = (typeof BUGS)[number];

export function asBug(name: string | undefined): Bug | null {
  return BUGS.find((bug) => bug === name) ?? null;
}

class GreedyReferences extends BundleReferences {
  constructor(private readonly database: MikroORM) {
    super(database);
  }

  override async freedBy(backupId: string): Promise<string[]> {
    const sql = 'select bundle_key as key from backup_bundle where backup_id = ?';
    const rows = await this.database.em.fork().execute<{ key: string }[]>(sql, [backupId]);
    return rows.map(({ key }) => key);
  }
}

class BlindCatalogue extends Catalogue {
  override async newestOf(_siteIds: readonly string[], em?: EntityManager): ReturnType<Catalogue['newestOf']> {
    return super.newestOf([], em);
  }
}

class LazyLeftovers extends Leftovers {
  override async remove(): Promise<void> {
    return Promise.resolve();
  }

  override async removeLost(): Promise<void> {
    return Promise.resolve();
  }
}

/** Classes, and those that are made in their place. */
export function plantedBy(bug: Bug | null): ReadonlyMap<unknown, Type<unknown>> {
  if (bug === 'shared-bundle') return new Map([[BundleReferences, GreedyReferences]]);
  if (bug === 'newest-goes') return new Map([[Catalogue, BlindCatalogue]]);
  if (bug === 'leftovers') return new Map([[Leftovers, LazyLeftovers]]);
  return new Map();
}
