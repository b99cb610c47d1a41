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
  /** Null = unlimited. */
  private readonly bytesPerMs: number | null;
  /** Until when the line is spoken for. */
  private busyUntil = Number.NEGATIVE_INFINITY;
  private total = 0;
  private readonly meter: { step: number; bytes: number }[] = [];

  constructor(readonly limitMbps: number) {
    this.bytesPerMs = limitMbps === 0 ? null : (limitMbps * MEGA) / BITS_PER_BYTE / 1000;
  }

  /** Resolves when the bytes may go out. JOB_CANCELLED when aborted; what was not sent is given back. */
  async take(bytes: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) throw cancelledError();
    if (this.bytesPerMs !== null) {
      const now = performance.now();
      const start = Math.max(this.busyUntil, now - BURST_MS);
      const stretch = bytes / this.bytesPerMs;
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
