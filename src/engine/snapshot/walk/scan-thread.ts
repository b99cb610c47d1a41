import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { AppError, cancelledError } from '../../../common/errors/index.js';
import { spawnWorker } from '../../threads/spawn-worker.js';
import type { Excluded } from './exclude.js';
import type { RecordBatch } from './record.js';
import type { ScanReply, ScanRequest, ScanThreadData } from './scan-protocol.js';
import type { ScanOptions } from './types.js';

/** About how many bytes of records are handed on at once. */
export const BATCH_BYTES = 256 * 1024;
const AHEAD = 4;

/** Walks in a thread of its own, at most some batches ahead of the reader. Close it, also after a failure. */
export class ScanThread {
  private readonly worker: Worker;
  private readonly replies: ScanReply[] = [];
  private wake: () => void = () => undefined;
  excluded: Excluded[] = [];

  private readonly onAbort = (): void => this.wake();

  constructor(
    scan: ScanOptions,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', this.onAbort, { once: true });
    const { roots, excludes, neverPack } = scan;
    const data: ScanThreadData = { scan: { roots, excludes, neverPack }, ahead: AHEAD, batchBytes: BATCH_BYTES };
    this.worker = spawnWorker('./scan-worker.js', import.meta.url, data);
    this.worker.on('message', (reply: ScanReply) => this.take(reply));
    this.worker.on('error', (error: Error) => {
      this.take({
        kind: 'failed',
        failure: {
          code: 'INTERNAL',
          kind: 'internal',
          message: error.message,
          hint: undefined,
          retry: 'maybe',
          context: {},
        },
      });
    });
  }

  /** The next batch; null at the end. Throws what the walk threw, JOB_CANCELLED when the signal is raised. */
  async next(): Promise<RecordBatch | null> {
    const { signal } = this;
    while (this.replies.length === 0 && !signal.aborted) {
      // eslint-disable-next-line no-await-in-loop -- until there is something
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (signal.aborted) throw cancelledError();
    const reply = this.replies.shift();
    if (reply?.kind === 'batch') return reply.batch;
    if (reply?.kind === 'failed') throw asError(reply.failure);
    this.excluded = reply?.excluded ?? [];
    return null;
  }

  /** Gives a batch's buffer back, which lets the thread go on. */
  giveBack(batch: RecordBatch): void {
    this.post({ kind: 'back', bytes: batch.bytes }, [batch.bytes.buffer]);
  }

  /** Resolves when the thread is gone. (It is never torn out of a system call.) */
  async close(): Promise<void> {
    this.signal.removeEventListener('abort', this.onAbort);
    if (this.worker.threadId === -1) return;
    const gone = once(this.worker, 'exit');
    this.post({ kind: 'end' }, []);
    await gone;
  }

  private post(request: ScanRequest, transfer: ArrayBuffer[]): void {
    this.worker.postMessage(request, transfer);
  }

  private take(reply: ScanReply): void {
    this.replies.push(reply);
    this.wake();
  }
}

function asError({ hint, ...failure }: Extract<ScanReply, { kind: 'failed' }>['failure']): AppError {
  return new AppError({ ...failure, ...(hint === undefined ? {} : { hint }) });
}
