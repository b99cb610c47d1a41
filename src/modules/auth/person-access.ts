import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/http/index.js';

/** What is needed of a request to know whose it is. */
export type PersonRequest = Pick<IncomingMessage, 'headers' | 'socket' | 'method'>;

/** Knows people by their sessions. */
export interface PersonAuthenticator {
  /** Whose session the request brings; null = it brings none. Throws when the session is not valid, or may not be used in this way. */
  authenticate(request: PersonRequest): Promise<Principal | null>;
  /** The same person as of now; null = would not be let in any more. */
  again(principal: Principal): Promise<Principal | null>;
}

/** Lets people in by their sessions, which the feature of the users knows: it registers how to look one up. */
@Injectable()
export class PersonAccess implements PersonAuthenticator {
  private known: PersonAuthenticator | null = null;

  register(known: PersonAuthenticator): void {
    this.known = known;
  }

  authenticate(request: PersonRequest): Promise<Principal | null> {
    return this.known?.authenticate(request) ?? Promise.resolve(null);
  }

  again(principal: Principal): Promise<Principal | null> {
    return this.known?.again(principal) ?? Promise.resolve(null);
  }
}
