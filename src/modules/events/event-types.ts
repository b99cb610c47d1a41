/** What can happen to a job, and besides jobs; the `event:` field of the streams. */
export const EVENT_TYPES = [
  'job.created',
  'job.started',
  'stage.started',
  'stage.progress',
  'stage.completed',
  'stage.failed',
  'stage.skipped',
  'job.warning',
  'job.note',
  'job.completed',
  'job.failed',
  'job.cancelled',
  'alarm.raised',
  'alarm.cleared',
  'schedule.missed',
  'site.found',
  'site.moved',
  'site.vanished',
  'node.joined',
  'node.online',
  'node.stale',
  'node.offline',
  'node.removed',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** After one of these nothing more happens to the job but what the hooks of its end say, unless a person has it run again. */
export const FINAL_EVENT_TYPES: ReadonlySet<string> = new Set<EventType>([
  'job.completed',
  'job.failed',
  'job.cancelled',
]);

/** An event that is about to be written. Data is safe to show. */
export interface NewEvent {
  /** Null where it is about no job. */
  jobId: string | null;
  siteId: string | null;
  type: EventType;
  data: Record<string, unknown>;
}

/** An event as readers get it. */
export interface LoggedEvent {
  id: number;
  jobId: string | null;
  siteId: string | null;
  type: string;
  data: Record<string, unknown>;
  createdAt: Date;
}

/** Which events a reader wants; what is left out does not filter. */
export interface EventFilter {
  jobId?: string | undefined;
  siteId?: string | undefined;
  types?: ReadonlySet<string> | undefined;
  /** Only what belongs to these; null = to any, or to none. */
  sites?: ReadonlySet<string> | null | undefined;
}
