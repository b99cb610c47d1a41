import { useState } from 'preact/hooks';
import { Bell, Plus } from 'lucide-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { ConfirmAction } from '../../parts/confirm-action.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Pager } from '../../ui/pager.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Table } from '../../ui/table.tsx';
import { ChannelDialog } from './channel-dialog.tsx';
import { ChannelTestDialog } from './channel-test-dialog.tsx';

const LIMIT = 50;
const CHANNELS = ['notifications'];

type Channel = Dto<'ChannelDto'>;

/** Where news goes. */
export function ChannelsTab({ onRules }: { onRules: () => void }) {
  const [offset, setOffset] = useState(0);
  const [edited, setEdited] = useState<Channel | 'new' | null>(null);
  const [tested, setTested] = useState<Channel | null>(null);
  const [asking, setAsking] = useState<{ what: 'disable' | 'remove'; channel: Channel } | null>(null);
  const channels = useQuery(
    `notifications/channels?offset=${offset}`,
    (signal) => ask(api.GET('/notifications/channels', { params: { query: { offset, limit: LIMIT } }, signal })),
    { keepPrevious: true },
  );
  const kinds = useQuery('notifications/channels/kinds', (signal) =>
    ask(api.GET('/notifications/channels/kinds', { signal })),
  );
  const enable = useAction(
    ({ id }: Channel) =>
      ask(api.PATCH('/notifications/channels/{id}', { params: { path: { id } }, body: { enabled: true } })),
    { success: 'The channel is on.', invalidates: CHANNELS, errorToast: true },
  );
  const add = may('admin') && (
    <Button
      kind="primary"
      size="small"
      icon={<Plus class="icon icon-small" aria-hidden="true" />}
      onClick={() => setEdited('new')}
    >
      Add a channel
    </Button>
  );
  return (
    <Card title="Channels" flush actions={(channels.data?.total ?? 0) > 0 && add}>
      <QueryView query={channels}>
        {({ items, total }) =>
          total === 0 ? (
            <EmptyState
              icon={<Bell class="icon" aria-hidden="true" />}
              title="Nobody is told anything yet"
              action={add}
            >
              A channel is where news goes: e-mail, a chat, a webhook, or a service that notices when this server is
              silent.
            </EmptyState>
          ) : (
            <>
              <Table<Channel>
                caption="Channels"
                rows={items}
                rowKey={({ id }) => id}
                stale={channels.stale}
                columns={[
                  { name: 'name', title: 'Name', kind: 'main', cell: ({ name }) => <strong>{name}</strong> },
                  {
                    name: 'kind',
                    title: 'Kind',
                    cell: ({ kind }) => kinds.data?.find((other) => other.kind === kind)?.title ?? kind,
                  },
                  {
                    name: 'state',
                    title: 'State',
                    cardLabel: '',
                    cell: ({ enabled }) =>
                      enabled ? (
                        <StatusBadge tone="ok">On</StatusBadge>
                      ) : (
                        <StatusBadge tone="neutral" paused>
                          Off
                        </StatusBadge>
                      ),
                  },
                  { name: 'changed', title: 'Changed', cell: ({ updatedAt }) => <RelativeTime at={updatedAt} /> },
                  {
                    name: 'actions',
                    title: 'Actions',
                    kind: 'actions',
                    cell: (channel) => (
                      <span class="row row-end">
                        <Button size="small" aria-label={`Test ${channel.name}`} onClick={() => setTested(channel)}>
                          Test
                        </Button>
                        {may('admin') && (
                          <Menu
                            label={`More for ${channel.name}`}
                            items={[
                              { title: 'Edit', onChoose: () => setEdited(channel) },
                              channel.enabled
                                ? { title: 'Turn off', onChoose: () => setAsking({ what: 'disable', channel }) }
                                : { title: 'Turn on', onChoose: () => void enable.run(channel) },
                              { title: 'Remove', danger: true, onChoose: () => setAsking({ what: 'remove', channel }) },
                            ]}
                          />
                        )}
                      </span>
                    ),
                  },
                ]}
              />
              <Pager offset={offset} limit={LIMIT} total={total} onChange={setOffset} />
            </>
          )
        }
      </QueryView>
      {edited !== null && kinds.data !== undefined && (
        <ChannelDialog
          channel={edited === 'new' ? null : edited}
          kinds={kinds.data}
          onMade={setTested}
          onClose={() => setEdited(null)}
        />
      )}
      {tested !== null && <ChannelTestDialog channel={tested} onRules={onRules} onClose={() => setTested(null)} />}
      {asking?.what === 'disable' && (
        <ConfirmAction
          title={`Turn ${asking.channel.name} off`}
          action="Turn off"
          success="The channel is off."
          invalidates={CHANNELS}
          act={() =>
            ask(
              api.PATCH('/notifications/channels/{id}', {
                params: { path: { id: asking.channel.id } },
                body: { enabled: false },
              }),
            )
          }
          onClose={() => setAsking(null)}
        >
          <p>It gets nothing until you turn it on again. What waits for it is dropped.</p>
        </ConfirmAction>
      )}
      {asking?.what === 'remove' && (
        <ConfirmAction
          title={`Remove ${asking.channel.name}`}
          action="Remove the channel"
          success="The channel is removed."
          danger
          invalidates={CHANNELS}
          act={() => ask(api.DELETE('/notifications/channels/{id}', { params: { path: { id: asking.channel.id } } }))}
          onClose={() => setAsking(null)}
        >
          <p>Its settings are forgotten. Rules that send to it have to be changed first.</p>
        </ConfirmAction>
      )}
    </Card>
  );
}
