/** How the bench speaks with the process that plays the nodes: one call, one answer. */
export interface LoadCalls {
  /** Joins so many more hosts with these one-time tokens and has them begin; ids of the nodes. */
  join: (tokens: string[]) => string[];
  /** Requests go to these masters in turn from now on. */
  use: (urls: string[]) => null;
  /** What was counted since the last time. */
  counted: () => Counted;
}
export type LoadCall = keyof LoadCalls;

export interface LoadRequest {
  id: number;
  call: LoadCall;
  argument: unknown;
}

export interface LoadAnswer {
  id: number;
  result?: unknown;
  error?: string;
}

/** How the process is started. */
export interface LoadSetup {
  urls: string[];
  version: string;
  /** Jobs that a node runs at a time. */
  jobsAtOnce: number;
  /** How long each stage of a simulated backup works, less what it asks of the master. */
  stageMs: number;
}

export interface Counted {
  /** Answered requests of all kinds. */
  requests: number;
  /** Milliseconds until a heartbeat was answered. */
  heartbeatMs: number[];
  /** Milliseconds of a whole upload to the master and the entry into the catalogue. */
  uploadMs: number[];
  /** Jobs that were taken, and by which run: a job that stands here twice was taken twice. */
  taken: { jobId: string; runId: string; attempt: number; nodeId: string }[];
  /** Jobs whose end was delivered. */
  ended: number;
  /** Refused and broken requests, by what it was; each was tried again. */
  faults: Record<string, number>;
}
