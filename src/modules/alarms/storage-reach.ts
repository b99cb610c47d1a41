import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { asAppError } from '../../common/errors/index.js';
import { lockInTransaction } from '../../database/index.js';
import type { Destination, StorageDriver } from '../../engine/ports/index.js';
import { StorageService } from '../storage/index.js';
import { Patience } from '../../common/patience.js';
import { OBSERVED, Setting } from '../settings/index.js';

const SETTING = `${OBSERVED}reach.`;
/** Nothing lies here but for a moment: listing it costs nothing and tells that place and credentials are good. */
const PREFIX = 'probe/';
const PATIENCE_MS = 20_000;

/** How a storage answered lately. */
export interface Reach {
  /** When it was last asked. */
  at: string;
  /** Failures in a row. */
  failures: number;
  error: { code: string; message: string; hint: string | null } | null;
}

/** Asks each storage now and then whether it answers, without writing; one master at a time does. What came of it is kept. */
@Injectable()
export class StorageReach {
  private readonly patience = new Patience(PATIENCE_MS);

  constructor(
    private readonly orm: MikroORM,
    private readonly storage: StorageService,
  ) {}

  /** Asks the enabled storages that were asked longer ago than `everyMs`. Never throws for one of them. */
  async ask(now: Date, everyMs: number): Promise<void> {
    const destinations = await this.storage.enabledDestinations();
    await Promise.all(destinations.map((destination) => this.one(destination, now, everyMs)));
  }

  /** What is known of the enabled storages. */
  async known(em: EntityManager): Promise<(Reach & { providerId: string; providerName: string; kind: string })[]> {
    const rows = await em.execute<{ id: string; name: string; kind: string; value: Reach }[]>(
      `select p.id, p.name, p.kind, k.value from storage_provider p join setting k on k.key = '${SETTING}' || p.id::text
        where p.enabled order by p.id`,
    );
    return rows.map(({ id, name, kind, value }) => Object.assign({ providerId: id, providerName: name, kind }, value));
  }

  private async one({ providerId, driver }: Destination, now: Date, everyMs: number): Promise<void> {
    const key = `${SETTING}${providerId}`;
    const before = await this.claim(key, now, everyMs);
    if (before === null) return;
    const error = await this.answer(providerId, driver);
    const failures = error === null ? 0 : before.failures + 1;
    await this.keep(this.orm.em.fork(), key, { at: now.toISOString(), failures, error });
  }

  /** What is known when it is for this master to ask now; then the others leave it alone for a while. Else null. */
  private async claim(key: string, now: Date, everyMs: number): Promise<Reach | null> {
    return this.orm.em.fork().transactional(async (em) => {
      await lockInTransaction(em, `backupd:${key}`, 'exclusive');
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written below
      const kept = ((await em.findOne(Setting, { key }))?.value ?? null) as Reach | null;
      const reach = kept ?? { at: new Date(0).toISOString(), failures: 0, error: null };
      // A little less, as the rounds themselves are not to the second.
      if (now.getTime() - Date.parse(reach.at) < everyMs - 10_000) return null;
      await this.keep(em, key, { ...reach, at: now.toISOString() });
      return reach;
    });
  }

  private async keep(em: EntityManager, key: string, reach: Reach): Promise<void> {
    await em.upsert(Setting, { key, value: { ...reach }, updatedAt: new Date() }, { onConflictFields: ['key'] });
  }

  /** Null when it answers. */
  private async answer(providerId: string, driver: StorageDriver): Promise<Reach['error']> {
    const late = AbortSignal.timeout(PATIENCE_MS);
    try {
      const found = await this.patience.look(providerId, () =>
        driver.list(PREFIX, late)[Symbol.asyncIterator]().next(),
      );
      if (found !== null) return null;
    } catch (error) {
      if (!late.aborted) {
        const { code, message, hint } = asAppError(error);
        return { code, message, hint: hint ?? null };
      }
    }
    return { code: 'STORAGE_UNREACHABLE', message: `It did not answer within ${PATIENCE_MS / 1000} s.`, hint: null };
  }
}
