import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { PreparedPlan, RunContext } from '../../engine/plans/index.js';
import type { JobJournal } from '../../engine/ports/index.js';
import type { RunnableStage } from '../../engine/runner/index.js';

import type { Job } from './job.entity.js';

/** What another feature does around jobs of every kind. Registered with `JobExtensions` when that feature starts. */
export interface JobExtension {
  /** The plan's stages with more around them; called at the start of every attempt. Errors fail the job. */
  around?(job: Job, plan: PreparedPlan, context: RunContext): Promise<readonly RunnableStage[]>;
  /** For a job that a node runs: the moments around its stages (`before:<stage>`, `after:<stage>`) at which `atMoment` is to be called. */
  moments?(job: Job): Promise<readonly string[]>;
  /** At such a moment. What it throws fails the stage. */
  atMoment?(job: Job, moment: string, journal: JobJournal, signal: AbortSignal): Promise<void>;
  /** In the transaction in which a job that has run ends: whether `followUp` is to be called for it. */
  wantsFollowUp?(job: Job, em: EntityManager): Promise<boolean>;
  /**
   * Once the end is recorded. At least once: also by the next start when this process was killed before it returned. Throws when
   * that is not possible now; it is called again later.
   */
  followUp?(job: Job, signal: AbortSignal): Promise<void>;
}

@Injectable()
export class JobExtensions {
  private readonly extensions: JobExtension[] = [];

  register(extension: JobExtension): void {
    this.extensions.push(extension);
  }

  async around(job: Job, plan: PreparedPlan, context: RunContext): Promise<readonly RunnableStage[]> {
    let { stages } = plan;
    for (const extension of this.extensions)
      stages = (await extension.around?.(job, { ...plan, result: () => plan.result(), stages }, context)) ?? stages;
    return stages;
  }

  async moments(job: Job): Promise<string[]> {
    const all = new Set<string>();
    for (const extension of this.extensions)
      for (const moment of (await extension.moments?.(job)) ?? []) all.add(moment);
    return [...all];
  }

  async atMoment(job: Job, moment: string, journal: JobJournal, signal: AbortSignal): Promise<void> {
    for (const extension of this.extensions) await extension.atMoment?.(job, moment, journal, signal);
  }

  async wantsFollowUp(job: Job, em: EntityManager): Promise<boolean> {
    for (const extension of this.extensions) if ((await extension.wantsFollowUp?.(job, em)) === true) return true;
    return false;
  }

  async followUp(job: Job, signal: AbortSignal): Promise<void> {
    for (const extension of this.extensions) await extension.followUp?.(job, signal);
  }
}
