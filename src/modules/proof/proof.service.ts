import { MikroORM } from '@mikro-orm/postgresql';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import type { StorageDriver } from '../../engine/ports/index.js';
import { tryLock } from '../../database/index.js';
import { databaseUrlOf } from '../events/index.js';
import { StorageService } from '../storage/index.js';
import { proofActive } from './proof.errors.js';
import type { PortionResult } from './proof-store.js';
import { type HandLimits, ProofWalker } from './proof-walker.js';

type Work = (providerId: string, driver: StorageDriver, signal: AbortSignal) => Promise<PortionResult>;

/** Reads objects back all the time, a portion every ten minutes; each provider by one master at a time. */
@Injectable()
export class ProofService implements BeforeApplicationShutdown {
  private readonly logger = new Logger('proof');
  private readonly stopping = new AbortController();
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly orm: MikroORM,
    private readonly storage: StorageService,
    private readonly walker: ProofWalker,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running.values());
  }

  @Cron(CronExpression.EVERY_10_MINUTES, { name: 'proof' })
  async tick(): Promise<void> {
    await this.everywhere((providerId, driver, signal) => this.walker.portion(providerId, driver, signal)).catch(
      (error: unknown) => this.logger.warn(`Stored objects could not be read back: ${String(error)}`),
    );
    await Promise.all(this.running.values());
  }

  /** Starts reading now, besides the plan, in the background. Error: PROOF_ACTIVE, when every provider is being read already. */
  async run(limits: HandLimits): Promise<void> {
    const started = await this.everywhere((providerId, driver, signal) =>
      this.walker.byHand(providerId, driver, limits, signal),
    );
    if (started === 0 && (await this.storage.list({ limit: 1, offset: 0 })).total > 0) throw proofActive();
  }

  /** Whether this master reads from the provider just now. */
  isRunning(providerId: string): boolean {
    return this.running.has(providerId);
  }

  /** Begins the work on every provider that nobody works on; tells on how many. What goes wrong with one does not stop the others. */
  private async everywhere(work: Work): Promise<number> {
    const items = await this.storage.all();
    let started = 0;
    for (const { id, name } of items) {
      if (this.stopping.signal.aborted || this.running.has(id)) continue;
      const lock = await tryLock(databaseUrlOf(this.orm), `backupd:proof:${id}`);
      if (lock === null) continue;
      started++;
      const signal = AbortSignal.any([this.stopping.signal, lock.lost]);
      const done = async (): Promise<void> => {
        try {
          await work(id, await this.storage.driver(id), signal);
        } catch (error) {
          if (!signal.aborted) this.logger.warn(`The storage "${name}" could not be read back: ${String(error)}`);
        }
        this.running.delete(id);
        await lock.release();
      };
      this.running.set(id, done());
    }
    return started;
  }
}
