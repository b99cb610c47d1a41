import { Injectable } from '@nestjs/common';
import { asAppError, plainError } from '../../common/errors/index.js';
import { invalidField } from '../../common/http/index.js';
import { StopRequest } from '../../engine/ports/index.js';
import { type Job, JobExtensions, NodeRuns } from '../jobs/index.js';
import type { HooksAnswer } from '../node-protocol/index.js';
import { Told } from './told.js';

/** An answer is given again for so long, from when it was there, as it may be lost on its way. */
const REMEMBER_MS = 15 * 60_000;
/** How often it is looked whether the run still wants its hooks. */
const LOOK_MS = 2000;

/** Runs the hooks around the stages of jobs that nodes run. */
@Injectable()
export class RunHooks {
  private readonly asked = new Map<string, Promise<HooksAnswer>>();

  constructor(
    private readonly extensions: JobExtensions,
    private readonly runs: NodeRuns,
  ) {}

  /**
   * Once for each moment of a run at this master: who asks again gets the same answer. Ended within seconds when the job is cancelled or is
   * another run's. Error: REQUEST_INVALID.
   */
  async run(job: Job, moment: string): Promise<HooksAnswer> {
    const [, stage] = moment.split(':');
    if (!job.stages.some(({ name }) => name === stage))
      throw invalidField('moment', 'moment must name a stage of the job');
    const which = `${job.deliveryId} ${moment}`;
    const known = this.asked.get(which);
    if (known !== undefined) return known;
    const answer = this.begin(job, moment);
    this.asked.set(which, answer);
    void answer.finally(() => {
      setTimeout(() => this.asked.delete(which), REMEMBER_MS).unref();
    });
    return answer;
  }

  /** It goes on when the node is not heard any more: that one asks again. */
  private async begin(job: Job, moment: string): Promise<HooksAnswer> {
    const told = new Told();
    const unwanted = new AbortController();
    const looking = setInterval(() => void this.look(job, unwanted), LOOK_MS);
    try {
      await this.extensions.atMoment(job, moment, told, unwanted.signal);
      return { ...told.answer, error: null };
    } catch (error) {
      return { ...told.answer, error: plainError(asAppError(error)) };
    } finally {
      clearInterval(looking);
    }
  }

  private async look({ nodeId, deliveryId }: Job, unwanted: AbortController): Promise<void> {
    try {
      const { cancelRequestedAt } = await this.runs.held(String(nodeId), deliveryId);
      if (cancelRequestedAt instanceof Date) unwanted.abort(new StopRequest('cancel'));
    } catch (error) {
      // Whatever else keeps it from being seen passes.
      if (asAppError(error).code === 'JOB_LOST') unwanted.abort(new StopRequest('cancel'));
    }
  }
}
