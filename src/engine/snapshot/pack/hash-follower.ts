import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Worker } from 'node:worker_threads';
import type { HashReply, HashRequest, HashWorkerData } from './protocol.js';
import { closeWorker, spawnWorker } from '../../threads/spawn-worker.js';

/** Below this there is no sense in waking the thread. */
const STEP = 4 * 1024 * 1024;

/** SHA-256 of a file while it is being written: a thread follows over the bytes that are final, if they are many. */
export class HashFollower {
  private worker: Worker | null = null;
  private readonly stopped = new SharedArrayBuffer(4);
  private told = 0;
  private digest: Promise<string> | null = null;

  constructor(private readonly path: string) {}

  /** The file's first `upTo` bytes are final. */
  advance(upTo: number): void {
    if (upTo - this.told < STEP) return;
    this.tell({ upTo, last: false });
  }

  /** The hash of the whole file, which has `size` bytes. */
  async finish(size: number): Promise<string> {
    // So little is hashed while a thread would still be starting.
    if (this.worker === null && size <= 2 * STEP) return hashFile(this.path);
    this.tell({ upTo: size, last: true });
    return this.digest ?? hashFile(this.path);
  }

  async close(): Promise<void> {
    Atomics.store(new Int32Array(this.stopped), 0, 1);
    if (this.worker !== null) await closeWorker(this.worker);
  }

  private tell(request: HashRequest): void {
    this.told = request.upTo;
    this.worker ??= this.start();
    this.worker.postMessage(request, []);
  }

  private start(): Worker {
    const data: HashWorkerData = { path: this.path, stopped: this.stopped };
    const worker = spawnWorker('./hash-worker.js', import.meta.url, data);
    this.digest = new Promise((resolve, reject) => {
      worker.on('message', (reply: HashReply) => {
        if (reply.kind === 'digest') resolve(reply.sha256);
        else reject(new Error(`the bundle can't be read back: ${reply.message}`));
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('the hashing thread ended too early')));
    });
    // Whoever calls `finish` sees it; without that call nobody may.
    this.digest.catch(() => undefined);
    return worker;
  }
}

async function hashFile(path: string): Promise<string> {
  const digest = createHash('sha256');
  await pipeline(createReadStream(path), digest);
  return digest.digest('hex');
}
