import { Injectable } from '@nestjs/common';
import { NodeRuns } from '../jobs/index.js';
import type { Work, WorkRequest } from '../node-protocol/index.js';
import { NodeTasks } from '../node-tasks/index.js';
import { WorkWaiters } from './work-waiters.js';

/** Hands work to nodes. */
@Injectable()
export class NodeWorkService {
  constructor(
    private readonly runs: NodeRuns,
    private readonly waiters: WorkWaiters,
    private readonly tasks: NodeTasks,
  ) {}

  /**
   * The node's next piece of work; null when there is none within the time, or the caller goes away. `admit` is asked again after each
   * wait: it throws when the node may not have any by now.
   */
  async next(
    nodeId: string,
    { jobs, tasks, waitSeconds }: WorkRequest,
    admit: () => Promise<void>,
    signal: AbortSignal,
  ): Promise<Work | null> {
    const until = performance.now() + waitSeconds * 1000;
    const waiter = this.waiters.begin(nodeId, jobs > 0);
    try {
      for (;;) {
        if (signal.aborted) return null;
        // Someone waits for it.
        const task = tasks > 0 ? await this.tasks.takeNext(nodeId) : null;
        if (task !== null) return { type: 'task', task };
        if (jobs > 0) {
          const job = await this.runs.claim(nodeId);
          if (job !== null) return { type: 'job', job };
        }
        if (await this.runs.isAnyCancelled(nodeId)) return { type: 'look' };
        const left = until - performance.now();
        if (left <= 0) return null;
        await waiter.wait(left, signal);
        await admit();
      }
    } finally {
      waiter.end();
    }
  }
}
