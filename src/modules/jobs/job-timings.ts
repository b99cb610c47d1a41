import { Injectable } from '@nestjs/common';
import { backoff } from '../../common/backoff.js';
import { AppConfig, STOP_LIMIT_SECONDS } from '../../config/index.js';

/** A storage or database that is away for longer than this is not likely to be back soon. */
const LONGEST_WAIT_MS = 15 * 60_000;

/** How patient jobs are. Tests shorten it. */
@Injectable()
export class JobTimings {
  /** A job that was cut off or hit a passing fault is tried so often in all. */
  attempts = 3;
  /** Wait before the second attempt after a passing fault; doubles for each further one. */
  retrySeconds: number;
  /** A stage in which nothing has moved for so long is stopped; 0 = never. */
  stallMs: number;
  /**
   * A stage that was stopped and still runs after so long does not hear: its job ends without it. Who cancels waits for that; one that stood
   * still may have a storage to say goodbye to that does not answer either.
   */
  deafMs = { cancelled: 4000, stalled: 60_000 };
  /** On a stop, running stages get so long to come to an end of their own. */
  graceMs: number;
  /** How long a stop then waits for stages that it has stopped. */
  stopMs = (STOP_LIMIT_SECONDS - 15) * 1000;
  /** What a failed backup had made is kept for so long. */
  keepMs: number;
  /** Below this share of free space nothing of failed jobs is kept. */
  keepFreeShare = 0.1;
  /** How often leftovers that could not be removed are tried again, and what is kept no longer is removed. */
  sweepEveryMs = 600_000;
  /** From 0 to 1: spreads attempts that would come back together. */
  random: () => number = Math.random;

  constructor({ patience }: AppConfig) {
    this.retrySeconds = patience.retrySeconds;
    this.stallMs = patience.stallMinutes * 60_000;
    this.graceMs = patience.stopGraceSeconds * 1000;
    this.keepMs = patience.keepFailedHours * 3_600_000;
  }

  /** Whole seconds to wait after so many failures before the next attempt. */
  waitSeconds(failures: number): number {
    const firstMs = this.retrySeconds * 1000;
    return Math.ceil(backoff(failures, { firstMs, longestMs: Math.max(firstMs, LONGEST_WAIT_MS) }, this.random) / 1000);
  }
}
