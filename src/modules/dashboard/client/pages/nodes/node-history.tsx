import { useMemo } from 'preact/hooks';
import { api, ask } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { Card } from '../../ui/card.tsx';
import { LineChart } from '../../ui/line-chart.tsx';
import { QueryView } from '../../ui/query-view.tsx';

/** How busy a node was in the last day. */
export function NodeHistory({ id }: { id: string }) {
  const from = useMemo(() => new Date(Date.now() - 86_400_000).toISOString(), []);
  const history = useQuery(
    `nodes/${id}/history`,
    (signal) => ask(api.GET('/nodes/{id}/history', { params: { path: { id }, query: { from } }, signal })),
    { everyMs: 300_000 },
  );
  return (
    <Card title="The last day">
      <QueryView query={history}>
        {({ items }) =>
          items.length < 2 ? (
            <p class="muted">There is not enough yet to draw. A point is added every five minutes.</p>
          ) : (
            <LineChart
              summary={`Load and runs of the last day: load at most ${Math.max(...items.map(({ load1 }) => load1)).toFixed(1)}, runs at most ${Math.max(...items.map(({ runs }) => runs)).toFixed(1)}.`}
              times={items.map(({ at }) => Date.parse(at) / 1000)}
              series={[
                { title: 'Load', values: items.map(({ load1 }) => load1) },
                { title: 'Runs', values: items.map(({ runs }) => runs) },
              ]}
              format={(value) => value.toFixed(1)}
            />
          )
        }
      </QueryView>
    </Card>
  );
}
