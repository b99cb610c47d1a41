import { Logger } from '@nestjs/common';
import { backoff } from '../../common/backoff.js';
import { type AppError, asAppError } from '../../common/errors/index.js';
import { pause } from '../../common/pause.js';
import { isAway, type MasterClient } from '../node-link/index.js';
import type { Report, ReportedEnd, ReportsAnswer } from '../node-protocol/index.js';
import type { Outbox } from './outbox.js';

const AGAIN = { firstMs: 500, longestMs: 30_000 };
/** What belongs together is sent together. */
const GATHER_MS = 150;
/** The master takes texts of this length. */
const MOST_TEXT = 10_000;

export interface DeliveryEvents {
  /** The run is no longer this node's: nothing of it is wanted any more. */
  onLost: () => void;
}

/** Brings what a run tells to the master: in order, each once, for as long as it takes. */
export class Delivery {
  private readonly logger = new Logger('node');
  private readonly stop = new AbortController();
  private wake = Promise.withResolvers<void>();
  private readonly running: Promise<void>;
  private lost = false;

  constructor(
    private readonly client: MasterClient,
    private readonly runId: string,
    private readonly outbox: Outbox,
    private readonly events: DeliveryEvents,
  ) {
    outbox.onAdded(() => this.wake.resolve());
    this.running = this.run();
  }

  /** Resolves when the end is delivered, the run is lost, or this was stopped. */
  async done(): Promise<void> {
    await this.running;
  }

  get isLost(): boolean {
    return this.lost;
  }

  /** The run is no longer this node's: nothing more is delivered. */
  lose(): void {
    this.lost = true;
    this.end();
  }

  /** What is not delivered stays in the outbox. */
  end(): void {
    this.stop.abort();
    this.wake.resolve();
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.stop.signal.aborted && !this.lost) {
      if (this.outbox.isDelivered) {
        if (this.outbox.ended !== null) return;
        await this.wake.promise;
        this.wake = Promise.withResolvers<void>();
        if (this.outbox.ended === null) await pause(GATHER_MS, this.stop.signal).catch(() => undefined);
        continue;
      }
      try {
        const reports = await this.outbox.unsent();
        if (reports.length === 0) throw new Error(`${this.outbox.path} lacks what was told.`);
        await this.send(reports);
        failures = 0;
      } catch (thrown) {
        if (this.stop.signal.aborted) return;
        failures += 1;
        const error = asAppError(thrown);
        if (!isAway(error)) this.logger.warn(`Reports of run ${this.runId} could not be delivered: ${error.message}`);
        await pause(backoff(failures, AGAIN), this.stop.signal).catch(() => undefined);
      }
    }
  }

  private async send(reports: readonly Report[]): Promise<void> {
    try {
      this.outbox.expects((await this.post(reports)).next);
    } catch (thrown) {
      const error = asAppError(thrown);
      const { code, context } = error;
      if (code === 'JOB_LOST') {
        this.lost = true;
        this.events.onLost();
      } else if (code === 'REPORT_OUT_OF_ORDER' && typeof context['next'] === 'number')
        this.outbox.expects(context['next']);
      else if (error.kind !== 'usage') throw thrown;
      else if (reports.length > 1) await this.sendEach(reports);
      else await this.sendBare(reports[0], error);
    }
  }

  /** One of them is refused: the others arrive as they are. */
  private async sendEach(reports: readonly Report[]): Promise<void> {
    for (const report of reports) {
      // Lost, or the master expects another one.
      if (this.lost || report.seq !== this.outbox.next) return;
      await this.send([report]);
    }
  }

  /** One that the master does not take would hold up all that follow: it is sent with what must be known alone. */
  private async sendBare(report: Report | undefined, why: AppError): Promise<void> {
    if (report === undefined) return;
    this.logger.error(`A report of run ${this.runId} was refused and goes without its details: ${why.message}`);
    const { seq, ageMs, end } = report;
    const bare: Report = { seq, ageMs, ...(end === undefined ? {} : { end: bareEnd(end) }) };
    this.outbox.expects((await this.post([bare])).next);
  }

  private post(reports: readonly Report[]): Promise<ReportsAnswer> {
    const { signal } = this.stop;
    return this.client.call<ReportsAnswer>(`/node/runs/${this.runId}/reports`, { reports }, { signal });
  }
}

/** What the master must know of it. */
function bareEnd(end: ReportedEnd): ReportedEnd {
  const { code, kind, message, retry } = end.error ?? {};
  if (code === undefined || kind === undefined || message === undefined || retry === undefined)
    return { ...end, result: null, error: null };
  return { ...end, result: null, error: { code, kind, message: message.slice(0, MOST_TEXT), retry, context: {} } };
}
