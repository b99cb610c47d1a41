import { Injectable } from '@nestjs/common';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { networkOf } from '../../common/address-ranges.js';
import { takePoint } from '../../common/rate-limit.js';
import { tooManyResets } from './users.errors.js';

/** How often one network may ask for links to set a password, and use them. Counted by each master for itself; tests change the points. */
@Injectable()
export class ResetLimit {
  readonly ofNetwork = new RateLimiterMemory({ points: 20, duration: 600 });

  /** Error: TOO_MANY_REQUESTS. */
  count(address: string): Promise<void> {
    return takePoint(this.ofNetwork, networkOf(address), tooManyResets);
  }
}
