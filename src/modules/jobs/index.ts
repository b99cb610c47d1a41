export { JobsModule } from './jobs.module.js';
export { JobsService, type NewJob } from './jobs.service.js';
export { JobHandlers, type HandledPlan, type JobHandler, type RequestSecrets, type RunContext } from './job-handler.js';
export { JobTimings } from './job-timings.js';
export { JobDto } from './dto/job.dto.js';
export { Job, JobKind, JobStatus } from './job.entity.js';
export { jobActive, jobLost } from './jobs.errors.js';
export { InstanceId } from './instance-id.js';
export { lockSite } from './site-lock.js';
