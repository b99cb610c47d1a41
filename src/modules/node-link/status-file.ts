import type { HeldRun } from '../node-protocol/index.js';

/**
 * `connecting`: nothing was answered yet; `online`: the last call was; `away`: the master does not answer, work goes on; `refused`: it
 * does not want this node (key, block, version).
 */
export type LinkState = 'connecting' | 'online' | 'away' | 'refused';

/** `node-status.json`: how the agent is, for `backupd node status`. */
export interface NodeStatusFile {
  pid: number;
  version: string;
  master: string;
  nodeId: string | null;
  name: string | null;
  startedAt: string;
  state: LinkState;
  /** When the master last answered. */
  lastContactAt: string | null;
  lastError: { code: string; message: string; hint: string | null; at: string } | null;
  /** Runs of jobs here. */
  runs: HeldRun[];
  /** When this was written; again at each heartbeat. */
  updatedAt: string;
  everySeconds: number;
}
