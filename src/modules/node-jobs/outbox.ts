import { type FileHandle, open, rm } from 'node:fs/promises';
import { Logger } from '@nestjs/common';
import { backoff } from '../../common/backoff.js';
import { AppError, asAppError } from '../../common/errors/index.js';
import { pause } from '../../common/pause.js';
import type { RecordKeeper } from '../../engine/runner/index.js';
import type { Report, ReportedEnd } from '../node-protocol/index.js';
import { type KeptReport, reportsIn } from './kept-reports.js';

/** Of progress alone so many are kept at most while the master is away: the next one makes good for those before. */
const MOST_UNSENT_PROGRESS = 20;
/** What is sent at once. */
const BATCH_REPORTS = 200;
const BATCH_BYTES = 256 * 1024;
const AGAIN = { firstMs: 500, longestMs: 30_000 };

/** Where a report ends in the file. */
interface Place {
  seq: number;
  offset: number;
}
const START: Place = { seq: 0, offset: 0 };

/** Milliseconds by a clock that a change of the host's time does not move. */
const now = (): number => performance.timeOrigin + performance.now();

/**
 * What a run tells, in a file until the master has it: numbered without gaps, in order, kept over a kill of this process. One writer; the
 * end is the last report, durable when `end` resolves. What is handed out is durable too: the master never has more than this file.
 */
export class Outbox {
  readonly #logger = new Logger('node');
  #file: FileHandle | null = null;
  /** Length of the file's whole reports. */
  #size = 0;
  #last = 0;
  #acked = 0;
  /** From here on is read next; never beyond what the master has. */
  #from = START;
  /** Where the reports end that were handed out last. */
  #handedOut = START;
  #isEnding = false;
  #end: ReportedEnd | null = null;
  #writing: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;
  readonly #over = Promise.withResolvers<void>();

  private constructor(readonly path: string) {}

  /** With what is there. A report that was cut off by a kill is dropped. */
  static async open(path: string): Promise<Outbox> {
    const box = new Outbox(path);
    // Makes it where it is missing.
    await (await open(path, 'a', 0o600)).close();
    const file = await open(path, 'r+');
    const { size } = await file.stat();
    for await (const { report, bytes } of reportsIn(file, 0, size)) {
      if (report.seq !== box.#last + 1 || box.#end !== null) break;
      box.#last = report.seq;
      box.#end = report.end ?? null;
      box.#size += bytes;
    }
    await file.truncate(box.#size);
    box.#isEnding = box.#end !== null;
    if (box.#isEnding) box.#over.resolve();
    box.#file = file;
    return box;
  }

  /** How the run ended, once that is kept. */
  get ended(): ReportedEnd | null {
    return this.#end;
  }

  /** Resolves when the end is told. */
  get whenEnded(): Promise<void> {
    return this.#over.promise;
  }

  /** Whether the master has all that was told. */
  get isDelivered(): boolean {
    return this.#acked >= this.#last;
  }

  /** Number of the report that is delivered next. */
  get next(): number {
    return this.#acked + 1;
  }

  /** Keeps what the run's recorder tells. */
  readonly keeper: RecordKeeper = {
    record: async (facts, events) => {
      // What a stage that was let go still tells.
      if (this.#isEnding) throw runEnded();
      const isProgress = facts.stages === undefined && events.every(({ type }) => type === 'stage.progress');
      if (isProgress && this.#last - this.#acked > MOST_UNSENT_PROGRESS) return;
      await this.#add({ facts, events });
    },
  };

  /** The run is over: nothing is told after it. While the disk takes nothing it is tried again; the first end counts. */
  async end(end: ReportedEnd): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    for (let failures = 1; ; failures += 1) {
      try {
        await this.#add({ end });
        break;
      } catch (error) {
        // Closed: it was not told, and the next process takes the run up.
        if (this.#file === null) return;
        this.#logger.error(`The end of a run can't be written to ${this.path} yet: ${asAppError(error).message}`);
        await pause(backoff(failures, AGAIN));
      }
    }
    this.#end = end;
    this.#over.resolve();
    this.#wake();
  }

  /** Calls `wake` whenever something is added. */
  onAdded(wake: () => void): void {
    this.#wake = wake;
  }

  /** The next reports that the master does not have; empty when it has all. What it has is not read again. */
  async unsent(): Promise<Report[]> {
    const batch: Report[] = [];
    if (this.isDelivered || this.#file === null) return batch;
    await this.#file.datasync();
    if (this.#from.seq > this.#acked) this.#from = START;
    let { offset } = this.#from;
    let size = 0;
    for await (const { report, bytes } of reportsIn(this.#file, offset, this.#size)) {
      if (report.seq > this.#acked) {
        if (batch.length > 0 && (batch.length === BATCH_REPORTS || size + bytes > BATCH_BYTES)) break;
        const { at, ...told } = report;
        batch.push({ ...told, ageMs: Math.max(0, Math.round(now() - at)) });
        size += bytes;
      }
      offset += bytes;
      const place = { seq: report.seq, offset };
      if (report.seq <= this.#acked) this.#from = place;
      this.#handedOut = place;
    }
    return batch;
  }

  /** The master expects this number next. */
  expects(next: number): void {
    this.#acked = Math.max(0, Math.min(next - 1, this.#last));
    if (this.#handedOut.seq <= this.#acked) this.#from = this.#handedOut;
  }

  /** Takes and gives nothing any more; the file stays. */
  async close(): Promise<void> {
    await this.#writing;
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  async remove(): Promise<void> {
    await this.close();
    await rm(this.path, { force: true });
  }

  async #add(told: Pick<KeptReport, 'facts' | 'events' | 'end'>): Promise<void> {
    const before = this.#writing;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#writing = promise;
    await before;
    try {
      await this.#write({ seq: this.#last + 1, at: now(), ...told });
    } finally {
      resolve();
    }
    this.#wake();
  }

  /** All of it or, as far as the next one and a new start are concerned, nothing. */
  async #write(report: KeptReport): Promise<void> {
    const file = this.#file;
    if (file === null) throw runEnded();
    const bytes = Buffer.from(`${JSON.stringify(report)}\n`);
    try {
      for (let at = 0; at < bytes.length;)
        at += (await file.write(bytes, at, bytes.length - at, this.#size + at)).bytesWritten;
      if (report.end !== undefined) await file.datasync();
    } catch (error) {
      await file.truncate(this.#size).catch(() => undefined);
      throw error;
    }
    this.#size += bytes.length;
    this.#last = report.seq;
  }
}

function runEnded(): AppError {
  return new AppError({ code: 'JOB_LOST', kind: 'internal', message: 'The run has ended.', retry: 'never' });
}
