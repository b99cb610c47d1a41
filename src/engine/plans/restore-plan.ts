import type { RestoreStageContext, RestoringModule } from '../ports/index.js';
import { secretsOf } from '../runner/index.js';
import type { PreparedPlan } from './plan.js';

/** The plan of a restore, on whatever host it runs. Whatever stops it, the module takes it back. */
export function planRestore(module: RestoringModule, context: RestoreStageContext): PreparedPlan {
  const { backupId } = context.source;
  return {
    stages: module.restoreStages.map((name) => ({
      name,
      run: (signal, { journal, resources }) =>
        module.executeRestoreStage(name, { ...context, journal, resources, signal }),
    })),
    undo: () => module.rollBackRestore({ ...context, signal: new AbortController().signal }),
    secrets: secretsOf(context.site),
    goesOnLater: () => false,
    result: () => ({ backupId, targetPath: restoreTarget(context) }),
  };
}

/** The folder that a restore writes into. */
export const restoreTarget = ({ request, site }: Pick<RestoreStageContext, 'request' | 'site'>): string =>
  request.targetPath ?? site.path;
