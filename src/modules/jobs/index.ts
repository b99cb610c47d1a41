export { JobsModule } from './jobs.module.js';
export { JobsService, type NewJob, type StartedBy } from './jobs.service.js';
export { JobHandlers, type HandledPlan, type JobHandler, type RequestSecrets, type RunContext } from './job-handler.js';
export { JobExtensions, type JobExtension } from './job-extensions.js';
export { JobTimings } from './job-timings.js';
export { JobDto } from './dto/job.dto.js';
export {
  Job,
  JobKind,
  JobStatus,
  JobTrigger,
  type StoredProgress,
  type StoredStage,
  type StoredWarning,
} from './job.entity.js';
export { JobQueue } from './job-queue.js';
export { jobActive, jobLost } from './jobs.errors.js';
export { lostRuns } from './lost-runs.js';
export { InstanceId } from './instance-id.js';
export { SafeValues, secretsOf } from './safe-value.js';
export { lockSite } from './site-lock.js';
export { NodeJobs } from './node-jobs.js';
export { NodeRuns } from './node-runs.js';
