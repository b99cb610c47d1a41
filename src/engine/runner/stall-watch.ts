import { AsyncLocalStorage } from 'node:async_hooks';
import { AppError } from '../../common/errors/index.js';
import { type ResourceGate, type StageProgress, StopRequest } from '../ports/index.js';

/** Work of a stage that holds a resource; it stands still while it waits for another one. */
interface Holder {
  waits: number;
}

export interface StallOptions {
  /** A stage in which nothing has moved for so long is stopped; 0 = never. */
  limitMs: number;
  now?: () => number;
}

/**
 * Watches one running stage: when no byte and no item has moved for the limit, its signal is raised. What it waits for in turn
 * (a resource, another stage, room in a storage) does not count, as long as none of its work holds a resource and could go on.
 */
export class StallWatch {
  readonly #stop = new AbortController();
  readonly #holders = new Set<Holder>();
  readonly #current = new AsyncLocalStorage<Holder>();
  readonly #now: () => number;
  readonly #limitMs: number;
  #waiting = 0;
  #movedAt: number;
  #seen: StageProgress = { bytesDone: 0 };
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly stage: string,
    { limitMs, now = () => performance.now() }: StallOptions,
  ) {
    this.#limitMs = limitMs;
    this.#now = now;
    this.#movedAt = now();
    this.#arm(limitMs);
  }

  /** Raised when the stage stands still. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** The stage told where it is; only what is further than before counts. */
  progress(told: StageProgress): void {
    const seen = this.#seen;
    const isFurther =
      told.bytesDone > seen.bytesDone ||
      (told.itemsDone ?? 0) > (seen.itemsDone ?? 0) ||
      (told.current !== undefined && told.current !== seen.current);
    this.#seen = { ...seen, ...told, bytesDone: Math.max(told.bytesDone, seen.bytesDone) };
    if (isFurther) this.alive();
  }

  /** Somebody was seen to work for the stage, although nothing it counts has moved. */
  alive(): void {
    this.#movedAt = this.#now();
  }

  /** The work waits for others: its time does not count. */
  async waits<T>(work: () => Promise<T>): Promise<T> {
    const resume = this.#pause();
    try {
      return await work();
    } finally {
      resume();
    }
  }

  /** The host's resources as the stage uses them: waiting for one does not count. */
  gate(resources: ResourceGate): ResourceGate {
    return {
      capacity: (kind) => resources.capacity(kind),
      use: async (kind, work, options) => {
        const resume = this.#pause();
        try {
          return await resources.use(kind, () => this.#hold(work, resume), options);
        } finally {
          resume();
        }
      },
    };
  }

  /** The stage has ended. */
  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Why it was stopped: STAGE_STALLED. */
  error(): AppError {
    const { bytesDone, bytesTotal, itemsDone, current } = this.#seen;
    const minutes = Math.round(this.#limitMs / 6000) / 10;
    const at = current === undefined || current === '' ? '' : ` at ${current}`;
    const of = bytesTotal === undefined ? '' : ` of ${bytesTotal}`;
    return new AppError({
      code: 'STAGE_STALLED',
      kind: 'source',
      message: `${this.stage} was stopped: nothing has moved for ${minutes} minutes. It stood${at} after ${bytesDone}${of} bytes.`,
      hint: 'Look at what it was waiting for: the database server, the disk or the storage. BACKUPD_STALL_MINUTES sets how long that may be.',
      retry: 'later',
      context: { stage: this.stage, minutes, bytesDone, itemsDone: itemsDone ?? null, current: current ?? null },
    });
  }

  /** Begins a time that does not count; the function ends it, once. */
  #pause(): () => void {
    const outer = this.#current.getStore();
    this.#waiting += 1;
    if (outer !== undefined) outer.waits += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      if (this.#isPaused()) this.alive();
      this.#waiting -= 1;
      if (outer !== undefined) outer.waits -= 1;
    };
  }

  async #hold<T>(work: () => Promise<T>, resume: () => void): Promise<T> {
    resume();
    const holder: Holder = { waits: 0 };
    this.#holders.add(holder);
    try {
      return await this.#current.run(holder, work);
    } finally {
      this.#holders.delete(holder);
    }
  }

  #isPaused(): boolean {
    return this.#waiting > 0 && ![...this.#holders].some((holder) => holder.waits === 0);
  }

  #arm(ms: number): void {
    if (this.#limitMs <= 0) return;
    this.#timer = setTimeout(() => this.#look(), ms).unref();
  }

  #look(): void {
    if (this.#isPaused()) this.alive();
    const left = this.#movedAt + this.#limitMs - this.#now();
    if (left > 0) this.#arm(left);
    else this.#stop.abort(new StopRequest('stall'));
  }
}
