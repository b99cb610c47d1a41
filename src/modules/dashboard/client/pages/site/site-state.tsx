import { api, ask, type Dto } from '../../api/client.ts';
import { type Query, useQuery } from '../../api/use-query.ts';
import { AlarmList } from '../../parts/alarm-list.tsx';
import { isWhole } from '../../parts/backup-state.tsx';
import { StatusBadge, type Tone } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';

type Site = Dto<'SiteDto'>;

/** What is known of a site's safety. */
export interface SiteFacts {
  alarms: Query<Dto<'AlarmPageDto'>>;
  newest: Query<Dto<'BackupPageDto'>>;
}

const NEWEST = 20;

/** Asks for its open alarms and its newest backups. */
export function useSiteFacts(id: string): SiteFacts {
  const alarms = useQuery(
    `alarms?open=true&siteId=${id}`,
    (signal) => ask(api.GET('/alarms', { params: { query: { open: true, siteId: id, limit: 50 } }, signal })),
    { refreshOn: ['alarm.raised', 'alarm.cleared'] },
  );
  const newest = useQuery(
    `backups?siteId=${id}&limit=${NEWEST}`,
    (signal) => ask(api.GET('/backups', { params: { query: { siteId: id, limit: NEWEST } }, signal })),
    { refreshOn: ['job.completed'] },
  );
  return { alarms, newest };
}

/** The newest backup that can be restored, among the newest ones. */
export function newestGood({ newest }: SiteFacts): Dto<'BackupDto'> | undefined {
  return newest.data?.items.find((backup) => isWhole(backup));
}

/** Safe as the server counts it: a whole backup, and no open alarm that nobody has acknowledged. */
function stateOf(site: Site, facts: SiteFacts): readonly [Tone, string] | null {
  if (site.paused) return ['neutral', 'Paused'];
  if (facts.alarms.data === undefined || facts.newest.data === undefined) return null;
  const open = facts.alarms.data.items.filter(({ acknowledgedAt }) => acknowledgedAt === null);
  if (open.some(({ severity }) => severity === 'critical')) return ['critical', 'Not safe'];
  if (newestGood(facts) === undefined) {
    return facts.newest.data.total === 0 ? ['warning', 'No backup yet'] : ['critical', 'No whole backup'];
  }
  return open.length > 0 ? ['warning', 'Needs attention'] : ['ok', 'Safe'];
}

/** Whether the site is safe, in a word. */
export function SiteState({ site, facts }: { site: Site; facts: SiteFacts }) {
  const state = stateOf(site, facts);
  if (state === null) return null;
  return (
    <StatusBadge tone={state[0]} paused={site.paused}>
      {state[1]}
    </StatusBadge>
  );
}

/** Why it is not safe, and what to do; nothing when all is well. */
export function SiteAlarms({ alarms }: { alarms: SiteFacts['alarms'] }) {
  if (alarms.error !== null) return <ProblemView problem={alarms.error} onRetry={alarms.refresh} />;
  if (alarms.data === undefined || alarms.data.items.length === 0) return null;
  return (
    <Card title="What needs attention" flush>
      <AlarmList alarms={alarms.data.items} />
    </Card>
  );
}
