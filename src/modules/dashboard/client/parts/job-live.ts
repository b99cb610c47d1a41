import { type Signal, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { Dto } from '../api/client.ts';
import { type LiveEvent, onEvent } from '../api/live.ts';
import { rateOf, type Sample, withSample } from '../lib/remaining.ts';

type Job = Dto<'JobDto'>;
type Progress = Dto<'ProgressDto'>;

/** How far a running job is, as of now. */
export interface JobLive {
  progress: Progress;
  /** Bytes in a second; null while nobody knows. */
  rate: number | null;
  /** Seconds that this stage still takes at that rate; null where it is not known. */
  secondsLeft: number | null;
}

interface Watched {
  live: Signal<JobLive | null>;
  samples: Sample[];
  watchers: number;
}

const watched = new Map<string, Watched>();

onEvent((event) => {
  if (event.jobId === null) return;
  const known = watched.get(event.jobId);
  if (known === undefined) return;
  if (event.type === 'stage.progress') {
    const progress = progressOf(event);
    if (progress !== null) take(known, progress, Date.parse(event.at));
  } else if (event.type === 'stage.started') {
    known.samples = [];
    known.live.value = null;
  }
});

/** The live progress of a job; of one that does not run, null. */
export function useJobLive(job: Job): JobLive | null {
  const entry = useMemo(() => entryOf(job.id), [job.id]);
  useEffect(() => {
    entry.watchers += 1;
    if (entry.live.value === null && job.progress !== null) take(entry, job.progress, Date.now());
    return () => {
      entry.watchers -= 1;
      if (entry.watchers === 0) watched.delete(job.id);
    };
  }, [entry]);
  return job.status === 'running' ? entry.live.value : null;
}

function entryOf(jobId: string): Watched {
  let entry = watched.get(jobId);
  if (entry === undefined) {
    entry = { live: signal(null), samples: [], watchers: 0 };
    watched.set(jobId, entry);
  }
  return entry;
}

function take(entry: Watched, progress: Progress, atMs: number): void {
  if (entry.live.value !== null && entry.live.value.progress.stage !== progress.stage) entry.samples = [];
  entry.samples = withSample(entry.samples, { atMs, bytes: progress.bytesDone });
  const rate = rateOf(entry.samples, atMs);
  const left = progress.bytesTotal === null ? null : progress.bytesTotal - progress.bytesDone;
  entry.live.value = {
    progress,
    rate: rate ?? progress.bytesPerSecond,
    secondsLeft: rate === null || left === null || left <= 0 ? null : left / rate,
  };
}

function progressOf(event: LiveEvent): Progress | null {
  const inner = event['progress'];
  const source: Record<string, unknown> = typeof inner === 'object' && inner !== null ? { ...event, ...inner } : event;
  const stage = source['stage'];
  if (typeof stage !== 'string') return null;
  const number = (name: string): number | null => {
    const value = source[name];
    return typeof value === 'number' ? value : null;
  };
  const current = source['current'];
  return {
    stage,
    bytesDone: number('bytesDone') ?? 0,
    bytesTotal: number('bytesTotal'),
    itemsDone: number('itemsDone'),
    itemsTotal: number('itemsTotal'),
    percent: number('percent'),
    bytesPerSecond: number('bytesPerSecond'),
    current: typeof current === 'string' ? current : null,
  };
}
