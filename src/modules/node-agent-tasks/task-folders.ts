import { join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { AppConfig } from '../../config/index.js';
import { killLeftChildren, namesIn, WorkFolder } from '../../engine/runner/index.js';

/** No id, so that nobody takes it for a job's. */
const PREFIX = 'task-';

/** A folder for what a task needs on disk. What a killed process left of one goes at the next start, with the processes it had started. */
@Injectable()
export class TaskFolders implements OnModuleInit {
  constructor(private readonly config: AppConfig) {}

  async onModuleInit(): Promise<void> {
    const { work } = this.config.paths;
    for (const name of await namesIn(work)) {
      if (!name.startsWith(PREFIX)) continue;
      await killLeftChildren(join(work, name));
      await new WorkFolder(join(work, name)).remove();
    }
  }

  /** Runs with a folder that is gone afterwards. */
  async within<T>(run: (folder: WorkFolder) => Promise<T>): Promise<T> {
    const folder = new WorkFolder(join(this.config.paths.work, `${PREFIX}${newId()}`));
    await folder.open();
    try {
      return await run(folder);
    } finally {
      await folder.remove();
    }
  }
}
