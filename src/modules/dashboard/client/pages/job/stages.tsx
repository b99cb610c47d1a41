import { Circle, CircleCheck, CircleMinus, CircleX, LoaderCircle } from 'lucide-preact';
import type { Dto } from '../../api/client.ts';
import { stageName } from '../../lib/stages.ts';
import { type JobLive, useJobLive } from '../../parts/job-live.ts';
import { figures } from '../../parts/job-progress.tsx';
import { Duration } from '../../ui/amounts.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';

type Stage = Dto<'StageDto'>;

const LOOKS = {
  pending: [Circle, 'waits'],
  running: [LoaderCircle, 'runs'],
  completed: [CircleCheck, 'done'],
  failed: [CircleX, 'failed'],
  skipped: [CircleMinus, 'left out'],
} as const;

/** The stages of a job, the running ones with how far they are. */
export function Stages({ job }: { job: Dto<'JobDto'> }) {
  const live = useJobLive(job);
  if (job.stages.length === 0) return <p class="card-body muted">They are known when the job begins.</p>;
  return (
    <ol class="stages">
      {job.stages.map((stage) => (
        <StageLine key={stage.name} stage={stage} live={live?.progress.stage === stage.name ? live : null} />
      ))}
    </ol>
  );
}

function StageLine({
  stage: { name, status, message, durationSeconds },
  live,
}: {
  stage: Stage;
  live: JobLive | null;
}) {
  const [Icon, state] = LOOKS[status];
  return (
    <li class={`stage-${status}`}>
      <Icon class="icon" aria-hidden="true" />
      <span class="stage-name">
        {stageName(name)} <span class="visually-hidden">{state}</span>
      </span>
      <span class="muted small">
        {durationSeconds === null ? status === 'pending' ? '' : state : <Duration seconds={durationSeconds} />}
      </span>
      {status === 'running' && (
        <div class="stage-more stack-tight">
          <ProgressBar label={stageName(name)} percent={live?.progress.percent ?? null} />
          <p class="muted small">
            {figures(live).join(' · ')}
            {live?.progress.current !== null && live !== null && (
              <span class="truncate stage-current" title={live.progress.current ?? ''}>
                {live.progress.current}
              </span>
            )}
          </p>
        </div>
      )}
      {message !== null && message !== '' && status !== 'running' && <p class="stage-more muted small">{message}</p>}
    </li>
  );
}
