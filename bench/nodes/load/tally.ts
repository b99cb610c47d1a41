import type { Counted } from './messages.js';

const none = (): Counted => ({ requests: 0, heartbeatMs: [], uploadMs: [], taken: [], ended: 0, faults: {} });

/** What is counted over all nodes. */
export class Tally {
  private now = none();

  get requests(): number {
    return this.now.requests;
  }
  set requests(count: number) {
    this.now.requests = count;
  }

  heartbeat(ms: number): void {
    this.now.heartbeatMs.push(ms);
  }

  upload(ms: number): void {
    this.now.uploadMs.push(ms);
  }

  taken(what: Counted['taken'][number]): void {
    this.now.taken.push(what);
  }

  ended(): void {
    this.now.ended += 1;
  }

  fault(what: string): void {
    this.now.faults[what] = (this.now.faults[what] ?? 0) + 1;
  }

  /** What was counted, to begin anew. */
  take(): Counted {
    const { now } = this;
    this.now = none();
    return now;
  }
}
