import type { Worker } from 'node:worker_threads';
import type { HashReply, HashRequest, HashWorkerData } from './protocol.js';
import { closeWorker, spawnWorker } from '../../threads/spawn-worker.js';

/** Below this there is no sense in waking the thread. */
const STEP = 4 * 1024 * 1024;

/** SHA-256 of a file while it is being written: a thread follows over the bytes that are final. */
export class HashFollower {
  private readonly worker: Worker;
  private readonly stopped = new SharedArrayBuffer(4);
  private told = 0;
  private readonly digest: Promise<string>;

  constructor(path: string) {
    const data: HashWorkerData = { path, stopped: this.stopped };
    this.worker = spawnWorker('./hash-worker.js', import.meta.url, data);
    this.digest = new Promise((resolve, reject) => {
      this.worker.on('message', (reply: HashReply) => {
        if (reply.kind === 'digest') resolve(reply.sha256);
        else reject(new Error(`the bundle can't be read back: ${reply.message}`));
      });
      this.worker.on('error', reject);
      this.worker.on('exit', () => reject(new Error('the hashing thread ended too early')));
    });
    // Whoever calls `finish` sees it; without that call nobody may.
    this.digest.catch(() => undefined);
  }

  /** The file's first `upTo` bytes are final. */
  advance(upTo: number): void {
    if (upTo - this.told < STEP) return;
    this.tell({ upTo, last: false });
  }

  /** The hash of the whole file, which has `size` bytes. */
  async finish(size: number): Promise<string> {
    this.tell({ upTo: size, last: true });
    return this.digest;
  }

  async close(): Promise<void> {
    Atomics.store(new Int32Array(this.stopped), 0, 1);
    await closeWorker(this.worker);
  }

  private tell(request: HashRequest): void {
    this.told = request.upTo;
    this.worker.postMessage(request, []);
  }
}
