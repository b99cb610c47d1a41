import { useEffect, useState } from 'preact/hooks';
import { textOf } from '../../api/client.ts';
import { type LiveEvent, onEvent, onReconnect } from '../../api/live.ts';
import { EventStreamParser } from '../../lib/event-stream.ts';
import { duration } from '../../lib/format.ts';
import { stageName } from '../../lib/stages.ts';

/** A line of what a job has told. */
export interface LogLine {
  id: number;
  at: string;
  tone: 'plain' | 'warning' | 'critical';
  text: string;
}

/** The stream of a running job does not end: silence means that all that was is there. */
const SILENCE_MS = 800;

/** What the job has told so far, and goes on telling. Events of old jobs are gone from the server: then there are none. */
export function useJobLog(jobId: string): { lines: readonly LogLine[]; loading: boolean } {
  const [events, setEvents] = useState<ReadonlyMap<number, LiveEvent>>(new Map());
  const [loading, setLoading] = useState(true);
  useEffect(() => {
    const abort = new AbortController();
    const add = (more: readonly LiveEvent[]): void =>
      setEvents((known) => new Map([...known, ...more.map((event) => [event.id, event] as const)]));
    const replay = async (): Promise<void> => {
      await readEvents(jobId, abort.signal, add).catch(() => undefined);
      if (!abort.signal.aborted) setLoading(false);
    };
    const stopEvents = onEvent((event) => {
      if (event.jobId === jobId && event.type !== 'stage.progress') add([event]);
    });
    const stopReconnect = onReconnect(() => void replay());
    void replay();
    return () => {
      abort.abort();
      stopEvents();
      stopReconnect();
    };
  }, [jobId]);
  const lines = [...events.values()]
    .toSorted((a, b) => a.id - b.id)
    .map(lineOf)
    .filter((line) => line !== null);
  return { lines, loading };
}

async function readEvents(
  jobId: string,
  outer: AbortSignal,
  add: (events: readonly LiveEvent[]) => void,
): Promise<void> {
  const silence = new AbortController();
  const signal = AbortSignal.any([outer, silence.signal]);
  const parser = new EventStreamParser();
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    for await (const text of textOf(`/jobs/${jobId}/events?lastEventId=0`, 'text/event-stream', signal)) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      const events = parser.push(text).map(({ data }) => {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server's
        return JSON.parse(data) as LiveEvent;
      });
      add(events.filter(({ id, type }) => id !== undefined && type !== 'stage.progress'));
    }
  } finally {
    clearTimeout(timer);
  }
}

/** An event as a line; null for what says nothing by itself. */
export function lineOf(event: LiveEvent): LogLine | null {
  const told = textOfEvent(event);
  if (told === null) return null;
  const [text, tone = 'plain'] = told;
  return { id: event.id, at: event.at, text, tone };
}

function textOfEvent(event: LiveEvent): [string, LogLine['tone']?] | null {
  const stage = stageName(string(event['stage']));
  const message = string(event['message']);
  const seconds = event['durationSeconds'];
  const took = typeof seconds === 'number' ? ` (${duration(seconds)})` : '';
  switch (event.type) {
    case 'job.created':
      return ['Asked for.'];
    case 'job.started':
      return [
        typeof event['attempt'] === 'number' && event['attempt'] > 1 ? `Begun: attempt ${event['attempt']}.` : 'Begun.',
      ];
    case 'stage.started':
      return [`${stage} begins.`];
    case 'stage.completed':
      return [`${stage}: ${message === '' ? 'done.' : message}${took}`];
    case 'stage.skipped':
      return [`${stage}: left out. ${message}`.trim()];
    case 'stage.failed':
      return [`${stage} failed. ${message}`.trim(), 'critical'];
    case 'job.warning':
      return [message, 'warning'];
    case 'job.note':
      return [message];
    case 'job.completed':
      return ['Done.'];
    case 'job.failed':
      return ['Failed.', 'critical'];
    case 'job.cancelled':
      return ['Cancelled.'];
    case 'stage.progress':
    case 'alarm.cleared':
    case 'alarm.raised':
    case 'node.joined':
    case 'node.offline':
    case 'node.online':
    case 'node.removed':
    case 'node.stale':
    case 'schedule.missed':
    case 'site.found':
    case 'site.moved':
    case 'site.vanished':
      return null;
  }
}

const string = (value: unknown): string => (typeof value === 'string' ? value : '');
