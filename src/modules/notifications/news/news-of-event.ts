import type { News, NewsSeverity, Ping } from './news.js';

/** An event and what the catalogue knows besides. */
export interface ToldEvent {
  type: string;
  jobId: string | null;
  siteId: string | null;
  data: Readonly<Record<string, unknown>>;
  createdAt: Date;
  /** The site's present name; null when there is none. */
  siteName: string | null;
  /** Of the job: how long it ran, and its first warning. */
  seconds: number | null;
  firstWarning: string | null;
}

type Facts = Pick<News, 'type' | 'topic' | 'severity' | 'what' | 'text'> & Partial<News>;

/** The event as news; null when it is of no interest to anybody. */
export function newsOf(event: ToldEvent): News | null {
  if (event.type.startsWith('job.')) return jobNews(event);
  if (event.type.startsWith('alarm.')) return alarmNews(event);
  if (event.type === 'schedule.missed') return missedNews(event);
  return event.type.startsWith('site.') ? siteNews(event) : null;
}

function news(event: ToldEvent, facts: Facts): News {
  const at = event.createdAt.toISOString();
  return {
    kind: null,
    phase: 'info',
    ping: null,
    hint: null,
    code: null,
    siteId: event.siteId,
    siteName: event.siteName ?? text(event.data, 'siteName'),
    jobId: event.jobId,
    alarmId: null,
    see: null,
    path: null,
    seconds: event.seconds,
    at,
    count: 1,
    firstAt: at,
    recovered: false,
    reminder: false,
    ...facts,
  };
}

const jobOutcomes: Readonly<
  Record<string, { severity: NewsSeverity; ping: Ping; phase: News['phase']; verb: string } | undefined>
> = {
  'job.started': { severity: 'info', ping: 'start', phase: 'info', verb: 'started' },
  'job.completed': { severity: 'info', ping: 'success', phase: 'clear', verb: 'completed' },
  'job.partial': { severity: 'warning', ping: 'success', phase: 'clear', verb: 'completed with warnings' },
  'job.failed': { severity: 'critical', ping: 'fail', phase: 'raise', verb: 'failed' },
  'job.cancelled': { severity: 'info', ping: 'fail', phase: 'info', verb: 'was cancelled' },
};

function jobNews(event: ToldEvent): News | null {
  const { data, jobId } = event;
  const warnings = number(data, 'warningCount');
  const type = event.type === 'job.completed' && warnings > 0 ? 'job.partial' : event.type;
  const outcome = jobOutcomes[type];
  if (outcome === undefined || jobId === null) return null;
  const kind = text(data, 'kind') ?? 'job';
  const error = record(data['error']);
  const { verb, ...facts } = outcome;
  return news(event, {
    ...facts,
    type,
    kind,
    topic: `job:${kind}:${event.siteId ?? jobId}`,
    what: `${kind} ${verb}`,
    text: jobText(type, kind, warnings, error, event),
    hint:
      text(error, 'hint') ??
      (type === 'job.partial' ? 'Look at its warnings: what they name is not in it whole.' : null),
    code: text(error, 'code'),
    see: `backupd jobs show ${jobId}`,
    path: `/jobs/${jobId}`,
  });
}

function jobText(
  type: string,
  kind: string,
  warnings: number,
  error: Readonly<Record<string, unknown>>,
  { firstWarning, seconds }: ToldEvent,
): string {
  if (type === 'job.failed') return text(error, 'message') ?? `The ${kind} failed; no reason is known.`;
  if (type === 'job.cancelled') return `The ${kind} was cancelled before it was through.`;
  if (type === 'job.started') return `The ${kind} has begun.`;
  const took = seconds === null ? '' : ` in ${duration(seconds)}`;
  if (type === 'job.completed') return `The ${kind} is complete${took}.`;
  const first = firstWarning === null ? '' : ` ${warnings === 1 ? '' : 'The first: '}${firstWarning}`;
  return `The ${kind} is complete${took}, with ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}.${first}`;
}

