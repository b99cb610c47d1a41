import type { Readable } from 'node:stream';
import { AppError } from '../../common/errors/index.js';
import type { ByteRange } from '../../engine/ports/index.js';
import type { CallOptions, MasterClient, SignedClient, SizedStream } from '../node-link/index.js';
import type { Access } from '../node-protocol/index.js';
import { patientRead } from './patient-read.js';

/** So long a run waits for its master before what it asks fails: it is then tried again later. */
const PATIENCE_MS = 6 * 3_600_000;
/** The same for what a stop does not reach: it ends before a stage counts as one that does not hear. */
const UNSTOPPED_PATIENCE_MS = 20 * 60_000;

/** How a run talks to the master and to storages. Waits for a master that is away. */
export class RunLink {
  constructor(
    private readonly master: MasterClient,
    readonly storage: SignedClient,
    private readonly runId: string,
    /** Called when the master says that the run is another one's by now. */
    private readonly onLost: () => void = () => undefined,
  ) {}

  /** Posts to an endpoint of the run; again while the master is away. */
  ask<T>(path: string, body: unknown, options: CallOptions = {}): Promise<T> {
    const patienceMs = options.signal === undefined ? UNSTOPPED_PATIENCE_MS : PATIENCE_MS;
    return this.told(this.master.call<T>(this.path(path), body, { patienceMs, ...options }));
  }

  /** Puts bytes; not tried again. */
  put<T>(path: string, body: Buffer | SizedStream, options: CallOptions = {}): Promise<T> {
    return this.told(this.master.put<T>(this.path(path), body, options));
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
    const open = (left: ByteRange | undefined): Promise<Readable> =>
      this.told(
        this.master.get(this.path('objects'), {
          query,
          ...(left === undefined ? {} : { range: left }),
          ...(signal === undefined ? {} : { signal }),
        }),
      );
    return patientRead(open, range, { patienceMs: UNSTOPPED_PATIENCE_MS, signal });
  }

  private async told<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      // Before whoever asked hears of it: it is no failure of the job.
      if (error instanceof AppError && error.code === 'JOB_LOST') this.onLost();
      throw error;
    }
  }

  private path(path: string): string {
    return `/node/runs/${this.runId}/${path}`;
  }
}
