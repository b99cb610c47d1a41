import type { Worker } from 'node:worker_threads';
import type { PackReply, PackResult, PackTask, PackWorkerData } from './protocol.js';
import { closeWorker, spawnWorker } from '../../threads/spawn-worker.js';
import type { Turn } from './turn.js';

/** Tasks a worker has at a time: one to work on, one to go on with at once. */
const QUEUE = 2;

interface Waiting {
  resolve: (result: PackResult) => void;
  reject: (error: Error) => void;
}

interface Member {
  worker: Worker;
  waiting: Map<number, Waiting>;
}

/** A worker's failure, with the errno where a system call failed. */
export class WorkerFailed extends Error {
  constructor(
    message: string,
    readonly code: string | null,
    stack?: string,
  ) {
    super(message);
    this.name = 'WorkerFailed';
    if (stack !== undefined && stack !== '') this.stack = stack;
  }
}

/**
 * The pack workers. Tasks must be handed in in the order of their numbers: each worker then works through an ascending
 * queue, so the one whose turn it is is always being worked on. The first failure fails everything.
 */
export class WorkerPool {
  /** Started as there is work for them. */
  private readonly members: Member[] = [];
  private failure: Error | null = null;
  private freed: (() => void)[] = [];

  constructor(
    private readonly count: number,
    private readonly data: PackWorkerData,
    private readonly turn: Turn,
  ) {}

  /** Resolves when a task can be handed in; rejects after a failure. */
  async ready(): Promise<void> {
    while (
      this.failure === null &&
      this.members.length === this.count &&
      this.members.every((m) => m.waiting.size >= QUEUE)
    ) {
      // eslint-disable-next-line no-await-in-loop -- waits for the next free place
      await new Promise<void>((resolve) => {
        this.freed.push(resolve);
      });
    }
    if (this.failure !== null) throw this.failure;
  }

  /** Hands in a task; call after `ready`. */
  async run(task: PackTask): Promise<PackResult> {
    if (this.failure !== null) throw this.failure;
    const member = this.freest();
    return new Promise((resolve, reject) => {
      member.waiting.set(task.seq, { resolve, reject });
      member.worker.postMessage(task, []);
    });
  }

  /** Fails all that waits and makes the workers stop at the next chance. */
  fail(error: Error): void {
    if (this.failure !== null) return;
    this.failure = error;
    this.turn.abort();
    for (const { waiting } of this.members) {
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    }
    this.wake();
  }

  /** Ends the threads; resolves when they are gone, so that the bundle's descriptor may be closed. */
  async close(): Promise<void> {
    this.fail(new WorkerFailed('the pack workers are closed', null));
    await Promise.all(this.members.map(async ({ worker }) => closeWorker(worker)));
  }

  private freest(): Member {
    const least = this.members.toSorted((a, b) => a.waiting.size - b.waiting.size)[0];
    if (least !== undefined && (least.waiting.size === 0 || this.members.length === this.count)) return least;
    const member = this.start();
    this.members.push(member);
    return member;
  }

  private start(): Member {
    const member: Member = { worker: spawnWorker('./pack-worker.js', import.meta.url, this.data), waiting: new Map() };
    member.worker.on('message', (reply: PackReply) => this.receive(member, reply));
    member.worker.on('error', (error) => this.fail(error instanceof Error ? error : new Error(String(error))));
    member.worker.on('exit', () => this.fail(new WorkerFailed('a pack worker ended too early', null)));
    return member;
  }

  private receive(member: Member, reply: PackReply): void {
    if (reply.kind === 'failed') this.fail(new WorkerFailed(reply.message, reply.code, reply.stack));
    else {
      member.waiting.get(reply.result.seq)?.resolve(reply.result);
      member.waiting.delete(reply.result.seq);
      this.wake();
    }
  }

  private wake(): void {
    for (const resolve of this.freed.splice(0)) resolve();
  }
}
