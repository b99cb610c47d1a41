import { Injectable } from '@nestjs/common';
import { canRestore } from '../../engine/ports/index.js';
import { BackupModuleRegistry } from '../backup-modules/index.js';

/** Jobs of one stage, which is named as they are. */
const SINGLE = new Set(['verify', 'repair']);

/** Names of the stages that jobs have. */
@Injectable()
export class StageNames {
  constructor(private readonly modules: BackupModuleRegistry) {}

  /** Of all these kinds of jobs, of sites of any kind. */
  of(jobs: readonly string[]): Set<string> {
    const names = new Set(jobs.filter((kind) => SINGLE.has(kind)));
    for (const module of this.modules.all()) {
      if (jobs.includes('backup')) for (const name of module.stages) names.add(name);
      if (jobs.includes('restore') && canRestore(module)) for (const name of module.restoreStages) names.add(name);
    }
    return names;
  }
}
