import { Injectable } from '@nestjs/common';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { networkOf } from '../../common/address-ranges.js';
import { takePoint } from '../../common/rate-limit.js';
import { tooManyLogins } from './users.errors.js';

const TEN_MINUTES = 600;
const HOUR = 3600;

/**
 * Slows down guessing of passwords and codes. Counted by each master for itself; tests change the points. Who guesses at one name from one
 * network locks out that network only; a hundred an hour from everywhere lock the name.
 */
@Injectable()
export class LoginLimit {
  readonly ofPair = new RateLimiterMemory({ points: 5, duration: TEN_MINUTES });
  readonly ofNetwork = new RateLimiterMemory({ points: 30, duration: TEN_MINUTES });
  readonly ofName = new RateLimiterMemory({ points: 100, duration: HOUR });

  /** Counts an attempt before it is looked at, so that those at the same time count too. Error: TOO_MANY_FAILED_LOGINS. */
  async attempt(name: string, address: string): Promise<void> {
    const network = networkOf(address);
    const who = name.toLowerCase();
    await takePoint(this.ofNetwork, network, tooManyLogins);
    await takePoint(this.ofPair, `${network} ${who}`, tooManyLogins);
    await takePoint(this.ofName, who, tooManyLogins);
  }

  /** Takes one attempt back: it was none to guess. */
  async takeBack(name: string, address: string): Promise<void> {
    const network = networkOf(address);
    const who = name.toLowerCase();
    await this.ofNetwork.reward(network);
    await this.ofPair.reward(`${network} ${who}`);
    await this.ofName.reward(who);
  }

  /** As `takeBack`, and what failed before from this network counts no more for this name. */
  async succeeded(name: string, address: string): Promise<void> {
    await this.takeBack(name, address);
    await this.ofPair.delete(`${networkOf(address)} ${name.toLowerCase()}`);
  }

  /** A password was set anew: whoever guessed at the old one begins again. */
  async forget(name: string): Promise<void> {
    await this.ofName.delete(name.toLowerCase());
  }
}
