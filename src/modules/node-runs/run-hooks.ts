import { Injectable } from '@nestjs/common';
import { asAppError, plainError } from '../../common/errors/index.js';
import { invalidField } from '../../common/http/index.js';
import { type Job, JobExtensions } from '../jobs/index.js';
import type { HooksAnswer } from '../node-protocol/index.js';
import { Told } from './told.js';

/** An answer is given again for so long, from when it was there, as it may be lost on its way. */
const REMEMBER_MS = 15 * 60_000;

/** Runs the hooks around the stages of jobs that nodes run. */
@Injectable()
export class RunHooks {
  private readonly asked = new Map<string, Promise<HooksAnswer>>();

  constructor(private readonly extensions: JobExtensions) {}

  /** Once for each moment of a run at this master: who asks again gets the same answer. Error: REQUEST_INVALID. */
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
    try {
      await this.extensions.atMoment(job, moment, told, new AbortController().signal);
      return { ...told.answer, error: null };
    } catch (error) {
      return { ...told.answer, error: plainError(asAppError(error)) };
    }
  }
}
