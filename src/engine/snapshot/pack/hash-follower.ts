import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { Worker } from 'node:worker_threads';
import { beginWriteBackSoon } from '../../native/file-calls.js';
import type { HashReply, HashRequest, HashWorkerData } from './protocol.js';
import { closeWorker, spawnWorker } from '../../threads/spawn-worker.js';

/** Below this there is no sense in waking the thread. */
const STEP = 4 * 1024 * 1024;
/** To start the thread costs as much as to hash so many bytes. */
const THREAD_FROM = 64 * 1024 * 1024;
const CHUNK = 1024 * 1024;

/** SHA-256 of a file while it is being written, and the disk told to write what is final. A thread follows where it is much. */
export class HashFollower {
  private worker: Worker | null = null;
  private readonly stopped = new SharedArrayBuffer(4);
  private told = 0;
  private digest: Promise<string> | null = null;

  private begun: Promise<void> = Promise.resolve();

  /** `file` is open and stays so until `close` has resolved. */
  constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  /** The file's first `upTo` bytes are final. */
  advance(upTo: number): void {
    if (upTo - this.told < STEP) return;
    if (upTo >= THREAD_FROM) {
      this.tell({ upTo, last: false });
      return;
    }
    // So that the last sync has little left to do.
    const from = this.told;
    this.begun = this.begun.then(() => beginWriteBackSoon(this.file.fd, from, upTo - from));
    this.told = upTo;
  }

  /** The hash of the whole file, which has `size` bytes. */
  async finish(size: number): Promise<string> {
    if (this.worker !== null) this.tell({ upTo: size, last: true });
    const sha256 = await (this.digest ?? hashFile(this.path));
    await this.begun;
    return sha256;
  }

  async close(): Promise<void> {
    Atomics.store(new Int32Array(this.stopped), 0, 1);
    if (this.worker !== null) await closeWorker(this.worker);
    await this.begun;
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
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  const file = await open(path);
  try {
    for (;;) {
      // eslint-disable-next-line no-await-in-loop -- others get their turn on this thread
      const { bytesRead } = await file.read(buffer);
      if (bytesRead === 0) return digest.digest('hex');
      digest.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
