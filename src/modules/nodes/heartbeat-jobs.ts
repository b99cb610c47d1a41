import { Injectable } from '@nestjs/common';
import { NodeReconcile } from '../jobs/index.js';
import type { Heartbeat, HeartbeatAnswer } from '../node-protocol/index.js';

/** What heartbeats, and their absence, mean for the jobs of a node. */
@Injectable()
export class HeartbeatJobs {
  constructor(private readonly jobs: NodeReconcile) {}

  /** Compares what the node says it has with what it should have. */
  reconcile(nodeId: string, heartbeat: Heartbeat): Promise<Pick<HeartbeatAnswer, 'cancel' | 'lost' | 'drop'>> {
    return this.jobs.reconcile(nodeId, heartbeat);
  }

  /**
   * These nodes are offline: their jobs are given back. Called on every round of every master for as long as they are, so that it is not
   * missed by a crash: idempotent, and cheap where there is nothing to do.
   */
  async giveBack(nodeIds: readonly string[]): Promise<void> {
    for (const nodeId of nodeIds)
      await this.jobs.giveBackAll(nodeId, 'The node is not heard of any more; the job goes on there when it is back.');
  }
}
