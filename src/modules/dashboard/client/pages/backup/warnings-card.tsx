import { useState } from 'preact/hooks';
import { api, ask } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { count as grouped, plural } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { QueryView } from '../../ui/query-view.tsx';

const AT_FIRST = 5;

/** What went not quite right while it was made: it can be restored, without what these say. */
export function WarningsCard({ jobId, count }: { jobId: string; count: number }) {
  const [all, setAll] = useState(false);
  const job = useQuery(`jobs/${jobId}`, (signal) =>
    ask(api.GET('/jobs/{id}', { params: { path: { id: jobId } }, signal })),
  );
  return (
    <Card title={plural(count, 'warning')} flush>
      <QueryView query={job}>
        {({ warnings }) => {
          const shown = all ? warnings : warnings.slice(0, AT_FIRST);
          return (
            <>
              <ul class="warning-list">
                {shown.map(({ code, message }, index) => (
                  <li key={index}>
                    {message} <code class="muted small">{code}</code>
                  </li>
                ))}
              </ul>
              {warnings.length > shown.length && (
                <div class="pager">
                  <Button size="small" onClick={() => setAll(true)}>
                    Show all {grouped(warnings.length)}
                  </Button>
                </div>
              )}
              {all && count > warnings.length && (
                <p class="card-body muted small">{grouped(count - warnings.length)} more were not kept.</p>
              )}
            </>
          );
        }}
      </QueryView>
    </Card>
  );
}
