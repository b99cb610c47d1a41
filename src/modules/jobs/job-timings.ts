import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';

/** How patient jobs are. Tests shorten it. */
@Injectable()
export class JobTimings {
  /** A job that was cut off or hit a passing fault is tried so often in all. */
  attempts = 3;
  /** Wait before the second attempt after a passing fault; doubles for each further one. */
  retrySeconds: number;
  /** How long a stop waits for jobs to stop. */
  stopMs = 60_000;
  /** How often leftovers that could not be removed are tried again. */
  sweepEveryMs = 600_000;

  constructor({ patience }: AppConfig) {
    this.retrySeconds = patience.retrySeconds;
  }
}
