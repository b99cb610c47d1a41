import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { AppError } from '../../common/errors/index.js';
import type { RecordKeeper } from '../../engine/runner/index.js';
import type { Report, ReportedEnd } from '../node-protocol/index.js';

/** A report as it is kept: with the time of this host instead of an age. */
type Kept = Omit<Report, 'ageMs'> & { at: number };

/** Of progress alone so many are kept at most while the master is away: the next one makes good for those before. */
const MOST_UNSENT_PROGRESS = 20;
/** What is sent at once. */
const BATCH_REPORTS = 200;
const BATCH_BYTES = 256 * 1024;

/** Milliseconds by a clock that a change of the host's time does not move. */
const now = (): number => performance.timeOrigin + performance.now();

/**
 * What a run tells, in a file until the master has it: numbered without gaps, in order, kept over a kill of this process. One writer; the
 * end is the last report, durable when `end` resolves.
 */
export class Outbox {
  #file: FileHandle | null = null;
  #last = 0;
  #acked = 0;
  #end: ReportedEnd | null = null;
  #writing: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;
  readonly #over = Promise.withResolvers<void>();

  private constructor(readonly path: string) {}

  /** With what is there. A line that was cut off by a kill is dropped. */
  static async open(path: string): Promise<Outbox> {
    const box = new Outbox(path);
    let bytes = 0;
    const file = await open(path, 'a+', 0o600);
    for await (const report of linesOf(path)) {
      if (report.value.seq !== box.#last + 1) break;
      box.#last = report.value.seq;
      box.#end = report.value.end ?? null;
      bytes += report.bytes;
    }
    await file.truncate(bytes);
    if (box.#end !== null) box.#over.resolve();
    box.#file = file;
    return box;
  }

  /** How the run ended, when it has. */
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

  /** Number of the last report. */
  get last(): number {
    return this.#last;
  }

  /** Keeps what the run's recorder tells. */
  readonly keeper: RecordKeeper = {
    record: async (facts, events) => {
      // What a stage that was let go still tells.
      if (this.#end !== null) throw runEnded();
      const isProgress = facts.stages === undefined && events.every(({ type }) => type === 'stage.progress');
      if (isProgress && this.#last - this.#acked > MOST_UNSENT_PROGRESS) return;
      await this.#add({ facts, events });
    },
  };

  /** The run is over: nothing is told after it. */
  async end(end: ReportedEnd): Promise<void> {
    if (this.#end !== null) return;
    this.#end = end;
    await this.#add({ end });
    await this.#file?.sync();
    this.#over.resolve();
  }

  /** Calls `wake` whenever something is added. */
  onAdded(wake: () => void): void {
    this.#wake = wake;
  }

  /** The next reports that the master does not have; empty when it has all. */
  async unsent(): Promise<Report[]> {
    const batch: Report[] = [];
    let size = 0;
    if (this.isDelivered) return batch;
    for await (const { value, bytes } of linesOf(this.path)) {
      if (value.seq <= this.#acked) continue;
      if (batch.length > 0 && (batch.length === BATCH_REPORTS || size + bytes > BATCH_BYTES)) break;
      const { at, ...report } = value;
      batch.push({ ...report, ageMs: Math.max(0, Math.round(now() - at)) });
      size += bytes;
    }
    return batch;
  }

  /** The master expects this number next. */
  expects(next: number): void {
    this.#acked = Math.min(next - 1, this.#last);
  }

  async remove(): Promise<void> {
    await this.#writing;
    await this.#file?.close();
    this.#file = null;
    await rm(this.path, { force: true });
  }

  async #add(told: Pick<Kept, 'facts' | 'events' | 'end'>): Promise<void> {
    const before = this.#writing;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#writing = promise;
    await before;
    try {
      const report: Kept = { seq: this.#last + 1, at: now(), ...told };
      await this.#file?.write(`${JSON.stringify(report)}\n`);
      this.#last = report.seq;
    } finally {
      resolve();
    }
    this.#wake();
  }
}

function runEnded(): AppError {
  return new AppError({ code: 'JOB_LOST', kind: 'internal', message: 'The run has ended.', retry: 'never' });
}

/** The whole lines of the file, and their length. */
async function* linesOf(path: string): AsyncGenerator<{ value: Kept; bytes: number }> {
  const input = createReadStream(path, { encoding: 'utf8' });
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const value = parsed(line);
      if (value === null) return;
      yield { value, bytes: Buffer.byteLength(line) + 1 };
    }
  } finally {
    input.destroy();
  }
}

function parsed(line: string): Kept | null {
  try {
    const value: unknown = JSON.parse(line);
    // Written by this class.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return typeof value === 'object' && value !== null && 'seq' in value ? (value as Kept) : null;
  } catch {
    return null;
  }
}
