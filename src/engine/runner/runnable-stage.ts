import type { JobJournal, ResourceGate, StageOutcome } from '../ports/index.js';

/** What a running stage gets of its run. */
export interface RunningStage {
  readonly journal: JobJournal;
  /** Resolves when that stage has ended well (now or in an earlier attempt); rejects with JOB_CANCELLED when it can't any more. */
  readonly finished: (stage: string) => Promise<void>;
  /** The host's resources; waiting for one does not count as standing still. */
  readonly resources: ResourceGate;
  /** Runs what waits for others: its time does not count as standing still. */
  readonly waits: <T>(work: () => Promise<T>) => Promise<T>;
}

export interface RunnableStage {
  readonly name: string;
  /** The stages whose end it waits for before it begins; default: all before it. */
  readonly needs?: readonly string[];
  run(signal: AbortSignal, running: RunningStage): Promise<StageOutcome>;
  /** Whether the output of an earlier attempt is still whole. Without it the stage runs on every attempt. */
  check?(): Promise<boolean>;
}
