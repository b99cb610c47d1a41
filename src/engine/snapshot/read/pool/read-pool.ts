import { availableParallelism } from 'node:os';
import type { Readable } from 'node:stream';
import type { Worker } from 'node:worker_threads';
import { cancelledError, throwIfAborted } from '../../../../common/errors/index.js';
import type { StorageDriver } from '../../../ports/index.js';
import { closeWorker } from '../../../threads/spawn-worker.js';
import type { ManifestBundle } from '../../manifest/index.js';
import { BundleAccess, MISSING } from './bundle-access.js';
import { healed } from './healings.js';
import { CUT_OFF } from './run-reader.js';
import { damagedOf, type ReadReply, type ReadRequest, ReadShared } from './protocol.js';
import type { ContentItem, DamagedItem, FrameRun } from './types.js';

/** Runs a thread has at a time: one to work on, one to go on with at once. */
const QUEUE = 2;
/** Pieces of a stream on their way to a thread. */
const CREDIT = 4;
/** More than the disk and the processors of a small server can make use of. */
const MAX_THREADS = 4;

/** How many threads a pool has at most on this host. */
const readThreads = (): number => Math.min(MAX_THREADS, Math.max(2, availableParallelism()));

export interface ReadPoolOptions {
  driver: StorageDriver;
  /** All that the runs may lie in. */
  bundles: readonly ManifestBundle[];
  /** Starts a thread that calls `serveRuns` with this memory. */
  spawn: (memory: SharedArrayBuffer) => Worker;
  signal?: AbortSignal;
}

/** What ended a thread; `item`: the one that its sink was at work on. */
export class ReadThreadFailed extends Error {
  constructor(
    message: string,
    readonly code: string | null,
    readonly item: ContentItem | null,
    stack = '',
  ) {
    super(message);
    this.name = 'ReadThreadFailed';
    if (stack !== '') this.stack = stack;
  }
}

interface Waiting {
  resolve: (reply: ReadReply) => void;
  reject: (error: unknown) => void;
}

interface Member<Summary> {
  worker: Worker;
  load: number;
  waiting: Map<number, Waiting>;
  /** Pieces the thread has not taken yet, by run; and whether it needs more. */
  streams: Map<number, { pending: number; enough: boolean; wake: () => void }>;
  /** Streams reach a thread one after the other. */
  turn: Promise<unknown>;
  summary: Summary[];
}

/**
 * Threads that read frames of bundles, check every item's SHA-256 and give its content to a sink of theirs. Memory is bounded by
 * runs and threads. The first failure ends all of it; always `close` or `abort` it.
 */
export class ReadPool<Item extends ContentItem, Summary = undefined> {
  readonly #shared = new ReadShared();
  readonly #access: BundleAccess;
  /** Started as there is work for them. */
  readonly #members: Member<Summary>[] = [];
  readonly #threads = readThreads();
  readonly #cancel: () => void;
  #failure: Error | null = null;
  #seq = 0;
  #closing = false;
  #freed: (() => void)[] = [];