const alarmTopic = (kind: string, subject: string): string => `alarm:${kind}:${subject}`;

/** Topic of the news that the channel does not take its messages: for all channels but that one. */
export const undeliveredTopic = (channelId: string): string => alarmTopic('notification.undelivered', channelId);

function alarmNews(event: ToldEvent): News {
  const { data, type } = event;
  const cleared = type === 'alarm.cleared';
  const kind = text(data, 'kind') ?? 'alarm';
  const name = kind.replaceAll('.', ' ');
  const context = record(data['context']);
  return news(event, {
    type,
    kind,
    phase: cleared ? 'clear' : 'raise',
    topic: alarmTopic(kind, text(data, 'subject') ?? event.siteId ?? ''),
    severity: text(data, 'severity') === 'critical' ? 'critical' : 'warning',
    ping: cleared ? null : 'fail',
    what: cleared ? `${name}: over` : name,
    text: text(data, 'message') ?? `The alarm "${name}" was ${cleared ? 'cleared' : 'raised'}.`,
    hint: cleared ? null : text(data, 'hint'),
    // What caused it, so that alarms of one cause are told together.
    code: text(context, 'code') ?? kind,
    jobId: event.jobId ?? text(context, 'jobId'),
    alarmId: text(data, 'alarmId'),
    see: 'backupd alarms',
    path: '/alarms',
  });
}

function missedNews(event: ToldEvent): News {
  const { data } = event;
  const schedule = text(data, 'schedule') ?? text(data, 'scheduleId') ?? 'a schedule';
  return news(event, {
    type: event.type,
    topic: `schedule:${text(data, 'scheduleId') ?? schedule}:${event.siteId ?? ''}`,
    severity: 'warning',
    what: 'scheduled run missed',
    text: text(data, 'message') ?? `Runs of "${schedule}" were due while backupd was not there, and were left out.`,
    hint: text(data, 'hint') ?? 'See that the server keeps running; "backupd schedule next" shows what comes.',
    see: 'backupd schedule',
    path: '/schedules',
  });
}

const siteWords: Readonly<Record<string, [what: string, sentence: string, hint: string]>> = {
  'site.found': ['site found', 'A site that is not backed up was found', 'Add it: backupd sites add <path>'],
  'site.moved': [
    'site moved',
    'A site is at another place now',
    'See that its settings still fit: backupd sites show <site>',
  ],
  'site.vanished': [
    'site vanished',
    'A site is not where it was',
    'If that is meant, remove it: backupd sites remove <site>. Its backups stay.',
  ],
};

function siteNews(event: ToldEvent): News | null {
  const { data, type } = event;
  const words = siteWords[type];
  if (words === undefined) return null;
  const [what, sentence, hint] = words;
  const said = text(data, 'message');
  const path = text(data, 'path');
  const from = text(data, 'from');
  const where = [path, from === null || from === path ? null : `before: ${from}`].filter((part) => part !== null);
  return news(event, {
    type,
    topic: `${type}:${event.siteId ?? path ?? ''}`,
    severity: type === 'site.vanished' ? 'warning' : 'info',
    what,
    text: said ?? (where.length === 0 ? `${sentence}.` : `${sentence}: ${where.join(', ')}.`),
    // A message of the scan's own says what to do.
    hint: text(data, 'hint') ?? (said === null || type === 'site.vanished' ? hint : null),
    siteName: event.siteName ?? text(data, 'name') ?? path,
    see: 'backupd sites',
    path: event.siteId === null ? '/sites' : `/sites/${event.siteId}`,
  });
}

/** `8 s`, `3 min 20 s`, `2 h 05 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function text(data: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = data[name];
  return typeof value === 'string' && value !== '' ? value.slice(0, 2000) : null;
}

function number(data: Readonly<Record<string, unknown>>, name: string): number {
  const value = data[name];
  return typeof value === 'number' ? value : 0;
}
