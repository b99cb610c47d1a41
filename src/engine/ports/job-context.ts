import type { ErrorContext } from '../../common/errors/index.js';

/** Outcome of one stage, as stored in the job row and shown. */
export interface StageResult {
  status: 'completed' | 'failed' | 'skipped';
  /** One sentence for a person. */
  message: string;
  /** Safe figures: counts, bytes, names. Never a secret. */
  details: Record<string, unknown>;
  durationSeconds: number;
}

/** What a stage returns; the runner adds status and duration. A stage that fails throws an AppError. */
export interface StageOutcome {
  message: string;
  details?: Record<string, unknown>;
  skipped?: boolean;
}

/** Something a person must know about an otherwise good result: it makes the result `partial`. */
export interface JobWarning {
  /** SCREAMING_SNAKE, listed in docs/errors.md. */
  code: string;
  message: string;
  context?: ErrorContext;
}

/** Progress of a job by bytes and items. Totals grow while they are still being found out; done never goes back within a stage. */
export interface StageProgress {
  bytesDone: number;
  bytesTotal?: number;
  itemsDone?: number;
  itemsTotal?: number;
  /** What is being worked on now, e.g. a table or folder name. */
  current?: string;
}

/** Where a running stage tells what happens. Cheap to call often: the journal throttles and persists. */
export interface JobJournal {
  progress(progress: StageProgress): void;
  /** Kept in full up to a limit, counted beyond it. */
  warn(warning: JobWarning): void;
  /** A line for the job's log: worth knowing, not a warning. */
  note(message: string, context?: ErrorContext): void;
  /**
   * A sign of life during one long step that moves nothing countable (a server that builds an index). Only for what was
   * observed: a stage that gives neither this nor progress for long is stopped as stalled.
   */
  alive?(): void;
}

/** The kinds of host resources that stages share. */
export type ResourceKind = 'io' | 'network' | 'cpu';

/** Semaphores of the host. */
export interface ResourceGate {
  /** How many units exist of this kind. */
  capacity(kind: ResourceKind): number;
  /** Runs the work holding one (or `units`) of the kind; waits its turn; an abort while waiting throws JOB_CANCELLED. */
  use<T>(kind: ResourceKind, work: () => Promise<T>, options?: { units?: number; signal?: AbortSignal }): Promise<T>;
}

/** Small durable facts of finished stages, so that a restarted job goes on from the first stage whose output is missing. */
export interface CheckpointStore {
  get<T>(stage: string): Promise<T | null>;
  /** Atomic and durable (write, fsync, rename). */
  set(stage: string, value: unknown): Promise<void>;
  delete(stage: string): Promise<void>;
}

/** A site as a module sees it. Overrides are revealed here and only here. */
export interface SiteSpec {
  id: string;
  name: string;
  url: string | null;
  /** The absolute path the site was registered with. */
  path: string;
  module: string;
  /** Module settings, checked against the module's JSON schema. */
  settings: Readonly<Record<string, unknown>>;
  /** Extra anchored exclude patterns (`/wp-content/cache`, `/wp-content/uploads/*.tmp`), on top of the module's defaults. */
  excludes: readonly string[];
  /** Values that replace what the site's own configuration says (for WordPress: DB_NAME, DB_USER, DB_PASSWORD, DB_HOST, table_prefix, or `env.NAME`). */
  overrides: Readonly<Record<string, string>>;
  /** What else `site.json` says, for bringing the site back from a storage alone; nothing secret. */
  about?: Readonly<Record<string, unknown>>;
}

/** What every stage of every job gets. */
export interface StageContext {
  readonly jobId: string;
  /** 1 for the first run of the job, then 2, … after a restart. */
  readonly attempt: number;
  readonly site: SiteSpec;
  /** The job's own folder, 0700; exists; removed after the job. */
  readonly workDir: string;
  /** Raised on cancel and on shut-down; child processes must be ended when it is. */
  readonly signal: AbortSignal;
  readonly journal: JobJournal;
  readonly resources: ResourceGate;
  readonly checkpoints: CheckpointStore;
}
