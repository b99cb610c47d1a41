import type { PlainError } from '../../common/errors/index.js';
import type { JobWarning, RestoreRequest, SiteDestinations, SiteSpec } from '../../engine/ports/index.js';
import type { StoredStage, StoredWarning } from '../../engine/runner/index.js';

/** `POST /node/work`: asks for work and waits for it; 204 when there is none. */
export interface WorkRequest {
  /** How many more jobs it can run. */
  jobs: number;
  /** How many more tasks it can do. */
  tasks: number;
  waitSeconds: number;
}

/** `look`: there is nothing to take, but something that the answer to a heartbeat tells (a cancel): one is to be sent now. */
export type Work = { type: 'job'; job: JobOrder } | { type: 'task'; task: TaskOrder } | { type: 'look' };

/** A job to run. The node keeps it sealed in the job's work folder until the end is delivered. */
export interface JobOrder {
  jobId: string;
  /** Names this run; every request about it carries it, and those of an older one are refused. */
  runId: string;
  attempt: number;
  siteName: string;
  module: string;
  backupId: string;
  /** When the job began, by the master's clock. */
  startedAt: string;
  /** Stages and kept warnings as the job's row has them. */
  stages: StoredStage[];
  warnings: StoredWarning[];
  /** Whether a failure that may pass is tried again. */
  mayRetry: boolean;
  patience: RunPatience;
  /** Moments around stages that have hooks. */
  hooks: string[];
  plan: BackupOrder | RestoreOrder | VerifyOrder;
}

/** As the master's own jobs have it (JobTimings). */
export interface RunPatience {
  stallMs: number;
  deafMs: { cancelled: number; stalled: number };
  /** For how long what a failed job has made may stay; 0 = not at all. */
  keepMs: number;
}

/** A storage as the node knows it: no settings, no credentials. */
export interface StoragePlace {
  providerId: string;
  providerName: string;
  /** The driver's kind, to be shown. */
  kind: string;
}

export interface BackupOrder {
  kind: 'backup';
  site: SiteSpec;
  mode: SiteDestinations['mode'];
  candidates: StoragePlace[];
  /** Disabled storages that are to have a copy once they are enabled. */
  absent: string[];
  /** It is compared with nothing. */
  full: boolean;
  /** Every file is read. */
  reread: boolean;
  /** An earlier attempt made it whole and was cut off before it could say so. */
  isMade: boolean;
}

/** Whom to ask for an object of a backup. */
export interface ObjectPlaces {
  key: string;
  size: number;
  /** Ids of storages, the most trusted first. */
  trusted: string[];
}

/** How a backup is read: each object from the copy that is trusted most, on from the next where one fails. */
export interface SourceOrder {
  manifestKey: string;
  places: StoragePlace[];
  objects: ObjectPlaces[];
}

export interface RestoreOrder {
  kind: 'restore';
  site: SiteSpec;
  request: RestoreRequest;
  source: SourceOrder;
}

export interface VerifyOrder {
  kind: 'verify';
  level: 'full' | 'quick';
  manifest: { key: string; size: number; sha256: string };
  bundleSize: number;
  copies: StoragePlace[];
}

/**
 * `POST /node/runs/:runId/hooks`: has the master run the hooks of a moment (`before:<stage>`, `after:<stage>`); commands come back as tasks.
 * Asked again at the same master for the same moment of the same run it is the same answer: they run once there.
 */
export interface HooksRequest {
  moment: string;
}
export interface HooksAnswer {
  notes: { message: string; context: Record<string, unknown> }[];
  warnings: JobWarning[];
  /** HOOK_FAILED where the stage is to fail. */
  error: PlainError | null;
}

/** Something short that a person waits for: its answer goes to `POST /node/tasks/:id/answer`. */
export interface TaskOrder {
  id: string;
  kind: string;
  request: Record<string, unknown>;
  timeLimitSeconds: number;
}

/** What the node says of a task; `isLast` with the result or the error. Earlier parts are streamed to who waits. */
export interface TaskAnswer {
  /** From 1, without gaps: one that comes again is ignored. */
  seq: number;
  parts: Record<string, unknown>[];
  isLast: boolean;
  result?: Record<string, unknown> | null;
  error?: PlainError | null;
}
