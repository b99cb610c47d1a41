import { createReadStream, rmSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { closeWorker, spawnWorker } from '../../../../engine/threads/spawn-worker.js';
import { longestInMemory, type PieceSizes } from '../row-cutter.js';
import type { SpilledContent } from '../spill-buffer.js';
import {
  SLOT_FREE,
  type ConnectionGiven,
  type RowPiece,
  type RowsReply,
  type RowsRequest,
  type RowThreadData,
} from './protocol.js';

const SLOTS = 2;
/** Some thirty pieces: taking them up is a millisecond of the main thread's. */
const SLOT_BYTES = 256 * 1024;
const MIB = 1024 * 1024;

/** The server (or the connection) failed while rows were read. */
export class RowsFailed extends Error {
  constructor(
    message: string,
    readonly table: string,
    /** The server's error number, or the client libraries' one for a broken connection. */
    readonly errno: number | null,
    /** Of the system, e.g. ENOSPC. */
    readonly code: string | null,
  ) {
    super(message);
    this.name = 'RowsFailed';
  }
}

/** A piece of a table's rows: one complete INSERT. Its memory is only valid until `take` has returned. */
export interface TakenPiece {
  rows: number;
  /** Known for pieces that are in memory. */
  sha256?: string;
  body: SpilledContent;
}

/**
 * Reads tables in a thread of its own: on the main thread, millions of rows would keep the API waiting. The thread reads the
 * next rows while the last ones' pieces are taken. `close` it.
 */
export class RowThread {
  private readonly control = new SharedArrayBuffer(4 * (SLOTS + 1));
  private readonly words = new Int32Array(this.control);
  private readonly slots: Buffer[];
  private readonly worker: Worker;
  private readonly replies: RowsReply[] = [];
  private failure: Error | null = null;
  private wake: () => void = () => undefined;

  /** Starts it; it needs a connection before it can read. */
  constructor(workDir: string, pieces: PieceSizes) {
    const bytes = Math.max(SLOT_BYTES, longestInMemory(pieces));
    const slots = Array.from({ length: SLOTS }, () => new SharedArrayBuffer(bytes));
    this.slots = slots.map((memory) => Buffer.from(memory));
    const data: RowThreadData = { workDir, pieces, slots, control: this.control };
    this.worker = spawnWorker('./row-worker.js', import.meta.url, data);
    this.worker.on('message', (reply: RowsReply) => {
      this.replies.push(reply);
      this.wake();
    });
    const failed = (error: Error): void => {
      this.failure ??= error;
      this.wake();
    };
    this.worker.on('error', failed);
    this.worker.on('exit', () => failed(new Error('the thread that reads rows ended too early')));
  }

  /** Gives it the connection to read from: `fd` is the thread's until it was closed. */
  use(connection: ConnectionGiven): void {
    this.worker.postMessage(connection, []);
  }

  /** Reads one table at a time; `take` gets the pieces in order. Gives the number of rows. Throws RowsFailed. */
  async read(request: RowsRequest, take: (piece: TakenPiece) => Promise<void>): Promise<number> {
    this.worker.postMessage(request, []);
    for (;;) {
      // oxlint-disable no-await-in-loop -- pieces are taken in order
      const reply = await this.next();
      if (reply.kind === 'done') return reply.rows;
      if (reply.kind === 'failed') throw new RowsFailed(reply.message, request.table, reply.errno, reply.code);
      if (reply.kind === 'long-piece') await takeLong(reply, take);
      else await this.takeSlot(reply.slot, reply.pieces, take);
      // oxlint-enable no-await-in-loop
    }
  }

  /** Ends the thread, also in the midst of a table: the caller has to shut the connection down before. Idempotent. */
  async close(): Promise<void> {
    Atomics.store(this.words, SLOTS, 1);
    for (let slot = 0; slot < SLOTS; slot += 1) Atomics.notify(this.words, slot);
    await closeWorker(this.worker);
    for (const reply of this.replies.splice(0)) if (reply.kind === 'long-piece') rmSync(reply.path, { force: true });
  }

  private async takeSlot(
    slot: number,
    pieces: readonly RowPiece[],
    take: (piece: TakenPiece) => Promise<void>,
  ): Promise<void> {
    let at = 0;
    for (const { rows, size, sha256 } of pieces) {
      const content = this.slots[slot]?.subarray(at, at + size) ?? Buffer.alloc(0);
      at += size;
      // oxlint-disable-next-line no-await-in-loop -- in order
      await take({ rows, sha256, body: { size, content, path: null, dispose: () => undefined } });
    }
    Atomics.store(this.words, slot, SLOT_FREE);
    Atomics.notify(this.words, slot);
  }

  private async next(): Promise<RowsReply> {
    for (;;) {
      const reply = this.replies.shift();
      if (reply !== undefined) return reply;
      if (this.failure !== null) throw this.failure;
      // oxlint-disable-next-line no-await-in-loop -- waits for what is told
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

async function takeLong(
  { path, rows, size }: Extract<RowsReply, { kind: 'long-piece' }>,
  take: (piece: TakenPiece) => Promise<void>,
): Promise<void> {
  const remove = (): void => rmSync(path, { force: true });
  const content = createReadStream(path, { highWaterMark: MIB });
  try {
    await take({ rows, body: { size, content, path, dispose: remove } });
  } finally {
    content.destroy();
    remove();
  }
}
