import type { ContentItem, DamagedItem, FrameRun } from './types.js';

/** What each thread of a read pool shares with the main thread: an end to come, and bytes read so far. */
export class ReadShared {
  readonly #words: Int32Array;
  readonly #longs: BigInt64Array;

  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(16)) {
    this.#words = new Int32Array(memory);
    this.#longs = new BigInt64Array(memory);
  }

  stop(): void {
    Atomics.store(this.#words, 0, 1);
  }

  get stopped(): boolean {
    return Atomics.load(this.#words, 0) !== 0;
  }

  addBytes(bytes: number): void {
    Atomics.add(this.#longs, 1, BigInt(bytes));
  }

  get bytes(): number {
    return Number(Atomics.load(this.#longs, 1));
  }
}

/** What a thread is told, besides CLOSE. */
export type ReadRequest<Item extends ContentItem = ContentItem> =
  /** Read a run: from this open file, or (null) from bytes that follow. */
  | { kind: 'run'; seq: number; fd: number | null; run: FrameRun<Item> }
  /** The next bytes of the run it works on. */
  | { kind: 'bytes'; seq: number; bytes: Uint8Array }
  /** No more bytes come of it, for this reason. */
  | { kind: 'end'; seq: number; reason: string }
  /** Tell the SHA-256 of the first `size` bytes of an open file. */
  | { kind: 'hash'; seq: number; fd: number; size: number };

export type ReadReply<Summary = unknown> =
  | { kind: 'done'; seq: number; damaged: { index: number; reason: string }[] }
  /** It took the bytes; `enough`: it needs no more of this run. */
  | { kind: 'more'; seq: number; enough: boolean }
  | { kind: 'digest'; seq: number; sha256: string; bytes: number }
  | { kind: 'closed'; summary: Summary }
  /** Of a sink, or a fault of ours: the pool ends. `index`: of the run's item. */
  | { kind: 'failed'; message: string; code: string | null; stack: string; item: ContentItem | null };

/** The items that the thread found damaged. */
export function damagedOf<Item extends ContentItem>(run: FrameRun<Item>, reply: ReadReply): DamagedItem<Item>[] {
  if (reply.kind !== 'done') return [];
  return reply.damaged.flatMap(({ index, reason }) => {
    const item = run.items[index];
    return item === undefined ? [] : [{ item, reason }];
  });
}
