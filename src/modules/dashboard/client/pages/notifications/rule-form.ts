import type { Dto } from '../../api/client.ts';
import { USUAL_NEWS } from '../../lib/news.ts';

type Rule = Dto<'RuleDto'>;

/** A rule while it is edited. */
export interface RuleForm {
  name: string;
  events: readonly string[];
  channelIds: readonly string[];
  minSeverity: Rule['minSeverity'];
  reach: 'all' | 'some';
  siteIds: string[];
  /** Separated by commas. */
  labels: string;
  timing: 'now' | 'hour' | 'day';
  digestAt: string;
  quiet: boolean;
  quietFrom: string;
  quietUntil: string;
  quietExceptCritical: boolean;
  timeZone: string;
  recovered: boolean;
  remindHours: string;
}

export function formOf(rule: Rule | null): RuleForm {
  const { siteIds = null, labels = null } = rule ?? {};
  const { quietHours = null, digest = null } = rule ?? {};
  return {
    name: rule?.name ?? '',
    events: rule?.events ?? USUAL_NEWS,
    channelIds: rule?.channelIds ?? [],
    minSeverity: rule?.minSeverity ?? 'info',
    reach: siteIds === null && labels === null ? 'all' : 'some',
    siteIds: siteIds ?? [],
    labels: labels?.join(', ') ?? '',
    timing: digest?.every ?? 'now',
    digestAt: digest?.at ?? '08:00',
    quiet: quietHours !== null,
    quietFrom: quietHours?.from ?? '22:00',
    quietUntil: quietHours?.until ?? '07:00',
    quietExceptCritical: quietHours?.exceptCritical ?? true,
    timeZone: quietHours?.timeZone ?? digest?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    recovered: rule?.recovered ?? true,
    remindHours: rule?.remindHours === null || rule === null ? '' : String(rule.remindHours),
  };
}

/** What the API is told: no sites are null, as an empty list would mean none of them. `days` of quiet hours, which the form does not have, stay what they are. */
export function bodyOf(form: RuleForm, before: Rule | null): Dto<'CreateRuleDto'> {
  const labels = form.labels
    .split(',')
    .map((label) => label.trim())
    .filter((label) => label !== '');
  const days = before?.quietHours?.days;
  return {
    name: form.name.trim(),
    events: [...form.events],
    channelIds: [...form.channelIds],
    minSeverity: form.minSeverity,
    siteIds: form.reach === 'some' && form.siteIds.length > 0 ? form.siteIds : null,
    labels: form.reach === 'some' && labels.length > 0 ? labels : null,
    digest: digestOf(form),
    quietHours: form.quiet
      ? {
          from: form.quietFrom,
          until: form.quietUntil,
          timeZone: form.timeZone.trim(),
          exceptCritical: form.quietExceptCritical,
          ...(days === undefined ? {} : { days }),
        }
      : null,
    recovered: form.recovered,
    remindHours: form.remindHours.trim() === '' ? null : Number(form.remindHours),
  };
}

function digestOf({ timing, digestAt, timeZone }: RuleForm): Dto<'DigestDto'> | null {
  if (timing === 'now') return null;
  return timing === 'hour' ? { every: 'hour' } : { every: 'day', at: digestAt, timeZone: timeZone.trim() };
}
