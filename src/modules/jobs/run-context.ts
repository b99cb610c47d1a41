import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { RunContext } from '../../engine/plans/index.js';
import { AppConfig } from '../../config/index.js';
import type { JobJournal } from '../../engine/ports/index.js';
import { WorkFolder } from '../../engine/runner/index.js';
import { ResourceService } from '../resources/index.js';
import { SecretBox } from '../secrets/index.js';
import type { RequestSecrets } from './job-handler.js';
import type { Job } from './job.entity.js';

const silent: JobJournal = { progress: () => undefined, warn: () => undefined, note: () => undefined };

/** Makes what the stages of a job get. */
@Injectable()
export class RunContexts {
  constructor(
    private readonly config: AppConfig,
    readonly resources: ResourceService,
    private readonly box: SecretBox,
  ) {}

  folderOf(jobId: string): WorkFolder {
    return new WorkFolder(join(this.config.paths.work, jobId));
  }

  /** Without a journal nothing is recorded: for taking back and removing after the end. */
  contextOf(job: Job, signal: AbortSignal, journal: JobJournal = silent): RunContext {
    const folder = this.folderOf(job.id);
    return {
      jobId: job.id,
      attempt: job.attempt,
      workDir: folder.path,
      signal,
      journal,
      resources: this.resources,
      checkpoints: folder.checkpoints,
    };
  }

  /** The sealed part of the job's request. */
  secretsOf(job: Job): RequestSecrets {
    if (typeof job.sealedRequest !== 'string') return {};
    const secrets: unknown = JSON.parse(this.box.reveal(job.sealedRequest));
    return typeof secrets === 'object' && secrets !== null ? { ...secrets } : {};
  }
}
