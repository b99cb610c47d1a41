import type { HeartbeatAnswer, HeldRun, Work } from '../node-protocol/index.js';

/** How many more jobs and tasks can be taken. */
export interface Room {
  jobs: number;
  tasks: number;
}

/** The work of this node: what it is given runs here, and tells the master of itself. */
export abstract class AgentWork {
  /** Takes up what an earlier process left; before the first heartbeat. */
  abstract start(): Promise<void>;
  /** Runs that it works on, or whose reports are not delivered yet. */
  abstract held(): HeldRun[];
  /** Jobs with a work folder here. */
  abstract workOf(): Promise<string[]>;
  /** Ended jobs whose litter was taken back; told until a heartbeat with them was answered. */
  abstract cleared(): string[];
  /** What the master says of the runs: which to stop, to let go, to drop. */
  abstract onAnswer(answer: HeartbeatAnswer): void;
  abstract room(): Room;
  /** Begins what the master gave; returns at once, throws nothing. */
  abstract take(work: Work): void;
  /** Ends everything as a stop of the process asks: within the grace time, resumable. */
  abstract stopAll(): Promise<void>;
}
