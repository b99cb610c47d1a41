import { type Job, JobStatus } from '../jobs/index.js';
import type { DaemonStatusDto } from './dto/daemon.dto.js';

/** A job in the original interface's words; without one the site is idle. */
export function daemonStatus(siteId: string, job: Job | null): DaemonStatusDto {
  const base = { success: true, site_id: siteId };
  if (job === null || (job.request['acknowledged'] === true && !job.isActive())) {
    const nothing = { job_id: null, stage: null, error: null, started_at: null, finished_at: null };
    return { ...base, ...nothing, status: 'idle', progress: 0, stages: {}, warnings: [] };
  }
  return {
    ...base,
    job_id: job.id,
    status: job.status,
    stage: currentStage(job),
    progress: overallPercent(job),
    stages: Object.fromEntries(
      job.stages.map(({ name, status, message, details, durationSeconds }) => [
        name,
        { status, message, details, duration_seconds: durationSeconds },
      ]),
    ),
    error: job.error ? { code: job.error.code, message: job.error.message, hint: job.error.hint } : null,
    warnings: job.warnings.map(({ code, message }) => ({ code, message })),
    started_at: job.startedAt?.toISOString() ?? null,
    finished_at: job.finishedAt?.toISOString() ?? null,
  };
}

/** Of stages that run at the same time the one that began last, as in the job's progress. */
function currentStage(job: Job): string | null {
  const running = job.stages.filter((stage) => stage.status === 'running');
  const at =
    running.find((stage) => stage.name === job.progress?.stage) ??
    running.at(-1) ??
    job.stages.find((stage) => stage.status === 'failed') ??
    job.stages.findLast((stage) => stage.status === 'completed');
  return at?.name ?? null;
}

/** Each stage counts the same; the job's progress is that of all that run. */
function overallPercent(job: Job): number {
  if (job.status === JobStatus.Completed) return 100;
  if (job.stages.length === 0) return 0;
  const ended = job.stages.filter((stage) => stage.status === 'completed' || stage.status === 'skipped').length;
  const running = job.isActive() ? job.stages.filter((stage) => stage.status === 'running').length : 0;
  const share = (job.progress?.percent ?? 0) / 100;
  return Math.min(99, Math.floor(((ended + running * share) * 100) / job.stages.length));
}
