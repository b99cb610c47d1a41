import { useCallback, useState } from 'preact/hooks';
import { Globe, Search } from 'lucide-preact';
import { Link } from 'wouter-preact';
import { may, mayWholeServer } from '../../api/session.ts';
import { BackUpNow } from '../../parts/back-up-now.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SearchInput } from '../../ui/search-input.tsx';
import { Select } from '../../ui/select.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { type Column, type Sort, Table } from '../../ui/table.tsx';
import { type Alarms, type Filter, LIMIT, type Site, useProofs, useSiteAlarms, useSiteRows } from './site-rows.ts';
import './sites.css';

const FILTERS: readonly { value: Filter; title: string }[] = [
  { value: 'all', title: 'All sites' },
  { value: 'attention', title: 'Needs attention' },
  { value: 'never', title: 'Never backed up' },
  { value: 'paused', title: 'Paused' },
];

/** All sites: how each one is, and when its backup was last proved. */
export function SitesPage() {
  const [search, setSearch] = useState('');
  const [filter, setFilter] = useState<Filter>('all');
  const [sort, setSort] = useState<Sort>({ name: 'name', descending: false });
  const [offset, setOffset] = useState(0);
  const alarms = useSiteAlarms();
  const { query, rows, total } = useSiteRows({ search, filter, sort, offset }, alarms);
  const proofs = useProofs(rows);
  const look = useCallback((text: string) => {
    setSearch(text);
    setOffset(0);
  }, []);
  const isFiltered = search !== '' || filter !== 'all';
  const mayAdd = may('admin') && mayWholeServer();
  return (
    <Page
      title="Sites"
      actions={
        mayAdd && (total > 0 || isFiltered) ? (
          <ButtonLink to="/first-run/scan" icon={<Search class="icon icon-small" aria-hidden="true" />}>
            Find sites
          </ButtonLink>
        ) : undefined
      }
    >
      <Card flush>
        <div class="filters">
          <SearchInput label="Search sites" placeholder="Name, path or address" value={search} onSearch={look} />
          <Select
            bare
            label="Which sites"
            value={filter}
            options={FILTERS}
            onChange={(value) => {
              setFilter(value);
              setOffset(0);
            }}
          />
        </div>
        {query.error !== null && (
          <div class="card-body">
            <ProblemView problem={query.error} onRetry={query.refresh} />
          </div>
        )}
        {rows === undefined && query.error === null && <Skeleton lines={10} />}
        {rows?.length === 0 && (
          <NoSites
            isFiltered={isFiltered}
            mayAdd={mayAdd}
            onAll={() => {
              look('');
              setFilter('all');
            }}
          />
        )}
        {rows !== undefined && rows.length > 0 && (
          <>
            <Table
              caption="Sites"
              columns={columnsOf(alarms, proofs)}
              rows={rows}
              rowKey={({ id }) => id}
              sort={sort}
              onSort={(next) => {
                setSort(next);
                setOffset(0);
              }}
              stale={query.stale}
            />
            <Pager offset={offset} limit={LIMIT} total={total} onChange={setOffset} />
          </>
        )}
      </Card>
    </Page>
  );
}

function columnsOf(alarms: Alarms | undefined, proofs: ReadonlyMap<string, string | null> | undefined): Column<Site>[] {
  return [
    {
      name: 'name',
      title: 'Site',
      kind: 'main',
      sortable: true,
      cell: (site) => (
        <div class="site-name">
          <Link href={`/sites/${site.id}`}>{site.name}</Link>
          <span class="muted small truncate">
            {site.url?.replace(/^https?:\/\//, '') ?? site.path}
            {site.nodeName !== null && ` on ${site.nodeName}`}
          </span>
        </div>
      ),
    },
    { name: 'state', title: 'State', cardLabel: '', cell: (site) => <SiteState site={site} alarms={alarms} /> },
    {
      name: 'backup',
      title: 'Last backup',
      sortable: true,
      cell: ({ lastBackup }) => <RelativeTime at={lastBackup?.createdAt} none="never" />,
    },
    {
      name: 'proof',
      title: 'Last proof',
      cell: ({ id, lastBackup }) =>
        lastBackup === null ? (
          <span class="muted">–</span>
        ) : proofs === undefined ? (
          <span class="muted">…</span>
        ) : (
          <RelativeTime at={proofs.get(id)} none="not yet" />
        ),
    },
    {
      name: 'next',
      title: 'Next run',
      sortable: true,
      cell: ({ nextRun }) => <RelativeTime at={nextRun} none="none" />,
    },
    {
      name: 'actions',
      title: 'Actions',
      kind: 'actions',
      cell: ({ id, name }) => (may('operator') ? <BackUpNow siteId={id} siteName={name} /> : null),
    },
  ];
}

function SiteState({ site, alarms }: { site: Site; alarms: Alarms | undefined }) {
  if (site.paused)
    return (
      <StatusBadge tone="neutral" paused>
        Paused
      </StatusBadge>
    );
  const alarm = alarms?.get(site.id);
  if (alarm !== undefined)
    return (
      <span title={alarm.message}>
        <StatusBadge tone={alarm.severity}>{REASONS[alarm.kind] ?? 'Needs attention'}</StatusBadge>
      </span>
    );
  if (site.lastBackup === null) return <StatusBadge tone="warning">No backup</StatusBadge>;
  return <StatusBadge tone="ok">Safe</StatusBadge>;
}

const REASONS: Partial<Record<string, string>> = {
  'backup.overdue': 'Overdue',
  'backup.failed': 'Backup failed',
  'backup.partial': 'Incomplete',
  'backup.shrunk': 'Shrunk',
  'copy.damaged': 'Damaged copy',
  'site.vanished': 'Vanished',
  'quota.near': 'Nearly full',
};

function NoSites({ isFiltered, mayAdd, onAll }: { isFiltered: boolean; mayAdd: boolean; onAll: () => void }) {
  return (
    <EmptyState
      icon={<Globe class="icon" aria-hidden="true" />}
      title={isFiltered ? 'No site is like that' : 'There is no site yet'}
      action={
        isFiltered ? (
          <Button onClick={onAll}>Show all sites</Button>
        ) : mayAdd ? (
          <ButtonLink to="/first-run/scan" kind="primary">
            Find sites
          </ButtonLink>
        ) : undefined
      }
    >
      {isFiltered
        ? 'Search for something else, or look at all sites.'
        : 'backupd looks through the folders of this host and lists what it finds. Nothing is changed there.'}
    </EmptyState>
  );
}
