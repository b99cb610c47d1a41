import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import { Patience } from '../../common/patience.js';
import type { PreparedPlan, RunContext } from '../../engine/plans/index.js';
import type { RollBackEnd } from '../../engine/ports/index.js';
import type { JobOrder } from '../node-protocol/index.js';
import type { Job, JobKind } from './job.entity.js';

/** The secret part of a request, revealed. */
export type RequestSecrets = Readonly<Record<string, unknown>>;

/** What one kind of job does. Registered with `JobHandlers` when its feature starts. */
export interface JobHandler {
  readonly kind: JobKind;
  /** Whether a run that was cut off goes on from its checkpoints; else it is taken back and has failed. */
  readonly resumable: boolean;
  /** Whether what a failed job has made is kept for a while, so that a retry goes on from there. */
  readonly keepsWork?: boolean;
  /** Why an ended job can't be run again; absent or null = it can. */
  refusesRetry?(job: Job): AppError | null;
  /** Called once at start, before any job is taken. */
  atStart?(): Promise<void>;
  /** Makes the plan; called at the start of every attempt. Errors fail the job. */
  prepare(job: Job, context: RunContext, secrets: RequestSecrets): Promise<PreparedPlan>;
  /** The same for the node that runs the job: what it needs to make the plan itself. Absent: no node can run jobs of this kind. */
  order?(job: Job, secrets: RequestSecrets): Promise<JobOrder['plan']>;
  /** Whether what a node says it has completed is to be seen here; absent = only the node can know. */
  isDone?(job: Job): Promise<boolean>;
  /**
   * Undoes what a site must not be left with while no run of the job is alive (maintenance mode): called after each run however it ended,
   * and where one was cut off at the next start. Idempotent; what it throws is only logged.
   */
  release?(job: Job, context: Pick<RunContext, 'jobId' | 'workDir'>): Promise<void>;
  /** Whether an ended job has left something that `sweep` must remove; absent = never. */
  leavesLitter?(status: 'completed' | 'failed' | 'cancelled', job: Job): boolean;
  /** Part of the transaction in which the run's job ends. */
  ended?(job: Job, em: EntityManager): Promise<void>;
  /**
   * Takes back or removes what an ended or cut-off job left: objects of an unfinished backup, a half restored site.
   * Idempotent. Throws when that is not possible now; it is called again later. `finished` = it was too late to take it
   * back and the rest was done instead. Absent: a job of this kind leaves nothing that would have to be removed.
   */
  sweep?(job: Job, context: RunContext, secrets: RequestSecrets): Promise<RollBackEnd | void>;
  /**
   * Another master has taken the job over, which is given as it is now: removes what a run here wrote and the other one does not
   * use. Idempotent; throws when that is not possible now.
   */
  lost?(job: Job): Promise<void>;
}

/** A site that says nothing for so long lies on what is dead. */
const RELEASE_MS = 10_000;

/** The handlers by kind. */
@Injectable()
export class JobHandlers {
  private readonly logger = new Logger('jobs');
  private readonly byKind = new Map<JobKind, JobHandler>();
  patience = new Patience(RELEASE_MS);

  register(handler: JobHandler): void {
    this.byKind.set(handler.kind, handler);
  }

  all(): JobHandler[] {
    return [...this.byKind.values()];
  }

  /** Whether earlier runs of a waiting job may have left something. A restore waits only when nothing is left of it. */
  mayHaveLeft({ kind, attempt }: Pick<Job, 'kind' | 'attempt'>): boolean {
    return attempt > 0 && this.get(kind).resumable;
  }

  get(kind: JobKind): JobHandler {
    const handler = this.byKind.get(kind);
    if (handler === undefined) {
      throw new AppError({
        code: 'JOB_KIND_UNKNOWN',
        kind: 'internal',
        message: `This backupd can't run jobs of the kind "${kind}".`,
        retry: 'never',
      });
    }
    return handler;
  }

  /**
   * What `release` of its handler does; never throws. On a dead mount it is not waited for (it goes on when that is back), nor begun again
   * as long as it hangs.
   */
  async release(job: Job, workDir: string): Promise<void> {
    const work = async (): Promise<true> => {
      await this.get(job.kind).release?.(job, { jobId: job.id, workDir });
      return true;
    };
    try {
      if ((await this.patience.look(job.id, work)) === null) throw new Error('it does not answer');
    } catch (error) {
      this.logger.warn(`The site of job ${job.id} could not be released: ${String(error)}`);
    }
  }
}
