import { api, ask } from '../../api/client.ts';
import { may, mayWholeServer } from '../../api/session.ts';
import { useQuery } from '../../api/use-query.ts';
import { duration } from '../../lib/format.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { DefinitionList } from '../../ui/definition-list.tsx';
import { Page } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { DoctorCard } from './doctor-card.tsx';
import { ResourcesCard } from './resources-card.tsx';

const HEALTH_MS = 15_000;

/** What this server is, and how it is. */
export function AboutPage() {
  const health = useQuery('health', (signal) => ask(api.GET('/health', { signal })), {
    everyMs: HEALTH_MS,
    enabled: mayWholeServer(),
  });
  return (
    <Page title="About" about="What this server is, and how it is.">
      <div class="columns">
        <div class="stack">
          {mayWholeServer() && (
            <Card title="Health">
              <QueryView query={health}>
                {({ status, version, mode, uptimeSeconds, database, queue, schema, running }) => (
                  <div class="stack">
                    <div class="row">
                      <StatusBadge tone={status === 'ready' ? 'ok' : 'critical'}>
                        {status === 'ready' ? 'Ready' : 'Not ready'}
                      </StatusBadge>
                    </div>
                    <DefinitionList
                      items={[
                        ['Version', version],
                        ['Mode', mode],
                        ['Running for', duration(uptimeSeconds)],
                        ['Database', <Works key="d" ok={database} bad="Does not answer" />],
                        ['Job queue', <Works key="q" ok={queue} bad="Does not answer" />],
                        [
                          'Schema',
                          <Works key="s" ok={schema} good="As this version needs it" bad="Of another version" />,
                        ],
                        ['Process', <Works key="r" ok={running} good="Takes work" bad="Starts or stops" />],
                      ]}
                    />
                  </div>
                )}
              </QueryView>
            </Card>
          )}
          {may('operator') && mayWholeServer() && <DoctorCard />}
        </div>
        <div class="stack">
          {mayWholeServer() && <ResourcesCard />}
          <Card title="More">
            <div class="stack-tight">
              <p>
                backupd backs up hosts with many WordPress sites, proves its backups and restores them. All that this
                dashboard does can be done by the command line and the API as well.
              </p>
              <p>
                <a href="/docs">API documentation</a>
              </p>
              <p class="muted small">Free software under the MIT licence.</p>
            </div>
          </Card>
        </div>
      </div>
    </Page>
  );
}

function Works({ ok, good = 'Answers', bad }: { ok: boolean; good?: string; bad: string }) {
  return <StatusBadge tone={ok ? 'ok' : 'critical'}>{ok ? good : bad}</StatusBadge>;
}
