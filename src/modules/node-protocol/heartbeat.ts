import type { NodeFacts, NodeLimits, NodeLoad } from '../../common/node-facts.js';

export type { NodeFacts, NodeLimits, NodeLoad } from '../../common/node-facts.js';

/** A run that the node works on, or whose reports it has not delivered yet. */
export interface HeldRun {
  jobId: string;
  runId: string;
}

/** `POST /node/heartbeat`. */
export interface Heartbeat {
  /** The first one of this process: what it does not hold it has lost. */
  isFirst: boolean;
  facts: NodeFacts;
  load: NodeLoad;
  runs: HeldRun[];
  /** Jobs with a work folder on the node. */
  workOf: string[];
  /** Ended jobs, known as such to the master, of which nothing runs and is left here since: restores that were stuck, runs that were let go. */
  cleared: string[];
}

export interface HeartbeatAnswer {
  nodeId: string;
  name: string;
  /** Runs that a person wants stopped. */
  cancel: string[];
  /** Runs that are no longer the node's: it stops them and forgets their reports. Their work folder stays for the next attempt. */
  lost: string[];
  /** Jobs whose work folders may go. */
  drop: string[];
  /** The master's limits; null = only the node's own. */
  limits: NodeLimits | null;
  /** When the next one is expected. */
  everySeconds: number;
  /** An admin wants the node to have another key: it fetches one by `POST /node/key/rotate`. */
  rotateKey?: boolean;
}

/**
 * `POST /node/key/rotate`, with the present key and no body: a key to keep and to use from then on. Until it is used once the present one
 * goes on working; asked for again it is another one.
 */
export interface RotateAnswer {
  key: string;
}
