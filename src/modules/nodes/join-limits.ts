import { Injectable } from '@nestjs/common';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { networkOf } from '../../common/address-ranges.js';
import { takePoint } from '../../common/rate-limit.js';
import { tooManyRequests } from './nodes.errors.js';

/** How often one address may do what needs no key. Counted by each master for itself; tests change the points. */
@Injectable()
export class JoinLimits {
  /** Requests that a person has to decide on. */
  readonly asking = new RateLimiterMemory({ points: 5, duration: 600 });
  /** Requests with a token that is not valid; one that is valid always works. */
  readonly failing = new RateLimiterMemory({ points: 20, duration: 60 });
  /** Questions whether one was decided on: hosts behind one address ask every few seconds. */
  readonly collecting = new RateLimiterMemory({ points: 120, duration: 60 });
  /** How many may wait for a decision in all. */
  waiting = 50;

  /** Counts. Error: TOO_MANY_REQUESTS. */
  async count(what: 'asking' | 'failing' | 'collecting', address: string): Promise<void> {
    await takePoint(this[what], networkOf(address), (seconds) =>
      tooManyRequests('Too many requests to join came from this address.', seconds),
    );
  }
}
