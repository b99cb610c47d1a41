/** What a rule can tell of, in words. */
export const NEWS = [
  { event: 'alarm.*', title: 'Alarms and their end' },
  { event: 'job.failed', title: 'Failed jobs of all kinds' },
  { event: 'job.failed:backup', title: 'Failed backups' },
  { event: 'job.failed:restore', title: 'Failed restores' },
  { event: 'job.failed:verify', title: 'Failed checks' },
  { event: 'job.partial', title: 'Jobs with warnings' },
  { event: 'job.completed', title: 'Completed jobs' },
  { event: 'job.cancelled', title: 'Cancelled jobs' },
  { event: 'job.started', title: 'Started jobs' },
  { event: 'schedule.missed', title: 'Missed runs' },
  { event: 'site.*', title: 'Sites found, moved or vanished' },
] as const;

/** What a new rule tells of: what a person has to know, and nothing besides. */
export const USUAL_NEWS: readonly string[] = ['alarm.*', 'job.failed:restore', 'job.failed:verify', 'schedule.missed'];

const KINDS: Record<string, string> = {
  'job.failed': 'Failed',
  'job.partial': 'With warnings:',
  'job.completed': 'Completed',
  'job.cancelled': 'Cancelled',
  'job.started': 'Started',
};

/** One pattern of a rule in words: `job.failed:restore` → `Failed: restore`. */
export function newsInWords(event: string): string {
  if (event === '*') return 'Everything';
  if (event === 'job.*') return 'All of jobs';
  const known = NEWS.find((news) => news.event === event);
  if (known !== undefined) return known.title;
  const [type = '', detail] = event.split(':');
  if (detail === undefined) return event;
  const kind = KINDS[type];
  return kind === undefined
    ? `${type === 'alarm' ? 'Alarm' : type}: ${detail}`
    : `${kind.replace(/:$/, '')}: ${detail}`;
}
