import { api, ask } from '../../api/client.ts';
import { mayWholeServer } from '../../api/session.ts';
import { useQuery } from '../../api/use-query.ts';
import { Page } from '../../ui/page.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Attention } from './attention.tsx';
import { Headline } from './headline.tsx';
import { NextRunsCard, NodesCard, RunningCard, useOpenJobs } from './side-cards.tsx';
import { StorageCard } from './storage-card.tsx';
import '../../parts/parts.css';
import './overview.css';

/** Whether everything is safe, what to do where it is not, and what goes on. */
export function OverviewPage() {
  const status = useQuery('status', (signal) => ask(api.GET('/status', { signal })), {
    refreshOn: ['job.completed', 'job.failed', 'alarm.raised', 'alarm.cleared', 'site.found', 'site.vanished'],
    everyMs: 60_000,
  });
  const open = useOpenJobs();
  const busy = new Set(open.data?.items.map(({ siteId }) => siteId));
  return (
    <Page title="Overview">
      {status.error !== null && <ProblemView problem={status.error} onRetry={status.refresh} />}
      {status.data === undefined && status.error === null && <Skeleton lines={2} />}
      {status.data !== undefined && <Headline status={status.data} />}
      <div class="columns">
        <div class="stack">
          {status.data !== undefined && <Attention status={status.data} busy={busy} />}
          <RunningCard />
          {mayWholeServer() && <StorageCard />}
        </div>
        <div class="stack">
          {mayWholeServer() && <NextRunsCard />}
          {mayWholeServer() && <NodesCard />}
        </div>
      </div>
    </Page>
  );
}
