import type { Readable } from 'node:stream';
import type { ByteRange } from '../../engine/ports/index.js';
import type { CallOptions, MasterClient, SignedClient, SizedStream } from '../node-link/index.js';
import type { Access } from '../node-protocol/index.js';

/** So long a run waits for its master before what it asks fails: it is then tried again later. */
const PATIENCE_MS = 6 * 3_600_000;

/** How a run talks to the master and to storages. Waits for a master that is away. */
export class RunLink {
  constructor(
    private readonly master: MasterClient,
    readonly storage: SignedClient,
    private readonly runId: string,
  ) {}

  /** Posts to an endpoint of the run; again while the master is away. */
  ask<T>(path: string, body: unknown, options: CallOptions = {}): Promise<T> {
    return this.master.call<T>(this.path(path), body, { patienceMs: PATIENCE_MS, ...options });
  }

  /** Puts bytes; not tried again. */
  put<T>(path: string, body: Buffer | SizedStream, options: CallOptions = {}): Promise<T> {
    return this.master.put<T>(this.path(path), body, options);
  }

  /** The bytes that the access leads to: of the storage itself, or through the master. */
  read(
    access: Access,
    query: { providerId: string; key: string },
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Readable> {
    const { url } = access;
    if (url !== null) return this.storage.read({ ...access, url }, range, signal);
    return this.master.get(this.path('objects'), {
      query,
      ...(range === undefined ? {} : { range }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  private path(path: string): string {
    return `/node/runs/${this.runId}/${path}`;
  }
}
