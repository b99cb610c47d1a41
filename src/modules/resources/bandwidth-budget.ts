import { cancelledError } from '../../common/errors/index.js';
import { pause } from '../../common/pause.js';
import type { BandwidthLimiter } from '../../engine/ports/index.js';

const BITS_PER_BYTE = 8;
const MEGA = 1_000_000;
/** After a pause this much may go out at once. */
const BURST_MS = 250;
const METER_STEP_MS = 100;
const METER_STEPS = 10;

/**
 * The upload budget of this host, shared by all uploads: each `take` gets the next free stretch of time on the line,
 * first come first served.
 */
export class BandwidthBudget implements BandwidthLimiter {
  /** Until when the line is spoken for. */
  private busyUntil = Number.NEGATIVE_INFINITY;
  private total = 0;
  private readonly meter: { step: number; bytes: number }[] = [];

  constructor(private limit: number) {}

  /** Megabits a second; 0 = unlimited. */
  get limitMbps(): number {
    return this.limit;
  }

  /** For what is taken from now on; who waits already goes on at the time that was given to it. */
  setLimit(mbps: number): void {
    const now = performance.now();
    const before = this.bytesPerMs;
    this.limit = mbps;
    const after = this.bytesPerMs;
    // What is spoken for takes less time on a faster line: nobody waits behind the slow one.
    if (after === null) this.busyUntil = Number.NEGATIVE_INFINITY;
    else if (before !== null && this.busyUntil > now) this.busyUntil = now + ((this.busyUntil - now) * before) / after;
  }

  /** Null = unlimited. */
  private get bytesPerMs(): number | null {
    return this.limit === 0 ? null : (this.limit * MEGA) / BITS_PER_BYTE / 1000;
  }

  /** Resolves when the bytes may go out. JOB_CANCELLED when aborted; what was not sent is given back. */
  async take(bytes: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) throw cancelledError();
    const rate = this.bytesPerMs;
    if (rate !== null) {
      const now = performance.now();
      const start = Math.max(this.busyUntil, now - BURST_MS);
      const stretch = bytes / rate;
      this.busyUntil = start + stretch;
      if (start > now)
        await pause(start - now, signal).catch((error: unknown) => {
          this.busyUntil -= stretch;
          throw error;
        });
    }
    this.count(bytes);
  }

  /** Bytes let through within the last second. */
  usedBytesLastSecond(): number {
    const now = stepNow();
    return this.meter.reduce((sum, { step, bytes }) => (step > now - METER_STEPS ? sum + bytes : sum), 0);
  }

  /** Bytes let through since the start. */
  usedBytes(): number {
    return this.total;
  }

  private count(bytes: number): void {
    this.total += bytes;
    const now = stepNow();
    const slot = this.meter[now % METER_STEPS];
    if (slot?.step === now) slot.bytes += bytes;
    else this.meter[now % METER_STEPS] = { step: now, bytes };
  }
}

function stepNow(): number {
  return Math.floor(performance.now() / METER_STEP_MS);
}
