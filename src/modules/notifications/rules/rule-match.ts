import type { NotificationRule } from '../notification.entity.js';
import { atLeast, type News } from '../news/news.js';

/** What a rule may name: `*`, `job.*`, `job.failed`, `job.failed:backup`, `alarm.raised`, `alarm:backup.overdue`, `site.*`, `schedule.missed`, … */
export const EVENT_PATTERN =
  /^(\*|job\.(\*|started|completed|partial|failed|cancelled)(:(backup|restore|verify|repair))?|alarm\.(\*|raised|cleared)|alarm:[a-z]+(\.[a-z]+)*|site\.(\*|found|moved|vanished)|schedule\.missed)$/;

/** A site as rules see it. */
export interface RuleSite {
  id: string;
  labels: readonly string[];
}

type Rule = Pick<NotificationRule, 'events' | 'minSeverity' | 'sites'>;

/** Whether the rule names the type of the news, all else aside. */
export function namesType({ events }: Pick<Rule, 'events'>, { type, kind }: Pick<News, 'type' | 'kind'>): boolean {
  return events.some((pattern) => {
    if (pattern === '*') return true;
    // The end of an alarm is told by who told its beginning, so a kind of alarms names both.
    if (pattern.startsWith('alarm:')) return type.startsWith('alarm.') && pattern === `alarm:${kind ?? ''}`;
    const [name = '', ofKind] = pattern.split(':');
    if (ofKind !== undefined && ofKind !== kind) return false;
    return name.endsWith('.*') ? type.startsWith(name.slice(0, -1)) : name === type;
  });
}

/** Whether the rule is for the site; what is about no site is for rules that name none. */
export function coversSite({ sites: { siteIds, labels } }: Pick<Rule, 'sites'>, site: RuleSite | null): boolean {
  if (siteIds === undefined && labels === undefined) return true;
  if (site === null) return false;
  return siteIds?.includes(site.id) === true || labels?.some((label) => site.labels.includes(label)) === true;
}

/** Whether the rule tells this when nothing was told before. */
export function tells(rule: Rule, news: News, site: RuleSite | null): boolean {
  return namesType(rule, news) && coversSite(rule, site) && atLeast(news.severity, rule.minSeverity);
}
