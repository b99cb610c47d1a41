import { AppError } from '../../common/errors/index.js';

/** What comes before the stages of a job, in messages. */
export const preparation = 'The preparation';

/** A stage (null: what comes before them) was stopped and does not come to an end: its job ended without it. */
export function stageNotStopped(stage: string | null, why: AppError): AppError {
  return new AppError({
    code: 'STAGE_NOT_STOPPED',
    kind: 'source',
    message: `${stage ?? preparation} was told to stop and still runs. ${why.message}`,
    hint: 'It waits for something that never answers: look at the disk or the network mount of the site. The site can be backed up again; what the job left stays until the stage ends. A restart of backupd ends it.',
    retry: 'maybe',
    context: { stage, cause: why.code },
    cause: why,
  });
}
