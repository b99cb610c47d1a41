import { CalendarClock } from 'lucide-preact';
import { Link } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useQuery } from '../../api/use-query.ts';
import { plural, sentenceCase } from '../../lib/format.ts';
import { JobProgress } from '../../parts/job-progress.tsx';
import { JOB_EVENTS, JOB_KINDS } from '../../parts/job-status.tsx';
import { StatusBadge, type Tone } from '../../ui/badge.tsx';
import { ButtonLink } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';

const SHOWN = 6;

/** Jobs that run or wait, the newest. */
export function useOpenJobs() {
  return useQuery(
    'jobs?open',
    (signal) => ask(api.GET('/jobs', { params: { query: { limit: 50, status: ['running', 'pending'] } }, signal })),
    { refreshOn: JOB_EVENTS },
  );
}

/** What runs now, live. Nothing when nothing does. */
export function RunningCard() {
  const open = useOpenJobs();
  if (open.data === undefined || open.data.total === 0) return null;
  const { total } = open.data;
  const items = open.data.items.slice(0, SHOWN);
  return (
    <Card
      title="Running now"
      flush
      actions={<Link href="/jobs">{total > items.length ? `All ${total} jobs` : 'All jobs'}</Link>}
    >
      <ul class="job-list">
        {items.map((job) => (
          <li key={job.id}>
            <Link href={`/jobs/${job.id}`}>
              {JOB_KINDS[job.kind]} of {job.siteName}
            </Link>
            <JobProgress job={job} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** What happens by itself, the next first. */
export function NextRunsCard() {
  const schedules = useQuery('schedules?limit=100', (signal) =>
    ask(api.GET('/schedules', { params: { query: { limit: 100 } }, signal })),
  );
  return (
    <Card title="Next runs" flush actions={<Link href="/schedules">All schedules</Link>}>
      <QueryView query={schedules}>
        {({ items }) => {
          const next = items
            .filter(({ nextRun }) => nextRun !== null)
            .toSorted((a, b) => (a.nextRun ?? '').localeCompare(b.nextRun ?? ''))
            .slice(0, SHOWN);
          if (next.length === 0)
            return (
              <EmptyState
                icon={<CalendarClock class="icon" aria-hidden="true" />}
                title="Nothing runs by itself"
                action={may('operator') ? <ButtonLink to="/schedules">Set a schedule</ButtonLink> : undefined}
              >
                Set a schedule, so that every site is backed up each night.
              </EmptyState>
            );
          return (
            <ul class="lines">
              {next.map((schedule) => (
                <li key={schedule.id} class="row row-between">
                  <div class="grow">
                    <p class="truncate">{sentenceCase(schedule.name)}</p>
                    <p class="muted small truncate">
                      {sentenceCase(schedule.text)}
                      {schedule.kind === 'backup' && `, ${plural(schedule.sites, 'site')}`}
                    </p>
                  </div>
                  <RelativeTime at={schedule.nextRun} />
                </li>
              ))}
            </ul>
          );
        }}
      </QueryView>
    </Card>
  );
}

const HEALTH: Record<Dto<'NodeDto'>['health'], [Tone, string]> = {
  new: ['neutral', 'New'],
  online: ['ok', 'Online'],
  stale: ['warning', 'Late'],
  offline: ['critical', 'Offline'],
};

/** The other hosts, where there are some. */
export function NodesCard() {
  const nodes = useQuery(
    'nodes?limit=8',
    (signal) => ask(api.GET('/nodes', { params: { query: { limit: 8 } }, signal })),
    {
      refreshOn: [
        'node.joined',
        'node.online',
        'node.stale',
        'node.offline',
        'node.removed',
        'job.started',
        'job.completed',
      ],
    },
  );
  if (nodes.data === undefined || nodes.data.total === 0) return null;
  return (
    <Card
      title="Nodes"
      flush
      actions={<Link href="/nodes">{nodes.data.total > 8 ? `All ${nodes.data.total} nodes` : 'All nodes'}</Link>}
    >
      <ul class="lines">
        {nodes.data.items.map((node) => {
          const [tone, text] = HEALTH[node.health];
          return (
            <li key={node.id} class="row row-between">
              <div class="grow">
                <p class="truncate">{node.name}</p>
                <p class="muted small">
                  {plural(node.sites, 'site')}
                  {node.runningJobs > 0 && `, ${plural(node.runningJobs, 'job')} running`}
                  {node.waitingJobs > 0 && `, ${plural(node.waitingJobs, 'job')} waiting`}
                </p>
              </div>
              <StatusBadge tone={tone}>{text}</StatusBadge>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
