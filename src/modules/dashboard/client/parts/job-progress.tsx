import type { Dto } from '../api/client.ts';
import { bytes, count } from '../lib/format.ts';
import { roughly } from '../lib/remaining.ts';
import { stageName } from '../lib/stages.ts';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { useJobLive, type JobLive } from './job-live.ts';

/** Bar and figures of a running job: what it does, how much of it, how fast, how long still. */
export function JobProgress({ job }: { job: Dto<'JobDto'> }) {
  const live = useJobLive(job);
  if (job.status === 'pending') return <p class="muted small">Waits for its turn.</p>;
  const stage = live?.progress.stage ?? job.stages.find(({ status }) => status === 'running')?.name;
  return (
    <div class="stack-tight">
      <ProgressBar
        label={`${job.siteName}: ${stageName(stage ?? job.kind)}`}
        percent={live?.progress.percent ?? null}
      />
      <p class="muted small">{[stage === undefined ? 'Starts' : stageName(stage), ...figures(live)].join(' · ')}</p>
    </div>
  );
}

/** What is known of a stage that runs, in few words. */
export function figures(live: JobLive | null): string[] {
  if (live === null) return [];
  const { progress, rate, secondsLeft } = live;
  const { bytesDone, bytesTotal, itemsDone, itemsTotal } = progress;
  const parts: string[] = [];
  if (bytesDone > 0 || (bytesTotal ?? 0) > 0)
    parts.push(bytesTotal === null ? bytes(bytesDone) : `${bytes(bytesDone)} of ${bytes(bytesTotal)}`);
  else if (itemsDone !== null && itemsDone > 0)
    parts.push(itemsTotal === null ? count(itemsDone) : `${count(itemsDone)} of ${count(itemsTotal)}`);
  if (rate !== null && rate > 0) parts.push(`${bytes(rate)}/s`);
  if (secondsLeft !== null) parts.push(`${roughly(secondsLeft)} left in this stage`);
  return parts;
}
