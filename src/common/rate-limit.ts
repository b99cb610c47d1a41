import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { AppError } from './errors/index.js';

/** Takes one of the points of the key. Where none is left it throws what `tooMany` makes of the seconds until there is one again. */
export async function takePoint(
  limiter: RateLimiterAbstract,
  key: string,
  tooMany: (retryAfterSeconds: number) => AppError,
): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (state) {
    if (!(state instanceof RateLimiterRes)) throw state;
    throw tooMany(Math.max(1, Math.ceil(state.msBeforeNext / 1000)));
  }
}
