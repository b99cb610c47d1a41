import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { tooManyFailures } from './auth.errors.js';

const MAX_FAILURES = 20;
const WINDOW_SECONDS = 60;

/** Slows down guessing: an address that failed too often must wait, whatever token it then sends. */
@Injectable()
export class FailureLimit {
  private readonly limiter = new RateLimiterMemory({
    points: MAX_FAILURES,
    duration: WINDOW_SECONDS,
    blockDuration: WINDOW_SECONDS,
  });

  /** Throws TOO_MANY_FAILED_LOGINS when the address must wait. */
  async check(address: string): Promise<void> {
    const state = await this.limiter.get(address);
    if (state !== null && state.consumedPoints > MAX_FAILURES) throw tooManyFailures(secondsLeft(state));
  }

  /** Counts a failure. */
  async count(address: string): Promise<void> {
    try {
      await this.limiter.consume(address);
    } catch (state) {
      if (state instanceof RateLimiterRes) throw tooManyFailures(secondsLeft(state));
      throw state;
    }
  }
}

function secondsLeft(state: RateLimiterRes): number {
  return Math.max(1, Math.ceil(state.msBeforeNext / 1000));
}
