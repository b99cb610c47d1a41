import type { Dto } from '../api/client.ts';
import type { Tone } from '../ui/badge.tsx';
import { StatusBadge } from '../ui/badge.tsx';

type Job = Pick<Dto<'JobDto'>, 'status' | 'warningCount' | 'retryAt'>;

/** Kinds of jobs as a person would say it. */
export const JOB_KINDS: Record<Dto<'JobDto'>['kind'], string> = {
  backup: 'Backup',
  restore: 'Restore',
  verify: 'Check',
  repair: 'Repair',
};

/** Events after which a list of jobs is another. */
export const JOB_EVENTS = [
  'job.created',
  'job.started',
  'job.completed',
  'job.failed',
  'job.cancelled',
  'stage.started',
] as const;

/** The state of a job. */
export function JobStatus({ job }: { job: Job }) {
  const [tone, text] = stateOf(job);
  return <StatusBadge tone={tone}>{text}</StatusBadge>;
}

function stateOf({ status, warningCount, retryAt }: Job): [Tone, string] {
  switch (status) {
    case 'pending':
      return ['neutral', retryAt === null ? 'Waiting' : 'Tried again later'];
    case 'running':
      return ['active', 'Running'];
    case 'completed':
      return warningCount > 0 ? ['warning', 'With warnings'] : ['ok', 'Done'];
    case 'failed':
      return ['critical', 'Failed'];
    case 'cancelled':
      return ['neutral', 'Cancelled'];
  }
}
