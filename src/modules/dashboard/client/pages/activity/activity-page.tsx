import { useState } from 'preact/hooks';
import { ScrollText } from 'lucide-preact';
import { api, ask } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Page } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { ActivityEntry } from './activity-entry.tsx';
import { ActivityFilters, type Filters, isEmpty, NO_FILTERS, toQuery } from './activity-filters.tsx';
import './activity.css';

const LIMIT = 50;

/** Who did what from where. */
export function ActivityPage() {
  const [filters, setFilters] = useState<Filters>(NO_FILTERS);
  // Where the pages before this one begin: the log grows at its head, so pages are found by entry and not by number.
  const [cursors, setCursors] = useState<readonly number[]>([]);
  const cursor = cursors.at(-1);
  const query = toQuery(filters);
  const log = useQuery(
    `audit?${JSON.stringify(query)}&cursor=${cursor ?? ''}`,
    (signal) =>
      ask(
        api.GET('/audit', {
          params: { query: { limit: LIMIT, ...query, ...(cursor === undefined ? {} : { cursor }) } },
          signal,
        }),
      ),
    { keepPrevious: true },
  );
  const choose = (chosen: Filters): void => {
    setFilters(chosen);
    setCursors([]);
  };
  return (
    <Page
      title="Activity"
      about="Who did what from where: all that changed something, read data, or was refused. Kept for a year."
      actions={
        <Button size="small" onClick={log.refresh} pending={log.stale && cursor === undefined}>
          Refresh
        </Button>
      }
    >
      <Card flush>
        <ActivityFilters filters={filters} onChange={choose} />
        <QueryView query={log} lines={8}>
          {({ items, nextCursor }) =>
            items.length === 0 ? (
              <EmptyState
                icon={<ScrollText class="icon" aria-hidden="true" />}
                title="Nothing found"
                action={!isEmpty(filters) && <Button onClick={() => choose(NO_FILTERS)}>Show everything</Button>}
              >
                {isEmpty(filters) ? 'Nothing has happened yet.' : 'No entry is like that.'}
              </EmptyState>
            ) : (
              <>
                <ul class="activity" aria-label="Entries" aria-busy={log.stale}>
                  {items.map((entry) => (
                    <ActivityEntry key={entry.id} entry={entry} onFilter={(more) => choose({ ...filters, ...more })} />
                  ))}
                </ul>
                {(cursors.length > 0 || nextCursor !== null) && (
                  <nav class="pager" aria-label="Pages">
                    <Button
                      size="small"
                      disabled={cursors.length === 0}
                      onClick={() => setCursors(cursors.slice(0, -1))}
                    >
                      Newer
                    </Button>
                    <Button
                      size="small"
                      disabled={nextCursor === null || log.stale}
                      onClick={() => nextCursor !== null && setCursors([...cursors, nextCursor])}
                    >
                      Older
                    </Button>
                  </nav>
                )}
              </>
            )
          }
        </QueryView>
      </Card>
    </Page>
  );
}
