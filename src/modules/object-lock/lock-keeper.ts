import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { AppError } from '../../common/errors/index.js';
import { locksObjects, type LockingStorageDriver } from '../../engine/ports/index.js';
import { isNeeded } from '../backups/index.js';
import { SettingsService } from '../settings/index.js';
import { StorageService } from '../storage/index.js';

const DAY_MS = 86_400_000;
const PAGE = 500;
/** Parts of a lock's length: how often a provider is gone through, and how short a lock is made longer. */
const ROUND = 1 / 6;
const SHORT = 2 / 3;

/** What one round over a provider did. */
export interface LockRound {
  looked: number;
  extended: number;
  failed: number;
}

/**
 * Keeps the locks of a provider with object lock as long as its objects are needed: whatever a kept backup points to stays
 * locked for at least half of the configured days. What retention has let go is not locked again, so it falls free.
 */
@Injectable()
export class LockKeeper {
  private readonly logger = new Logger('storage');
  private running: Promise<void> | null = null;

  constructor(
    private readonly orm: MikroORM,
    private readonly storage: StorageService,
    private readonly settings: SettingsService,
  ) {}

  /** Goes through every provider whose round is due. One at a time; a provider that fails is tried again at the next call. */
  @Cron(CronExpression.EVERY_HOUR, { name: 'object-lock', waitForCompletion: true })
  async tick(now = new Date()): Promise<void> {
    this.running ??= this.dueRounds(now).finally(() => {
      this.running = null;
    });
    await this.running;
  }

  /** Looks at every object of the provider that a kept backup needs; null when the provider does not lock. */
  async round(providerId: string, now = new Date()): Promise<LockRound | null> {
    const driver = await this.storage.driver(providerId);
    if (!locksObjects(driver)) return null;
    const done: LockRound = { looked: 0, extended: 0, failed: 0 };
    for (let after = ''; ;) {
      const keys = await this.neededAfter(providerId, after);
      const last = keys.at(-1);
      if (last === undefined) return done;
      for (const key of keys) await this.keepLocked(driver, key, now, done);
      after = last;
    }
  }

  private async dueRounds(now: Date): Promise<void> {
    for (const { providerId, providerName, driver } of await this.storage.allDestinations()) {
      if (!locksObjects(driver) || driver.lockDays === null) continue;
      const setting = `object-lock.${providerId}`;
      const { ranAt, failed } = (await this.settings.get(setting)) ?? {};
      const days = typeof failed === 'number' && failed > 0 ? 1 : driver.lockDays * ROUND;
      const due = typeof ranAt === 'string' ? Date.parse(ranAt) + days * DAY_MS : 0;
      if (due > now.getTime()) continue;
      try {
        const done = await this.round(providerId, now);
        if (done === null) continue;
        await this.settings.set(setting, { ranAt: now.toISOString(), ...done });
      } catch (error) {
        this.logger.warn(`Locks on "${providerName}" could not be extended: ${String(error)}`);
      }
    }
  }

  private async keepLocked(driver: LockingStorageDriver, key: string, now: Date, done: LockRound): Promise<void> {
    const days = driver.lockDays ?? 0;
    done.looked += 1;
    try {
      const until = await driver.lockedUntil(key);
      if (until !== null && until.getTime() >= now.getTime() + days * SHORT * DAY_MS) return;
      await driver.extendLock(key, new Date(now.getTime() + days * DAY_MS));
      done.extended += 1;
    } catch (error) {
      // Missing objects are found and told by verification and reconciliation.
      if (error instanceof AppError && error.code === 'STORAGE_OBJECT_NOT_FOUND') return;
      done.failed += 1;
      if (done.failed === 1) this.logger.warn(`The lock of ${key} could not be extended: ${String(error)}`);
    }
  }

  /** Keys in order: manifests and bundles of the backups that are neither being deleted nor let go by retention. */
  private async neededAfter(providerId: string, after: string): Promise<string[]> {
    const rows = await this.orm.em.fork().execute<{ key: string }[]>(
      `select o.key from stored_object o where o.provider_id = ? and o.key collate "C" > ? and o.state <> 'missing'
          and ${isNeeded('o.key', 'o.provider_id', 'b.deleting_at is null and b.expires_at is null')}
        order by o.key collate "C" limit ${PAGE}`,
      [providerId, after],
    );
    return rows.map((row) => row.key);
  }
}
