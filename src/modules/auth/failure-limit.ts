import { Injectable } from '@nestjs/common';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { takePoint } from '../../common/rate-limit.js';
import { tooManyFailures } from './auth.errors.js';

const MAX_FAILURES = 20;
const WINDOW_SECONDS = 60;

/**
 * Slows down guessing, and says so. A valid token still works: on a host with many users, one of them must not be able to
 * lock the others out by guessing (a token has 256 random bits, so nothing is lost).
 */
@Injectable()
export class FailureLimit {
  private readonly limiter = new RateLimiterMemory({
    points: MAX_FAILURES,
    duration: WINDOW_SECONDS,
    blockDuration: WINDOW_SECONDS,
  });

  /** Counts a failure. Throws TOO_MANY_FAILED_LOGINS when there were too many. */
  count(address: string): Promise<void> {
    return takePoint(this.limiter, address, tooManyFailures);
  }
}
