import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { AppError } from '../../common/errors/index.js';
import { planRestore, restoreTarget, type PreparedPlan, type RunContext } from '../../engine/plans/index.js';
import type { RollBackEnd } from '../../engine/ports/index.js';
import { BackupModuleRegistry } from '../backup-modules/index.js';
import { type Job, type JobHandler, JobHandlers, JobKind, type RequestSecrets } from '../jobs/index.js';
import type { RestoreOrder } from '../node-protocol/index.js';
import { SiteReach } from '../sites/index.js';
import { RestoreContexts } from './restore-contexts.js';
import { restoreSecretsGone } from './restore.errors.js';

/** Runs a module's restore. Whatever stops it, the module takes it back; a restore never goes on after a crash. */
@Injectable()
export class RestoreJobHandler implements JobHandler, OnModuleInit {
  readonly kind = JobKind.Restore;
  readonly resumable = false;

  constructor(
    private readonly handlers: JobHandlers,
    private readonly modules: BackupModuleRegistry,
    private readonly contexts: RestoreContexts,
    private readonly reach: SiteReach,
  ) {}

  onModuleInit(): void {
    this.handlers.register(this);
  }

  /** The passwords of a restore into another database were forgotten when it ended. */
  refusesRetry(job: Job): AppError | null {
    const { targetDatabase, adminDatabase } = job.request;
    const hadSecrets = isGiven(targetDatabase) || isGiven(adminDatabase);
    if (!hadSecrets || typeof job.sealedRequest === 'string') return null;
    return restoreSecretsGone(job.id, job.status);
  }

  /** Errors: SITE_NOT_ANSWERING, BACKUP_NOT_FOUND, BACKUP_UNREADABLE, MANIFEST_DAMAGED, MODULE_UNKNOWN, RESTORE_UNSUPPORTED. */
  async prepare(job: Job, context: RunContext, secrets: RequestSecrets): Promise<PreparedPlan> {
    const module = this.modules.restoring(job.module);
    const stageContext = await this.contexts.full(job, context, secrets);
    await this.reach.check({ path: restoreTarget(stageContext) });
    return planRestore(module, stageContext);
  }

  /** Errors: BACKUP_NOT_FOUND, BACKUP_UNREADABLE. */
  async order(job: Job, secrets: RequestSecrets): Promise<RestoreOrder> {
    return this.contexts.order(job, secrets);
  }

  async sweep(job: Job, context: RunContext, secrets: RequestSecrets): Promise<RollBackEnd | void> {
    if (!(job.startedAt instanceof Date)) return 'taken-back';
    const module = this.modules.restoring(job.module);
    const stageContext = await this.contexts.withoutSource(job, context, secrets);
    // On a dead mount it would hang, and with it the start of backupd.
    await this.reach.check({ path: restoreTarget(stageContext) });
    return module.rollBackRestore(stageContext);
  }
}

const isGiven = (value: unknown): boolean => value !== null && value !== undefined;
