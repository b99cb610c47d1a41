import { Injectable } from '@nestjs/common';
import type { Heartbeat, HeartbeatAnswer } from '../node-protocol/index.js';

/** What heartbeats, and their absence, mean for the jobs of a node. */
@Injectable()
export class HeartbeatJobs {
  /** Compares what the node says it has with what it should have. */
  reconcile(_nodeId: string, _heartbeat: Heartbeat): Promise<Pick<HeartbeatAnswer, 'cancel' | 'lost' | 'drop'>> {
    return Promise.resolve({ cancel: [], lost: [], drop: [] });
  }

  /**
   * These nodes are offline: their jobs are given back. Called on every round of every master for as long as they are, so that it is not
   * missed by a crash: idempotent, and cheap where there is nothing to do.
   */
  giveBack(_nodeIds: readonly string[]): Promise<void> {
    return Promise.resolve();
  }
}
