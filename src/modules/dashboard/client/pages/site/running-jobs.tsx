import { useEffect, useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { onEvent } from '../../api/live.ts';
import { useQuery } from '../../api/use-query.ts';
import { bytes, words } from '../../lib/format.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';

type Job = Dto<'JobDto'>;

const TITLES: Record<Job['kind'], string> = {
  backup: 'Backup',
  restore: 'Restore',
  verify: 'Verification',
  repair: 'Repair of copies',
};

/** What runs or waits for the site now, live; nothing when there is none. */
export function RunningJobs({ siteId }: { siteId: string }) {
  const jobs = useQuery(
    `jobs?active&siteId=${siteId}`,
    (signal) =>
      ask(api.GET('/jobs', { params: { query: { siteId, status: ['pending', 'running'], limit: 10 } }, signal })),
    { refreshOn: ['job.created', 'job.started', 'stage.started', 'job.completed', 'job.failed', 'job.cancelled'] },
  );
  const active = jobs.data?.items.filter(({ status }) => status === 'running' || status === 'pending') ?? [];
  if (active.length === 0) return null;
  return (
    <Card title="Under way">
      <ul class="stack">
        {active.map((job) => (
          <RunningJob key={job.id} job={job} />
        ))}
      </ul>
    </Card>
  );
}

interface Seen {
  stage: string;
  percent: number | null;
  bytesDone: number | null;
}

/** The newest of what the list of jobs and the events say. */
function useProgress({ id, progress }: Job): Seen | null {
  const [seen, setSeen] = useState<Seen | null>(null);
  useEffect(
    () =>
      onEvent(({ type, jobId, stage, percent, bytesDone }) => {
        if (type !== 'stage.progress' || jobId !== id || typeof stage !== 'string') return;
        setSeen({
          stage,
          percent: typeof percent === 'number' ? percent : null,
          bytesDone: typeof bytesDone === 'number' ? bytesDone : null,
        });
      }),
    [id],
  );
  return seen ?? progress;
}

function RunningJob({ job }: { job: Job }) {
  const progress = useProgress(job);
  const stage = progress?.stage ?? job.stages.find(({ status }) => status === 'running')?.name;
  const done = job.stages.filter(({ status }) => status === 'completed' || status === 'skipped').length;
  return (
    <li class="stack-tight">
      <div class="row row-between">
        <span class="row">
          <StatusBadge tone={job.status === 'running' ? 'active' : 'neutral'}>
            {job.status === 'running' ? 'Running' : 'Waiting'}
          </StatusBadge>
          <Link href={`/jobs/${job.id}`}>
            <strong>{TITLES[job.kind]}</strong>
          </Link>
          <span class="muted">
            {job.startedAt === null ? 'waits since ' : 'since '}
            <RelativeTime at={job.startedAt ?? job.createdAt} />
          </span>
        </span>
        <span class="muted small">
          {stage === undefined
            ? ''
            : `${words(stage)}, step ${Math.min(done + 1, job.stages.length)} of ${job.stages.length}`}
          {progress !== null &&
            progress.bytesDone !== null &&
            progress.bytesDone > 0 &&
            ` · ${bytes(progress.bytesDone)}`}
        </span>
      </div>
      {job.status === 'running' && (
        <ProgressBar label={`${TITLES[job.kind]}, this step`} percent={progress?.percent ?? null} />
      )}
    </li>
  );
}
