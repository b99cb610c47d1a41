import type { FileHandle } from 'node:fs/promises';
import type { Worker } from 'node:worker_threads';
import { freeBuffer } from '../../native/free-buffer.js';
import { closeWorker, spawnWorker } from '../../threads/spawn-worker.js';
import { compressFrame, TEXT_FRAME_BYTES } from '../zstd/index.js';
import type { FrameReply, FrameRequest, FrameWorkerData } from './protocol.js';
import { WorkerFailed } from './worker-pool.js';

/** Makes frames of content and writes them: one at a time, while the next one's content is gathered. */
export interface FrameStore {
  /** Memory for the content of two frames: one is filled, one is being stored. */
  readonly slots: readonly [Buffer, Buffer];
  /** Compresses the first `length` bytes of a slot to a frame at this offset of the file; gives the frame's length. */
  store(slot: 0 | 1, length: number, offset: number): Promise<number>;
  /** Ends what it started. */
  close(): Promise<void>;
}

/** For a few frames: compresses on libuv's pool. */
export class PoolFrameStore implements FrameStore {
  readonly slots = [Buffer.allocUnsafeSlow(TEXT_FRAME_BYTES), Buffer.allocUnsafeSlow(TEXT_FRAME_BYTES)] as const;

  constructor(
    private readonly file: FileHandle,
    private readonly level: number,
  ) {}

  async store(slot: 0 | 1, length: number, offset: number): Promise<number> {
    return storeHere(this.file, this.slots[slot].subarray(0, length), this.level, offset);
  }

  async close(): Promise<void> {}
}

/** Compresses on libuv's pool. */
async function storeHere(file: FileHandle, content: Buffer, level: number, offset: number): Promise<number> {
  const frame = await compressFrame(content, level);
  for (let at = 0; at < frame.length;) {
    // eslint-disable-next-line no-await-in-loop -- the rest of a short write
    at += (await file.write(frame, at, frame.length - at, offset + at)).bytesWritten;
  }
  const { length } = frame;
  freeBuffer(frame);
  return length;
}

/** To start the thread costs as much as to compress a good part of this. */
const THREAD_FROM = 32 * 1024 * 1024;

/** For many frames: a thread of its own, so that the main thread's memory gets no garbage of them. Started once there were some. */
export class ThreadFrameStore implements FrameStore {
  private readonly memory = [new SharedArrayBuffer(TEXT_FRAME_BYTES), new SharedArrayBuffer(TEXT_FRAME_BYTES)] as const;
  readonly slots = [Buffer.from(this.memory[0]), Buffer.from(this.memory[1])] as const;
  private worker: Worker | null = null;
  private stored = 0;

  constructor(
    private readonly file: FileHandle,
    private readonly level: number,
  ) {}

  async store(slot: 0 | 1, length: number, offset: number): Promise<number> {
    this.stored += length;
    if (this.worker === null && this.stored < THREAD_FROM)
      return storeHere(this.file, this.slots[slot].subarray(0, length), this.level, offset);
    const worker = (this.worker ??= this.start());
    const request: FrameRequest = { slot, length, offset };
    const reply = await new Promise<FrameReply>((resolve, reject) => {
      const ended = (): void => reject(new WorkerFailed('the thread that writes frames ended too early', null));
      worker.once('exit', ended);
      worker.once('error', reject);
      worker.once('message', (message: FrameReply) => {
        worker.off('exit', ended);
        worker.off('error', reject);
        resolve(message);
      });
      worker.postMessage(request, []);
    });
    if (reply.kind === 'failed') throw new WorkerFailed(reply.message, reply.code);
    return reply.bytes;
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.worker = null;
    if (worker !== null) await closeWorker(worker);
  }

  private start(): Worker {
    const data: FrameWorkerData = { fd: this.file.fd, level: this.level, slots: [...this.memory] };
    return spawnWorker('./frame-worker.js', import.meta.url, data);
  }
}
