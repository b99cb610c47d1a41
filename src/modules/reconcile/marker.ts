import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { StoredObject } from '../../engine/ports/index.js';
import { statEach } from '../../engine/storage/index.js';
import { neededObjects, ObjectLedger, ReadBy } from '../backups/index.js';
import type { Difference, KnownObject } from './compare.js';
import type { ReconcileRun } from './run.js';

/** Confirms what seemed to be missing, changed or back, and marks it in the catalogue. */
@Injectable()
export class Marker {
  constructor(
    private readonly orm: MikroORM,
    private readonly ledger: ObjectLedger,
  ) {}

  /**
   * Each is looked up once more: in the catalogue, then in the storage, then in the catalogue again. A listing may be stale, and
   * backups are made, deleted and repaired meanwhile. Only what still differs is entered into the report, and marked where that
   * is allowed.
   */
  async settle(run: ReconcileRun, differences: readonly Difference[]): Promise<void> {
    const keys = differences.map(({ key }) => key);
    const before = await this.orm.em.fork().transactional((em) => neededObjects(em, run.providerId, keys));
    const still = differences.filter(({ key }) => before.has(key));
    const found = await look(run, still);
    const confirmed = await this.orm.em.fork().transactional(async (em) => {
      const after = await neededObjects(em, run.providerId, [...found.keys()]);
      const differing = still.flatMap(({ key, modifiedAt }) => {
        const now = after.get(key);
        if (now === undefined || now.state !== before.get(key)?.state) return [];
        return differenceNow(now, found.get(key) ?? null, modifiedAt) ?? [];
      });
      if (run.actions.includes('mark')) await this.mark(em, run.providerId, differing);
      return differing;
    });
    for (const difference of confirmed) {
      run.report.add(difference);
      if (run.actions.includes('mark')) run.report.act(difference.key, 'marked');
    }
  }

  private async mark(em: EntityManager, providerId: string, differences: readonly Difference[]): Promise<void> {
    const of = (kind: Difference['kind']): string[] =>
      differences.flatMap((difference) => (difference.kind === kind ? [difference.key] : []));
    const findings = { missing: of('missing'), damaged: of('size'), seen: of('back') };
    await this.ledger.noteIn(em, providerId, findings, ReadBy.Ledger);
  }
}

async function look(run: ReconcileRun, objects: readonly { key: string }[]): Promise<Map<string, StoredObject | null>> {
  const found = new Map<string, StoredObject | null>();
  for await (const [{ key }, stored] of statEach(run.driver, objects, run.signal)) found.set(key, stored);
  return found;
}

function differenceNow(known: KnownObject, stored: StoredObject | null, modifiedAt: number | null): Difference | null {
  const facts = { key: known.key, expectedBytes: known.size, storedBytes: stored?.size ?? null, modifiedAt };
  if (stored === null) return { ...facts, kind: 'missing' };
  if (stored.size !== known.size) return { ...facts, kind: 'size' };
  return known.state === 'missing' ? { ...facts, kind: 'back' } : null;
}