  constructor(private readonly options: ReadPoolOptions) {
    this.#access = new BundleAccess(options.driver, options.bundles, options.signal);
    this.#cancel = () => this.#fail(cancelledError());
    options.signal?.addEventListener('abort', this.#cancel, { once: true });
  }

  /** Bytes of items read so far (and of bundles hashed). */
  get bytes(): number {
    return this.#shared.bytes;
  }

  /** Resolves when a run can be handed in; rejects after a failure. */
  async ready(): Promise<void> {
    while (this.#failure === null && this.#isBusy()) {
      // eslint-disable-next-line no-await-in-loop -- waits for the next free place
      await new Promise<void>((resolve) => {
        this.#freed.push(resolve);
      });
    }
    if (this.options.signal !== undefined) throwIfAborted(this.options.signal);
    if (this.#failure !== null) throw this.#failure;
  }

  /** Reads a run; gives the items whose content is not what was written, in no copy. Call after `ready`. */
  async run(run: FrameRun<Item>): Promise<DamagedItem<Item>[]> {
    return this.#withMember(async (member) => {
      const seq = this.#seq++;
      const done =
        (await this.#access.file(run.bundle, async (fd) => this.#askInTurn(member, { kind: 'run', seq, fd, run }))) ??
        (await this.#stream(member, seq, run));
      if (done === null) return run.items.map((item) => ({ item, reason: MISSING }));
      const { driver, signal } = this.options;
      const key = this.#access.keyOf(run.bundle);
      const where = { driver, key, bundle: run.bundle, ...(signal === undefined ? {} : { signal }) };
      return healed(where, damagedOf(run, done), async (again, body) =>
        damagedOf(again, await this.#pour(member, this.#seq++, again, body)),
      );
    });
  }

  /** SHA-256 of the first `size` bytes of a bundle, on one thread; null when it is missing, or no file. Call after `ready`. */
  async hashFile(bundle: number, size: number): Promise<{ sha256: string; bytes: number } | null> {
    return this.#withMember(async (member) => {
      const seq = this.#seq++;
      const reply = await this.#access.file(bundle, async (fd) => this.#ask(member, { kind: 'hash', seq, fd, size }));
      return reply?.kind === 'digest' ? { sha256: reply.sha256, bytes: reply.bytes } : null;
    });
  }

  /** Whether `hashFile` can be used. */
  get hasFiles(): boolean {
    return this.#access.hasFiles;
  }

  /** Ends the threads when all runs are done; gives what their sinks said. Throws what ended the pool. */
  async close(): Promise<Summary[]> {
    await this.#end();
    if (this.#failure !== null) throw this.#failure;
    return this.#members.flatMap(({ summary }) => summary);
  }

  /** Ends the threads as soon as may be. */
  async abort(): Promise<void> {
    this.#fail(cancelledError());
    await this.#end();
  }

  async #end(): Promise<void> {
    this.#closing = true;
    this.options.signal?.removeEventListener('abort', this.#cancel);
    await Promise.all(this.#members.map(async ({ worker }) => closeWorker(worker)));
    await this.#access.close();
  }

  #isBusy(): boolean {
    return this.#members.length === this.#threads && this.#members.every((member) => member.load >= QUEUE);
  }

  #freest(): Member<Summary> {
    const least = this.#members.toSorted((a, b) => a.load - b.load)[0];
    if (least !== undefined && (least.load === 0 || this.#members.length === this.#threads)) return least;
    const member = this.#start();
    this.#members.push(member);
    return member;
  }

  async #withMember<T>(work: (member: Member<Summary>) => Promise<T>): Promise<T> {
    if (this.#failure !== null) throw this.#failure;
    const member = this.#freest();
    member.load += 1;
    try {
      return await work(member);
    } catch (error) {
      this.#fail(error);
      throw error;
    } finally {
      member.load -= 1;
      for (const resolve of this.#freed.splice(0)) resolve();
    }
  }

  async #ask(member: Member<Summary>, request: ReadRequest<Item>): Promise<ReadReply> {
    if (this.#failure !== null) throw this.#failure;
    return new Promise((resolve, reject) => {
      member.waiting.set(request.seq, { resolve, reject });
      member.worker.postMessage(request, []);
    });
  }

  /** What comes between the pieces of a stream would end that one's run: it waits. */
  async #askInTurn(member: Member<Summary>, request: ReadRequest<Item>): Promise<ReadReply> {
    const before = member.turn;
    const turn = Promise.withResolvers<undefined>();
    member.turn = turn.promise;
    await before;
    const reply = this.#ask(member, request);
    // The thread works on it before it looks at what is sent next.
    turn.resolve(undefined);
    return reply;
  }

  async #stream(member: Member<Summary>, seq: number, run: FrameRun<Item>): Promise<ReadReply | null> {
    // Asked for while the thread is at work on the run before.
    const body = await this.#access.stream(run.bundle, run.offset, run.length);
    return body === null ? null : this.#pour(member, seq, run, body);
  }

  /** Gives the thread the bytes of the run. */
  async #pour(member: Member<Summary>, seq: number, run: FrameRun<Item>, body: Readable): Promise<ReadReply> {
    // It may fail while nobody listens yet; the loop below meets it again.
    body.on('error', () => undefined);
    const before = member.turn;
    const turn = Promise.withResolvers<undefined>();
    member.turn = turn.promise;
    const flow = { pending: 0, enough: false, wake: () => undefined as void };
    try {
      await before;
      member.streams.set(seq, flow);
      const done = this.#ask(member, { kind: 'run', seq, fd: null, run });
      // Awaited below.
      done.catch(() => undefined);
      for await (const chunk of body) {
        if (!(chunk instanceof Uint8Array)) throw new TypeError('a byte stream gave something else');
        const bytes = new Uint8Array(chunk);
        flow.pending += 1;
        member.worker.postMessage({ kind: 'bytes', seq, bytes } satisfies ReadRequest<Item>, [bytes.buffer]);
        while (flow.pending >= CREDIT && !flow.enough && this.#failure === null) {
          // eslint-disable-next-line no-await-in-loop -- until the thread has taken some
          await new Promise<void>((resolve) => {
            flow.wake = resolve;
          });
        }
        if (flow.enough || this.#failure !== null) break;
      }
      member.worker.postMessage({ kind: 'end', seq, reason: CUT_OFF } satisfies ReadRequest<Item>, []);
      return await done;
    } finally {
      member.streams.delete(seq);
      body.destroy();
      turn.resolve(undefined);
    }
  }

  #fail(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = asError(error);
    this.#shared.stop();
    for (const { waiting, streams } of this.#members) {
      for (const { reject } of waiting.values()) reject(this.#failure);
      waiting.clear();
      for (const flow of streams.values()) flow.wake();
    }
    for (const resolve of this.#freed.splice(0)) resolve();
  }

  #start(): Member<Summary> {
    const worker = this.options.spawn(this.#shared.memory);
    const member: Member<Summary> = {
      worker,
      load: 0,
      waiting: new Map(),
      streams: new Map(),
      turn: Promise.resolve(),
      summary: [],
    };
    worker.on('message', (reply: ReadReply<Summary>) => this.#receive(member, reply));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () => {
      if (!this.#closing) this.#fail(new ReadThreadFailed('a reading thread ended too early', null, null));
    });
    return member;
  }

  #receive(member: Member<Summary>, reply: ReadReply<Summary>): void {
    switch (reply.kind) {
      case 'failed':
        this.#fail(new ReadThreadFailed(reply.message, reply.code, reply.item, reply.stack));
        return;
      case 'closed':
        member.summary = [reply.summary];
        return;
      case 'more': {
        const flow = member.streams.get(reply.seq);
        if (flow === undefined) return;
        flow.pending -= 1;
        flow.enough ||= reply.enough;
        flow.wake();
        return;
      }
      case 'done':
      case 'digest':
        member.waiting.get(reply.seq)?.resolve(reply);
        member.waiting.delete(reply.seq);
    }
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
