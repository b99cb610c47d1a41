import { useState } from 'preact/hooks';
import { Send } from 'lucide-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { plural } from '../../lib/format.ts';
import { withLocalTimes } from '../../lib/time.ts';
import { StatusBadge, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Pager } from '../../ui/pager.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Select } from '../../ui/select.tsx';
import { Table } from '../../ui/table.tsx';
import './notifications.css';

const LIMIT = 50;
const EVERY_MS = 10_000;

type Delivery = Dto<'DeliveryDto'>;

const STATES: Record<Delivery['state'], readonly [Tone, string]> = {
  waiting: ['active', 'Waiting'],
  sent: ['ok', 'Sent'],
  failed: ['critical', 'Failed'],
  dropped: ['neutral', 'Dropped'],
};

/** What was sent, what waits, and what failed. */
export function DeliveriesTab() {
  const [state, setState] = useState<Delivery['state'] | ''>('');
  const [channelId, setChannelId] = useState('');
  const [offset, setOffset] = useState(0);
  const channels = useQuery('notifications/channels?limit=500', (signal) =>
    ask(api.GET('/notifications/channels', { params: { query: { limit: 500 } }, signal })),
  );
  const deliveries = useQuery(
    `notifications/deliveries?state=${state}&channelId=${channelId}&offset=${offset}`,
    (signal) =>
      ask(
        api.GET('/notifications/deliveries', {
          params: {
            query: {
              offset,
              limit: LIMIT,
              ...(state === '' ? {} : { state }),
              ...(channelId === '' ? {} : { channelId }),
            },
          },
          signal,
        }),
      ),
    { keepPrevious: true, everyMs: EVERY_MS },
  );
  const retry = useAction(
    (id: string) => ask(api.POST('/notifications/deliveries/{id}/retry', { params: { path: { id } } })),
    { success: 'It is sent once more.', invalidates: ['notifications/deliveries'], errorToast: true },
  );
  return (
    <Card flush>
      <div class="list-filters">
        <Select
          label="State"
          bare
          value={state}
          onChange={(value) => {
            setState(value);
            setOffset(0);
          }}
          options={[
            { value: '', title: 'All states' },
            { value: 'waiting', title: 'Waiting' },
            { value: 'sent', title: 'Sent' },
            { value: 'failed', title: 'Failed' },
            { value: 'dropped', title: 'Dropped' },
          ]}
        />
        <Select
          label="Channel"
          bare
          value={channelId}
          onChange={(value) => {
            setChannelId(value);
            setOffset(0);
          }}
          options={[
            { value: '', title: 'All channels' },
            ...(channels.data?.items ?? []).map(({ id, name }) => ({ value: id, title: name })),
          ]}
        />
      </div>
      <QueryView query={deliveries}>
        {({ items, total }) =>
          items.length === 0 ? (
            <EmptyState icon={<Send class="icon" aria-hidden="true" />} title="Nothing here">
              {state === '' && channelId === ''
                ? 'Nothing was sent yet. What is sent is kept here for 90 days.'
                : 'No message is like that.'}
            </EmptyState>
          ) : (
            <>
              <Table<Delivery>
                caption="Deliveries"
                rows={items}
                rowKey={({ id }) => id}
                stale={deliveries.stale && deliveries.data === undefined}
                columns={[
                  { name: 'what', title: 'News', kind: 'main', cell: (row) => <News row={row} /> },
                  { name: 'channel', title: 'Channel', cell: ({ channelName }) => channelName ?? 'a removed channel' },
                  { name: 'state', title: 'State', cardLabel: '', cell: (row) => <State row={row} /> },
                  {
                    name: 'at',
                    title: 'When',
                    cardLabel: '',
                    cell: ({ sentAt, createdAt }) => <RelativeTime at={sentAt ?? createdAt} />,
                  },
                  {
                    name: 'actions',
                    title: 'Actions',
                    kind: 'actions',
                    cell: ({ id, state: now, what }) =>
                      (now === 'failed' || now === 'dropped') && (
                        <Button
                          size="small"
                          aria-label={`Send again: ${what}`}
                          disabled={retry.pending}
                          onClick={() => void retry.run(id)}
                        >
                          Send again
                        </Button>
                      ),
                  },
                ]}
              />
              <Pager offset={offset} limit={LIMIT} total={total} onChange={setOffset} />
            </>
          )
        }
      </QueryView>
    </Card>
  );
}

function News({ row: { text, siteName, count, error, type } }: { row: Delivery }) {
  return (
    <div>
      <p class="news-text">{withLocalTimes(text === '' ? type : text)}</p>
      <p class="muted small">
        {siteName ?? type}
        {count > 1 && ` · ${count} times`}
      </p>
      {error !== null && <p class="small">{error}</p>}
    </div>
  );
}

function State({ row: { state, attempts, nextAttemptAt } }: { row: Delivery }) {
  const [tone, title] = STATES[state];
  return (
    <div>
      <StatusBadge tone={tone}>{title}</StatusBadge>
      {attempts > 1 && <p class="muted small">{plural(attempts, 'try', 'tries')}</p>}
      {state === 'waiting' && nextAttemptAt !== null && (
        <p class="muted small">
          <RelativeTime at={nextAttemptAt} />
        </p>
      )}
    </div>
  );
}
