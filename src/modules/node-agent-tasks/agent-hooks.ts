import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { AppConfig } from '../../config/index.js';
import { WorkFolder } from '../../engine/runner/index.js';
import { type HookTry, runCommand } from '../hooks/command/index.js';
import { namedTextsIn, numberIn, textIn, textsIn } from './request-values.js';

/** Runs the commands of hooks, as the owner of the site. */
@Injectable()
export class AgentHooks {
  constructor(private readonly config: AppConfig) {}

  /** The request is a HookTask. Errors: HOOK_OWNER_ROOT, HOOK_OWNER_OTHER, HOOK_SITE_MISSING. */
  async run(request: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<HookTry> {
    // Named as a job's, so that the next start ends what a killed process left running.
    const folder = new WorkFolder(join(this.config.paths.work, newId()));
    await folder.open();
    try {
      return await runCommand({
        command: textsIn(request, 'command'),
        sitePath: textIn(request, 'sitePath'),
        env: namedTextsIn(request, 'env'),
        timeLimitMs: numberIn(request, 'timeLimitMs'),
        workDir: folder.path,
        signal,
      });
    } finally {
      await folder.remove();
    }
  }
}
