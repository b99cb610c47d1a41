import { Injectable } from '@nestjs/common';
import { type HookTry, runCommand } from '../hooks/command/index.js';
import { namedTextsIn, numberIn, textIn, textsIn } from './request-values.js';
import { TaskFolders } from './task-folders.js';

/** Runs the commands of hooks, as the owner of the site. */
@Injectable()
export class AgentHooks {
  constructor(private readonly folders: TaskFolders) {}

  /** The request is a HookTask. Errors: HOOK_OWNER_ROOT, HOOK_OWNER_OTHER, HOOK_SITE_MISSING. */
  async run(request: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<HookTry> {
    return this.folders.within((folder) =>
      runCommand({
        command: textsIn(request, 'command'),
        sitePath: textIn(request, 'sitePath'),
        env: namedTextsIn(request, 'env'),
        timeLimitMs: numberIn(request, 'timeLimitMs'),
        workDir: folder.path,
        signal,
      }),
    );
  }
}
