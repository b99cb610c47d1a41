import { useState } from 'preact/hooks';
import { ListChecks } from 'lucide-preact';
import { Link } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { JobProgress } from '../../parts/job-progress.tsx';
import { JOB_EVENTS, JOB_KINDS, JobStatus } from '../../parts/job-status.tsx';
import { Duration } from '../../ui/amounts.tsx';
import { ButtonLink } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Select } from '../../ui/select.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import '../../parts/parts.css';

type Job = Dto<'JobDto'>;
type Status = Job['status'];

const LIMIT = 25;

const STATUSES: readonly { value: 'all' | 'open' | Status; title: string }[] = [
  { value: 'all', title: 'All states' },
  { value: 'open', title: 'Running or waiting' },
  { value: 'failed', title: 'Failed' },
  { value: 'completed', title: 'Done' },
  { value: 'cancelled', title: 'Cancelled' },
];

const KINDS: readonly { value: 'all' | Job['kind']; title: string }[] = [
  { value: 'all', title: 'All kinds' },
  { value: 'backup', title: 'Backups' },
  { value: 'restore', title: 'Restores' },
  { value: 'verify', title: 'Checks' },
  { value: 'repair', title: 'Repairs' },
];

const columns: readonly Column<Job>[] = [
  {
    name: 'job',
    title: 'Job',
    kind: 'main',
    cell: (job) => (
      <div>
        <Link href={`/jobs/${job.id}`}>
          {JOB_KINDS[job.kind]} of {job.siteName}
        </Link>
        <div class="muted small">{job.status === 'failed' && job.error !== null ? job.error.message : null}</div>
      </div>
    ),
  },
  { name: 'state', title: 'State', cardLabel: '', cell: (job) => <JobStatus job={job} /> },
  {
    name: 'begun',
    title: 'Begun',
    cell: (job) => <RelativeTime at={job.startedAt ?? job.createdAt} />,
  },
  { name: 'took', title: 'Took', kind: 'number', cell: (job) => <Duration seconds={secondsOf(job)} /> },
];

/** What runs and waits, live, and what was done. */
export function JobsPage() {
  const [status, setStatus] = useState<'all' | 'open' | Status>('all');
  const [kind, setKind] = useState<'all' | Job['kind']>('all');
  const [offset, setOffset] = useState(0);
  const wanted: Status[] =
    status === 'all' ? ['completed', 'failed', 'cancelled'] : status === 'open' ? ['running', 'pending'] : [status];
  const query = { limit: LIMIT, offset, status: wanted, ...(kind === 'all' ? {} : { kind }) };
  const list = useQuery(
    `jobs?${JSON.stringify(query)}`,
    (signal) => ask(api.GET('/jobs', { params: { query }, signal })),
    { refreshOn: JOB_EVENTS, keepPrevious: true },
  );
  const open = useQuery(
    'jobs?open',
    (signal) => ask(api.GET('/jobs', { params: { query: { limit: 50, status: ['running', 'pending'] } }, signal })),
    { refreshOn: JOB_EVENTS },
  );
  const isFiltered = status !== 'all' || kind !== 'all';
  return (
    <Page title="Jobs" about="Backups, restores, checks and repairs: what runs, waits, and was done.">
      {status === 'all' && (open.data?.total ?? 0) > 0 && (
        <Card title={`Now: ${open.data?.total ?? 0}`} flush>
          <ul class="job-list">
            {open.data?.items.map((job) => (
              <li key={job.id}>
                <div class="row row-between">
                  <Link href={`/jobs/${job.id}`}>
                    {JOB_KINDS[job.kind]} of {job.siteName}
                  </Link>
                  <JobStatus job={job} />
                </div>
                <JobProgress job={job} />
              </li>
            ))}
          </ul>
        </Card>
      )}
      <Card
        title={status === 'open' ? 'Running or waiting' : 'Done before'}
        flush
        actions={
          <div class="row">
            <Select
              bare
              label="State"
              value={status}
              options={STATUSES}
              onChange={(value) => {
                setStatus(value);
                setOffset(0);
              }}
            />
            <Select
              bare
              label="Kind"
              value={kind}
              options={KINDS}
              onChange={(value) => {
                setKind(value);
                setOffset(0);
              }}
            />
          </div>
        }
      >
        <QueryView query={list} lines={8}>
          {({ items, total }) =>
            items.length === 0 ? (
              <EmptyState
                icon={<ListChecks class="icon" aria-hidden="true" />}
                title={isFiltered ? 'No job is like that' : 'Nothing was done yet'}
                action={isFiltered ? undefined : <ButtonLink to="/sites">Go to the sites</ButtonLink>}
              >
                {isFiltered ? 'Choose other states or kinds above.' : 'Start a backup of a site, or set a schedule.'}
              </EmptyState>
            ) : (
              <>
                <Table caption="Jobs" columns={columns} rows={items} rowKey={({ id }) => id} stale={list.stale} />
                <Pager offset={offset} limit={LIMIT} total={total} onChange={setOffset} />
              </>
            )
          }
        </QueryView>
      </Card>
    </Page>
  );
}

function secondsOf({ startedAt, finishedAt }: Job): number | null {
  return startedAt === null || finishedAt === null ? null : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
}
