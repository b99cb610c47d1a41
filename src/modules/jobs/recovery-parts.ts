import { Injectable } from '@nestjs/common';
import { JobHandlers } from './job-handler.js';
import { JobQueue } from './job-queue.js';
import { JobStore } from './job-store.js';
import { JobSweeper } from './job-sweeper.js';
import { JobTimings } from './job-timings.js';
import { KeptWork } from './kept-work.js';
import { RunContexts } from './run-context.js';

/** What running and recovering jobs is made of. */
@Injectable()
export class RecoveryParts {
  constructor(
    readonly store: JobStore,
    readonly queue: JobQueue,
    readonly handlers: JobHandlers,
    readonly sweeper: JobSweeper,
    readonly contexts: RunContexts,
    readonly timings: JobTimings,
    readonly kept: KeptWork,
  ) {}
}
