import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { NODE_WORK_CHANNEL, NodeRuns } from '../jobs/index.js';
import { PgListener } from '../events/index.js';

/** Jobs whose time has come are announced by nobody: they are looked for. */
const LOOK_EVERY_MS = 2000;

interface Waiter {
  takesJobs: boolean;
  wake: () => void;
}

/** The polls that wait here for work of their node. Woken by any master's notification. */
@Injectable()
export class WorkWaiters implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('nodes');
  private readonly waiting = new Map<string, Set<Waiter>>();
  private timer: NodeJS.Timeout | null = null;
  private looking = false;

  constructor(
    private readonly listener: PgListener,
    private readonly runs: NodeRuns,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.listener.listen(NODE_WORK_CHANNEL, (nodeId) => this.wake(nodeId));
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.wake('');
  }

  /** How many polls wait. */
  get size(): number {
    let all = 0;
    for (const set of this.waiting.values()) all += set.size;
    return all;
  }

  /**
   * Begins to listen for the node: what comes between this and `wait` is not missed. Call `end`. One that takes no jobs is not woken for
   * those that wait all the time while the node is busy.
   */
  begin(
    nodeId: string,
    takesJobs: boolean,
  ): { wait: (ms: number, signal: AbortSignal) => Promise<void>; end: () => void } {
    let { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    const waiter: Waiter = { takesJobs, wake };
    const set = this.waiting.get(nodeId) ?? new Set();
    this.waiting.set(nodeId, set.add(waiter));
    return {
      wait: async (ms, signal) => {
        const timer = setTimeout(wake, ms);
        signal.addEventListener('abort', wake, { once: true });
        await promise;
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        ({ promise, resolve } = Promise.withResolvers<void>());
      },
      end: () => {
        set.delete(waiter);
        if (set.size === 0 && this.waiting.get(nodeId) === set) this.waiting.delete(nodeId);
      },
    };
  }

  /** An empty id: something may have been missed, for all. */
  private wake(nodeId: string): void {
    const sets = nodeId === '' ? [...this.waiting.values()] : [this.waiting.get(nodeId) ?? []];
    for (const set of sets) for (const { wake } of set) wake();
  }

  private async look(): Promise<void> {
    if (this.looking || this.waiting.size === 0) return;
    this.looking = true;
    try {
      for (const nodeId of await this.runs.waitingNodes())
        for (const { takesJobs, wake } of this.waiting.get(nodeId) ?? []) if (takesJobs) wake();
    } catch (error) {
      this.logger.warn(`Jobs of nodes could not be looked for: ${String(error)}`);
    } finally {
      this.looking = false;
    }
  }
}
