import { api, ask } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { withLocalTimes } from '../../lib/time.ts';
import { Card } from '../../ui/card.tsx';
import { Page } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';

/** Whether everything is safe. */
export function OverviewPage() {
  const status = useQuery('status', (signal) => ask(api.GET('/status', { signal })), {
    refreshOn: ['job.completed', 'job.failed', 'alarm.raised', 'alarm.cleared'],
    everyMs: 60_000,
  });
  return (
    <Page title="Overview">
      <Card>
        <QueryView query={status}>{({ sentence }) => <p>{withLocalTimes(sentence)}</p>}</QueryView>
      </Card>
    </Page>
  );
}
