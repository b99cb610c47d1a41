import { useState } from 'preact/hooks';
import { ListFilter, Plus } from 'lucide-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { plural } from '../../lib/format.ts';
import { newsInWords } from '../../lib/news.ts';
import { ConfirmAction } from '../../parts/confirm-action.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Pager } from '../../ui/pager.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Table } from '../../ui/table.tsx';
import { RuleDialog } from './rule-dialog.tsx';

const LIMIT = 50;

type Rule = Dto<'RuleDto'>;

/** Which news goes to which channel. */
export function RulesTab({ onChannels }: { onChannels: () => void }) {
  const [offset, setOffset] = useState(0);
  const [edited, setEdited] = useState<Rule | 'new' | null>(null);
  const [removed, setRemoved] = useState<Rule | null>(null);
  const rules = useQuery(
    `notifications/rules?offset=${offset}`,
    (signal) => ask(api.GET('/notifications/rules', { params: { query: { offset, limit: LIMIT } }, signal })),
    { keepPrevious: true },
  );
  const channels = useQuery('notifications/channels?limit=500', (signal) =>
    ask(api.GET('/notifications/channels', { params: { query: { limit: 500 } }, signal })),
  );
  const all = channels.data?.items ?? [];
  const toggle = useAction(
    ({ id, enabled }: Rule) =>
      ask(api.PATCH('/notifications/rules/{id}', { params: { path: { id } }, body: { enabled: !enabled } })),
    {
      success: ({ enabled }) => (enabled ? 'The rule is on.' : 'The rule is off.'),
      invalidates: ['notifications/rules'],
      errorToast: true,
    },
  );
  const hasNoChannel = channels.data?.total === 0;
  const add = may('admin') && !hasNoChannel && (
    <Button
      kind="primary"
      size="small"
      icon={<Plus class="icon icon-small" aria-hidden="true" />}
      onClick={() => setEdited('new')}
    >
      Add a rule
    </Button>
  );
  return (
    <Card title="Rules" flush actions={(rules.data?.total ?? 0) > 0 && add}>
      <QueryView query={rules}>
        {({ items, total }) =>
          total === 0 ? (
            <EmptyState
              icon={<ListFilter class="icon" aria-hidden="true" />}
              title="No rules"
              action={hasNoChannel ? <Button onClick={onChannels}>Go to the channels</Button> : add}
            >
              {hasNoChannel
                ? 'A rule says what is told to which channel. There is no channel yet.'
                : 'A rule says what is told to which channel, and when.'}
            </EmptyState>
          ) : (
            <>
              <Table<Rule>
                caption="Rules"
                rows={items}
                rowKey={({ id }) => id}
                stale={rules.stale}
                columns={[
                  {
                    name: 'name',
                    title: 'Name',
                    kind: 'main',
                    cell: ({ name, enabled }) => (
                      <span class="row">
                        <strong>{name}</strong>
                        {!enabled && (
                          <StatusBadge tone="neutral" paused>
                            Off
                          </StatusBadge>
                        )}
                      </span>
                    ),
                  },
                  { name: 'events', title: 'Tells', cell: ({ events }) => toldInWords(events) },
                  { name: 'sites', title: 'Of', cell: (rule) => sitesInWords(rule) },
                  {
                    name: 'channels',
                    title: 'To',
                    cell: ({ channelIds }) =>
                      channelIds.map((id) => all.find((channel) => channel.id === id)?.name ?? '…').join(', '),
                  },
                  { name: 'when', title: 'When', cell: (rule) => whenInWords(rule) },
                  {
                    name: 'actions',
                    title: 'Actions',
                    kind: 'actions',
                    cell: (rule) =>
                      may('admin') && (
                        <span class="row row-end">
                          <Button size="small" aria-label={`Edit ${rule.name}`} onClick={() => setEdited(rule)}>
                            Edit
                          </Button>
                          <Menu
                            label={`More for ${rule.name}`}
                            items={[
                              { title: rule.enabled ? 'Turn off' : 'Turn on', onChoose: () => void toggle.run(rule) },
                              { title: 'Remove', danger: true, onChoose: () => setRemoved(rule) },
                            ]}
                          />
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
      {edited !== null && (
        <RuleDialog rule={edited === 'new' ? null : edited} channels={all} onClose={() => setEdited(null)} />
      )}
      {removed !== null && (
        <ConfirmAction
          title={`Remove ${removed.name}`}
          action="Remove the rule"
          success="The rule is removed."
          danger
          invalidates={['notifications']}
          act={() => ask(api.DELETE('/notifications/rules/{id}', { params: { path: { id: removed.id } } }))}
          onClose={() => setRemoved(null)}
        >
          <p>Nothing is told by it any more. What waits by it is dropped.</p>
        </ConfirmAction>
      )}
    </Card>
  );
}

function toldInWords(events: readonly string[]): string {
  const [first = '', ...others] = events.map(newsInWords);
  return [first, ...others.map((text) => text.charAt(0).toLowerCase() + text.slice(1))].join(', ');
}

function sitesInWords({ siteIds, labels }: Rule): string {
  if (siteIds === null && labels === null) return 'Everything';
  const sites = siteIds ?? [];
  const marked = labels ?? [];
  if (sites.length === 0 && marked.length === 0) return 'No site';
  return [
    sites.length === 0 ? '' : plural(sites.length, 'site'),
    marked.length === 0 ? '' : `sites with ${marked.join(', ')}`,
  ]
    .filter(Boolean)
    .join(', ');
}

function whenInWords({ digest, quietHours }: Rule): string {
  const told =
    digest === null ? 'At once' : digest.every === 'hour' ? 'Each hour' : `Each day at ${digest.at ?? '08:00'}`;
  return quietHours === null ? told : `${told}; quiet ${quietHours.from}–${quietHours.until}`;
}
