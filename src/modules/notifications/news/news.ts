/** How much it matters; in this order. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type NewsSeverity = (typeof SEVERITIES)[number];

/** What a dead-man switch is told. */
export type Ping = 'start' | 'success' | 'fail';

/** One thing to tell, made from an event. Kept in a delivery; safe to show. */
export interface News {
  /** `job.failed`, `job.partial`, `alarm.raised`, … */
  type: string;
  /** Within the type: the kind of the job or of the alarm; else null. */
  kind: string | null;
  /** `raise` begins something that a later `clear` of the same topic ends. */
  phase: 'raise' | 'clear' | 'info';
  /** What it is about. */
  topic: string;
  severity: NewsSeverity;
  /** Null = nothing for dead-man switches. */
  ping: Ping | null;
  /** What happened in a few words, without the site: `backup failed`. */
  what: string;
  /** What happened, in sentences. */
  text: string;
  hint: string | null;
  /** Code of the error; of many news those with the same are told together. */
  code: string | null;
  siteId: string | null;
  siteName: string | null;
  jobId: string | null;
  alarmId: string | null;
  /** A command that shows more. */
  see: string | null;
  /** Path of the API that shows more. */
  path: string | null;
  /** How long the job took, in seconds. */
  seconds: number | null;
  at: string;
  /** How often it happened since `firstAt`. */
  count: number;
  firstAt: string;
  /** It ends what was told before. */
  recovered: boolean;
  /** It was told before and is still so. */
  reminder: boolean;
}

/** Whether the first matters as much as the second. */
export const atLeast = (severity: NewsSeverity, least: NewsSeverity): boolean =>
  SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);

/** Those types of events that can become news. */
export const NEWS_EVENTS = [
  'job.started',
  'job.completed',
  'job.failed',
  'job.cancelled',
  'alarm.raised',
  'alarm.cleared',
  'schedule.missed',
  'site.found',
  'site.moved',
  'site.vanished',
] as const;
