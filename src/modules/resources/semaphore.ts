import { cancelledError } from '../../common/errors/index.js';

interface Waiter {
  units: number;
  enter: () => void;
}

/** Counts units out to one after the other, first come first served: a big request is never starved by small ones. */
export class Semaphore {
  private used = 0;
  private readonly queue = new Set<Waiter>();

  constructor(readonly capacity: number) {}

  get inUse(): number {
    return this.used;
  }

  /** How many wait for their turn. */
  get waiting(): number {
    return this.queue.size;
  }

  /** Resolves when the units are ours, with the way to give them back (once). More than there are = all. JOB_CANCELLED when aborted while waiting. */
  async acquire(wanted = 1, signal?: AbortSignal): Promise<() => void> {
    if (signal?.aborted === true) throw cancelledError();
    const units = Math.min(Math.max(1, Math.trunc(wanted)), this.capacity);
    if (this.queue.size > 0 || this.used + units > this.capacity) await this.wait(units, signal);
    else this.used += units;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.used -= units;
      this.admit();
    };
  }

  private async wait(units: number, signal?: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const giveUp = (): void => {
        this.queue.delete(waiter);
        // Whoever stood behind may fit now.
        this.admit();
        reject(cancelledError());
      };
      const waiter: Waiter = {
        units,
        enter: () => {
          signal?.removeEventListener('abort', giveUp);
          resolve();
        },
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      this.queue.add(waiter);
    });
  }

  private admit(): void {
    for (const waiter of this.queue) {
      if (this.used + waiter.units > this.capacity) return;
      this.queue.delete(waiter);
      this.used += waiter.units;
      waiter.enter();
    }
  }
}
