import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { asAppError } from '../../common/errors/index.js';
import { changeMark } from './local-rows.js';
import { MirrorSettings, type MirrorConfig } from './mirror-settings.js';
import { type MirrorState, MirrorStatus } from './mirror-status.js';
import { MirrorSync, type SyncTally } from './mirror-sync.js';
import { mirrorDisabled, mirrorRowTooLarge } from './mirror.errors.js';
import { type SqlSession, SqlSessions } from './sql-session.js';

export interface SyncReport {
  sent: number;
  deleted: number;
  tooLarge: number;
  durationMs: number;
}

/** At least so often everything is compared, whatever the statistics say. */
const COMPARE_EVERY_MS = 3_600_000;
/** So often the rows in D1 are counted too (that costs reads). */
const AUDIT_EVERY_MS = 86_400_000;

/** Keeps the mirror up to date, and knows how it fares. */
@Injectable()
export class MirrorService implements OnModuleDestroy {
  private readonly logger = new Logger('mirror');
  private readonly stopping = new AbortController();
  private readonly runs = new Set<Promise<unknown>>();
  /** The last trouble told in the log: once is enough. */
  private told = '';
  /** The catalogue as of the last run that got all through. */
  private seen = { mark: '', at: 0 };

  constructor(
    private readonly orm: MikroORM,
    private readonly settings: MirrorSettings,
    private readonly status: MirrorStatus,
    private readonly sessions: SqlSessions,
    private readonly mirror: MirrorSync,
  ) {}

  /** Raised when the application stops. */
  get stopped(): AbortSignal {
    return this.stopping.signal;
  }

  /** Stops a run: what it has not sent, a later one sends. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled(this.runs);
  }

  /** State and rows waiting; null when no mirror is set up. */
  async state(): Promise<{ config: MirrorConfig; state: MirrorState; rowsWaiting: number | null } | null> {
    const config = await this.settings.find();
    if (config === null) return null;
    return { config, state: await this.status.get(), rowsWaiting: await this.mirror.waiting(config) };
  }

  /** By hand, with a count of what D1 has. Errors: MIRROR_NOT_SET, MIRROR_DISABLED, MIRROR_BUSY, those of a run. */
  async sync(force: boolean): Promise<SyncReport> {
    const config = await this.settings.get();
    if (!config.enabled) throw mirrorDisabled();
    return this.synchronise(config, { force, audit: true });
  }

  /** By the clock: only when something may have changed. Never throws; what went wrong is in the state. */
  async tick(): Promise<void> {
    try {
      const config = await this.settings.find();
      if (config === null || !config.enabled || this.stopping.signal.aborted) return;
      const { auditedAt, behindSince } = await this.status.get();
      const now = Date.now();
      const audit = now - Date.parse(auditedAt ?? '1970-01-01') > AUDIT_EVERY_MS;
      const mark = await this.mark(config);
      const isQuiet = mark === this.seen.mark && now - this.seen.at < COMPARE_EVERY_MS;
      if (isQuiet && behindSince === null && !audit) return;
      await this.synchronise(config, { force: false, audit });
      if (this.told !== '') this.logger.log('the mirror is up to date again');
      this.told = '';
    } catch (error) {
      const { code, message } = asAppError(error);
      if (code === 'MIRROR_BUSY' || code === this.told || this.stopping.signal.aborted) return;
      this.logger.warn(`${message} [${code}]`);
      this.told = code;
    }
  }

  private synchronise(config: MirrorConfig, how: { force: boolean; audit: boolean }): Promise<SyncReport> {
    const run = this.sessions.hold((held) => this.runOnce(held, config, how));
    this.runs.add(run);
    return run.finally(() => this.runs.delete(run));
  }

  private async runOnce(
    held: SqlSession,
    config: MirrorConfig,
    how: { force: boolean; audit: boolean },
  ): Promise<SyncReport> {
    const started = Date.now();
    const tally: SyncTally = { sent: 0, deleted: 0, tooLarge: { rows: 0, example: '' } };
    // Before the reads: what changes meanwhile is seen as a change the next time.
    const mark = await this.mark(config);
    try {
      await this.mirror.run(held, config, { ...how, signal: this.stopping.signal }, tally);
    } catch (error) {
      if (!this.stopping.signal.aborted) await this.status.failed(tally.sent, tally.deleted, asAppError(error));
      throw error;
    }
    const { rows, example } = tally.tooLarge;
    await this.status.succeeded(
      tally.sent,
      tally.deleted,
      how.audit,
      rows > 0 ? mirrorRowTooLarge(rows, example) : null,
    );
    this.seen = { mark, at: started };
    return { sent: tally.sent, deleted: tally.deleted, tooLarge: rows, durationMs: Date.now() - started };
  }

  /** Differs after a change of the catalogue and after one of the settings. */
  private async mark(config: MirrorConfig): Promise<string> {
    return `${JSON.stringify(config)} ${await changeMark(this.orm.em.fork())}`;
  }
}
