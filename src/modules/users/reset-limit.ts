import { Injectable } from '@nestjs/common';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { networkOf } from '../../common/address-ranges.js';
import { take } from './login-limit.js';

/** How often one network may ask for links to set a password, and use them. Counted by each master for itself; tests change the points. */
@Injectable()
export class ResetLimit {
  readonly ofNetwork = new RateLimiterMemory({ points: 20, duration: 600 });

  /** Error: TOO_MANY_FAILED_LOGINS. */
  count(address: string): Promise<void> {
    return take(this.ofNetwork, networkOf(address));
  }
}
