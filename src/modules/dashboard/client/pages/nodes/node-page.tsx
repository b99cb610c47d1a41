import { Link } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useQuery } from '../../api/use-query.ts';
import { bytes, plural, words } from '../../lib/format.ts';
import type { PageParams } from '../../shell/lazy-page.tsx';
import { Card } from '../../ui/card.tsx';
import { DefinitionList } from '../../ui/definition-list.tsx';
import { Page } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { NodeActions } from './node-actions.tsx';
import { NodeHealth } from './node-health.tsx';
import { NodeHistory } from './node-history.tsx';
import { NodeLimits } from './node-limits.tsx';

/** One node: whether it is there, what it is and does, and how busy it was. */
export function NodePage({ params: { id = '' } }: PageParams) {
  const node = useQuery(`nodes/${id}`, (signal) => ask(api.GET('/nodes/{id}', { params: { path: { id } }, signal })), {
    everyMs: 10_000,
    refreshOn: ['job.started', 'job.completed', 'job.failed', 'node.online', 'node.offline'],
  });
  const { data } = node;
  return (
    <Page
      title={data?.name ?? 'Node'}
      above={<Link href="/nodes">Nodes</Link>}
      {...(data !== undefined && may('admin') ? { actions: <NodeActions node={data} /> } : {})}
    >
      <QueryView query={node}>
        {(found) => (
          <div class="columns">
            <div class="stack">
              <NodeHistory id={found.id} />
              <Card title="What runs">
                {found.jobList.length === 0 ? (
                  <p class="muted">Nothing runs there now.</p>
                ) : (
                  <ul class="stack-tight">
                    {found.jobList.map((job) => (
                      <li key={job.id} class="row row-between">
                        <Link href={`/jobs/${job.id}`}>
                          {words(job.kind)} of {job.siteName}
                        </Link>
                        <RelativeTime at={job.startedAt} none="waits" />
                      </li>
                    ))}
                  </ul>
                )}
              </Card>
              <Card title={plural(found.sites, 'site')}>
                {found.siteList.length === 0 ? (
                  <p class="muted">No site of it is registered. Scan the host on the page of the sites.</p>
                ) : (
                  <ul class="stack-tight">
                    {found.siteList.map((site) => (
                      <li key={site.id} class="row row-between">
                        <Link href={`/sites/${site.id}`}>{site.name}</Link>
                        <code class="muted small">{site.path}</code>
                      </li>
                    ))}
                  </ul>
                )}
              </Card>
            </div>
            <div class="stack">
              <About node={found} />
              <NodeLimits node={found} />
            </div>
          </div>
        )}
      </QueryView>
    </Page>
  );
}

function About({ node }: { node: Dto<'NodeDetailDto'> }) {
  const { facts, load } = node;
  return (
    <Card title="About">
      <DefinitionList
        items={[
          ['State', <NodeHealth key="state" node={node} />],
          ['Since', <RelativeTime key="since" at={node.healthSince} />],
          ['Last seen', <RelativeTime key="seen" at={node.lastSeenAt} none="never" />],
          ['Host', node.hostname],
          ['backupd', node.version],
          ['System', facts?.platform],
          ['Processors', facts?.cpus],
          [
            'Memory',
            facts === null
              ? null
              : `${bytes(facts.memoryBytes)}${load === null ? '' : `, ${bytes(load.memoryFreeBytes)} free`}`,
          ],
          ['Load', load === null ? null : load.load1.toFixed(2)],
          ...(load?.disks ?? []).map(
            ({ path, freeBytes, totalBytes }) =>
              [`Disk of ${path}`, `${bytes(freeBytes)} free of ${bytes(totalBytes)}`] as const,
          ),
          ['Scanned folders', facts === null || facts.scanRoots.length === 0 ? null : facts.scanRoots.join(', ')],
          ['Waiting jobs', node.waitingJobs === 0 ? null : node.waitingJobs],
          ['Key', node.keyHint === null ? 'none' : `${node.keyHint}…${node.keyRotating ? ', is being replaced' : ''}`],
          ['Key since', node.keyIssuedAt === null ? null : <RelativeTime key="key" at={node.keyIssuedAt} />],
        ]}
      />
    </Card>
  );
}
