import { useState } from 'preact/hooks';
import { Plus, Server } from 'lucide-preact';
import { Link } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useQuery } from '../../api/use-query.ts';
import { bytes, count } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { JoinDialog } from './join-dialog.tsx';
import { NodeHealth } from './node-health.tsx';
import { WaitingHosts } from './waiting-hosts.tsx';

const LIMIT = 50;

/** The other hosts that do backups, and those that want to. */
export function NodesPage() {
  const [offset, setOffset] = useState(0);
  const [joining, setJoining] = useState(false);
  const nodes = useQuery(
    `nodes?offset=${offset}`,
    (signal) => ask(api.GET('/nodes', { params: { query: { limit: LIMIT, offset } }, signal })),
    {
      keepPrevious: true,
      everyMs: 15_000,
      refreshOn: ['node.joined', 'node.online', 'node.stale', 'node.offline', 'node.removed'],
    },
  );
  const add = may('admin') && (
    <Button kind="primary" icon={<Plus class="icon icon-small" aria-hidden="true" />} onClick={() => setJoining(true)}>
      Add a host
    </Button>
  );
  return (
    <Page
      title="Nodes"
      about="Other hosts with sites. They ask this server for work, and need no open port."
      {...(add === false ? {} : { actions: add })}
    >
      <WaitingHosts />
      <Card flush>
        <QueryView query={nodes}>
          {({ items, total }) =>
            items.length === 0 ? (
              <EmptyState icon={<Server class="icon" aria-hidden="true" />} title="No other host yet">
                Sites of this host need none. For another one: install backupd there, run{' '}
                <code>backupd node join {location.origin}</code>, and approve the code that it shows here.
              </EmptyState>
            ) : (
              <>
                <Table caption="Nodes" rows={items} rowKey={({ id }) => id} stale={nodes.stale} columns={COLUMNS} />
                <Pager offset={offset} limit={LIMIT} total={total} onChange={setOffset} />
              </>
            )
          }
        </QueryView>
      </Card>
      {joining && <JoinDialog onClose={() => setJoining(false)} />}
    </Page>
  );
}

const COLUMNS: Column<Dto<'NodeDto'>>[] = [
  { name: 'name', title: 'Name', kind: 'main', cell: ({ id, name }) => <Link href={`/nodes/${id}`}>{name}</Link> },
  { name: 'health', title: 'State', cell: (node) => <NodeHealth node={node} /> },
  { name: 'seen', title: 'Last seen', cell: ({ lastSeenAt }) => <RelativeTime at={lastSeenAt} none="never" /> },
  { name: 'sites', title: 'Sites', kind: 'number', cell: ({ sites }) => count(sites) },
  { name: 'running', title: 'Running', kind: 'number', cell: ({ runningJobs }) => count(runningJobs) },
  { name: 'waiting', title: 'Waiting', kind: 'number', cell: ({ waitingJobs }) => count(waitingJobs) },
  {
    name: 'disk',
    title: 'Least free disk',
    cell: ({ load }) => {
      const free = load?.disks.map(({ freeBytes }) => freeBytes) ?? [];
      return free.length === 0 ? '–' : bytes(Math.min(...free));
    },
  },
  { name: 'version', title: 'Version', cell: ({ version }) => version ?? '–' },
];
