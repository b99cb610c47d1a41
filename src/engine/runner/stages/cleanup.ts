import type { StageContext, StageOutcome } from '../../ports/index.js';
import { WorkFolder } from '../work-folder.js';

/** The `cleanup` stage of any job: removes what the stages left in the work folder (the runner removes the rest). */
export async function cleanupWork(context: Pick<StageContext, 'workDir'>): Promise<StageOutcome> {
  await new WorkFolder(context.workDir).clear();
  return { message: 'The work folder was removed.' };
}
