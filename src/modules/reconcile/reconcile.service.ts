import { MikroORM } from '@mikro-orm/postgresql';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AppError, asAppError } from '../../common/errors/index.js';
import type { Page, PageQueryDto } from '../../common/http/index.js';
import { newId } from '../../common/ids.js';
import { type HeldLock, tryLock } from '../../database/index.js';
import { databaseUrlOf } from '../events/index.js';
import { StorageService } from '../storage/index.js';
import { reconciliationActive, reconciliationInterrupted, reconciliationNotFound } from './reconcile.errors.js';
import { Reconciler } from './reconciler.js';
import { Reconciliation, ReconciliationStatus } from './reconciliation.entity.js';
import { Report } from './report.js';
import type { ReconcileOptions, ReconcileRun } from './run.js';

const SAVE_EVERY_MS = 2000;

/** Reconciliations: starts them in the background, one at a time per provider over all masters, and keeps their reports. */
@Injectable()
export class ReconcileService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('reconcile');
  private readonly stopping = new AbortController();
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly orm: MikroORM,
    private readonly storage: StorageService,
    private readonly reconciler: Reconciler,
  ) {}

  /** A report whose provider nobody holds was cut off. */
  async onApplicationBootstrap(): Promise<void> {
    const left = await this.orm.em.fork().find(Reconciliation, { status: ReconciliationStatus.Running });
    for (const providerId of new Set(left.map((report) => report.providerId))) {
      const lock = await this.lock(providerId);
      if (lock === null) continue;
      try {
        await this.endCutOff(providerId);
      } finally {
        await lock.release();
      }
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running.values());
  }

  /**
   * Starts one; the report that is answered is filled while it runs. Errors: STORAGE_NOT_FOUND, RECONCILIATION_ACTIVE. What goes
   * wrong later stands in the report.
   */
  async start(providerId: string, options: ReconcileOptions): Promise<Reconciliation> {
    const driver = await this.storage.driver(providerId);
    const lock = await this.lock(providerId);
    if (lock === null || this.stopping.signal.aborted) {
      await lock?.release();
      throw reconciliationActive(providerId);
    }
    try {
      await this.endCutOff(providerId);
      const row = Object.assign(new Reconciliation(), {
        id: newId(),
        providerId,
        status: ReconciliationStatus.Running,
        actions: [...options.actions],
        counts: {},
        findings: [],
        error: null,
        startedAt: new Date(),
        finishedAt: null,
      });
      await this.orm.em.fork().persist(row).flush();
      const signal = AbortSignal.any([this.stopping.signal, lock.lost]);
      const run = { ...options, providerId, driver, report: new Report(), signal };
      this.running.set(row.id, this.work(row.id, run, lock));
      return row;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Error: RECONCILIATION_NOT_FOUND. */
  async get(id: string): Promise<Reconciliation> {
    const row = await this.orm.em.fork().findOne(Reconciliation, { id });
    if (row === null) throw reconciliationNotFound(id);
    return row;
  }

  /** The report when it has ended, however it ended; one of another master's as it is now. Error: RECONCILIATION_NOT_FOUND. */
  async ended(id: string): Promise<Reconciliation> {
    await this.running.get(id);
    return this.get(id);
  }

  /** Newest first. */
  async list(providerId: string | undefined, { limit, offset }: PageQueryDto): Promise<Page<Reconciliation>> {
    const where = providerId === undefined ? {} : { providerId };
    const [items, total] = await this.orm.em
      .fork()
      .findAndCount(Reconciliation, where, { limit, offset, orderBy: { startedAt: 'desc', id: 'desc' } });
    return { items, total, limit, offset };
  }

  /** When the provider was last reconciled, or began to be; null = never. */
  async lastStart(providerId: string): Promise<Date | null> {
    const [newest] = (await this.list(providerId, { limit: 1, offset: 0 })).items;
    return newest?.startedAt ?? null;
  }

  /** Never throws: what goes wrong stands in the report. */
  private async work(id: string, run: ReconcileRun, lock: HeldLock): Promise<void> {
    let savedAt = Date.now();
    const save = async (rest: object): Promise<void> => {
      const { counts, findings } = run.report;
      await this.orm.em.fork().nativeUpdate(Reconciliation, { id }, { counts, findings, ...rest });
    };
    let error: AppError | null = null;
    try {
      await this.reconciler.run(id, run, async () => {
        if (Date.now() - savedAt < SAVE_EVERY_MS) return;
        savedAt = Date.now();
        await save({});
      });
    } catch (thrown) {
      error = run.signal.aborted ? reconciliationInterrupted() : asAppError(thrown);
      this.logger.error(`The storage ${run.providerId} could not be reconciled: ${error.message}`);
    }
    const status = error === null ? ReconciliationStatus.Completed : ReconciliationStatus.Failed;
    await save({ status, error: error === null ? null : stored(error), finishedAt: new Date() }).catch((thrown) => {
      this.logger.error(`The report of reconciliation ${id} could not be kept: ${String(thrown)}`);
    });
    await lock.release();
    this.running.delete(id);
  }

  private lock(providerId: string): Promise<HeldLock | null> {
    return tryLock(databaseUrlOf(this.orm), `backupd:reconcile:${providerId}`);
  }

  /** Only with the provider's lock: then none of its reports is really running. */
  private async endCutOff(providerId: string): Promise<void> {
    await this.orm.em.fork().nativeUpdate(
      Reconciliation,
      { providerId, status: ReconciliationStatus.Running },
      {
        status: ReconciliationStatus.Failed,
        error: stored(reconciliationInterrupted()),
        finishedAt: new Date(),
      },
    );
  }
}

function stored({ code, message, hint }: AppError): { code: string; message: string; hint: string | null } {
  return { code, message, hint: hint ?? null };
}
