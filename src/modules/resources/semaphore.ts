import { cancelledError } from '../../common/errors/index.js';

interface Waiter {
  asked: number;
  entered: (units: number) => void;
}

/** Counts units out to one after the other, first come first served: a big request is never starved by small ones. */
export class Semaphore {
  private used = 0;
  private readonly queue = new Set<Waiter>();

  constructor(private units: number) {}

  /** Units there are. */
  get capacity(): number {
    return this.units;
  }

  /** From now on there are so many. Who has units keeps them: after a cut more may be in use than there are. */
  resize(capacity: number): void {
    this.units = capacity;
    this.admit();
  }

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
    const asked = Math.max(1, Math.trunc(wanted));
    const units = this.queue.size > 0 ? null : this.enter(asked);
    return this.releaseOf(units ?? (await this.wait(asked, signal)));
  }

  /** Takes the units, at most all there are; null when they are not free. */
  private enter(asked: number): number | null {
    const units = Math.min(asked, this.capacity);
    if (this.used + units > this.capacity) return null;
    this.used += units;
    return units;
  }

  private releaseOf(units: number): () => void {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.used -= units;
      this.admit();
    };
  }

  private async wait(asked: number, signal?: AbortSignal): Promise<number> {
    return new Promise<number>((resolve, reject) => {
      const giveUp = (): void => {
        this.queue.delete(waiter);
        // Whoever stood behind may fit now.
        this.admit();
        reject(cancelledError());
      };
      const waiter: Waiter = {
        asked,
        entered: (units) => {
          signal?.removeEventListener('abort', giveUp);
          resolve(units);
        },
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      this.queue.add(waiter);
    });
  }

  private admit(): void {
    for (const waiter of this.queue) {
      const units = this.enter(waiter.asked);
      if (units === null) return;
      this.queue.delete(waiter);
      waiter.entered(units);
    }
  }
}
