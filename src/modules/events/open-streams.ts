import { Injectable } from '@nestjs/common';
import { tooManyStreams } from './events.errors.js';

/** Counts the open streams of this master, however they are sent: each holds a connection and reads the log. */
@Injectable()
export class OpenStreams {
  /** At a time; of one caller, so that one that leaks them leaves room for the others. */
  limits = { ofCaller: 100, inAll: 500 };
  private readonly byCaller = new Map<string, number>();
  private inAll = 0;

  /** Takes a place until the signal. Error: STREAMS_TOO_MANY. */
  take(callerId: string, signal: AbortSignal): void {
    if (signal.aborted) return;
    const own = this.byCaller.get(callerId) ?? 0;
    if (own >= this.limits.ofCaller) throw tooManyStreams('caller', this.limits.ofCaller);
    if (this.inAll >= this.limits.inAll) throw tooManyStreams('server', this.limits.inAll);
    this.byCaller.set(callerId, own + 1);
    this.inAll += 1;
    signal.addEventListener('abort', () => this.leave(callerId), { once: true });
  }

  private leave(callerId: string): void {
    const left = (this.byCaller.get(callerId) ?? 0) - 1;
    if (left > 0) this.byCaller.set(callerId, left);
    else this.byCaller.delete(callerId);
    this.inAll -= 1;
  }
}
