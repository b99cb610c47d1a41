import { Injectable } from '@nestjs/common';
import { tooManyStreams } from './events.errors.js';

/** Counts the open streams of this master, however they are sent: each holds a connection and reads the log. */
@Injectable()
export class OpenStreams {
  /** At a time; of one token, so that one that leaks them leaves room for the others. */
  limits = { ofToken: 100, inAll: 500 };
  private readonly byToken = new Map<string, number>();
  private inAll = 0;

  /** Takes a place until the signal. Error: STREAMS_TOO_MANY. */
  take(tokenId: string, signal: AbortSignal): void {
    if (signal.aborted) return;
    const own = this.byToken.get(tokenId) ?? 0;
    if (own >= this.limits.ofToken) throw tooManyStreams('token', this.limits.ofToken);
    if (this.inAll >= this.limits.inAll) throw tooManyStreams('server', this.limits.inAll);
    this.byToken.set(tokenId, own + 1);
    this.inAll += 1;
    signal.addEventListener('abort', () => this.leave(tokenId), { once: true });
  }

  private leave(tokenId: string): void {
    const left = (this.byToken.get(tokenId) ?? 0) - 1;
    if (left > 0) this.byToken.set(tokenId, left);
    else this.byToken.delete(tokenId);
    this.inAll -= 1;
  }
}
