import { useState } from 'preact/hooks';
import { Plus, Webhook } from 'lucide-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { ConfirmAction } from '../../parts/confirm-action.tsx';
import { SiteName } from '../../parts/site-picker.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Pager } from '../../ui/pager.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Table } from '../../ui/table.tsx';
import { HookDialog } from './hook-dialog.tsx';
import { HookTestDialog } from './hook-test-dialog.tsx';
import { momentInWords, ON_FAILURE } from './hook-words.ts';

const LIMIT = 50;

type Hook = Dto<'HookDto'>;

/** What is done besides, at moments of jobs. */
export function HooksCard() {
  const [offset, setOffset] = useState(0);
  const [edited, setEdited] = useState<Hook | 'new' | null>(null);
  const [tested, setTested] = useState<Hook | null>(null);
  const [removed, setRemoved] = useState<Hook | null>(null);
  const hooks = useQuery(
    `hooks?offset=${offset}`,
    (signal) => ask(api.GET('/hooks', { params: { query: { offset, limit: LIMIT } }, signal })),
    { keepPrevious: true },
  );
  const toggle = useAction(
    ({ id, enabled, jobs }: Hook) =>
      ask(api.PATCH('/hooks/{id}', { params: { path: { id } }, body: { enabled: !enabled, jobs } })),
    {
      success: ({ enabled }) => (enabled ? 'The hook is on.' : 'The hook is off.'),
      invalidates: ['hooks'],
      errorToast: true,
    },
  );
  const add = (
    <Button
      kind="primary"
      size="small"
      icon={<Plus class="icon icon-small" aria-hidden="true" />}
      onClick={() => setEdited('new')}
    >
      Add a hook
    </Button>
  );
  return (
    <Card title="Hooks" flush actions={(hooks.data?.total ?? 0) > 0 && add}>
      <QueryView query={hooks}>
        {({ items, total }) =>
          total === 0 ? (
            <EmptyState icon={<Webhook class="icon" aria-hidden="true" />} title="No hooks" action={add}>
              A hook runs a command or sends a request at a moment of a job: before the database is dumped, or when a
              backup has failed.
            </EmptyState>
          ) : (
            <>
              <Table<Hook>
                caption="Hooks"
                rows={items}
                rowKey={({ id }) => id}
                stale={hooks.stale}
                columns={[
                  {
                    name: 'name',
                    title: 'Name',
                    kind: 'main',
                    cell: ({ name, enabled, command, origin, method }) => (
                      <div>
                        <span class="row">
                          <strong>{name}</strong>
                          {!enabled && (
                            <StatusBadge tone="neutral" paused>
                              Off
                            </StatusBadge>
                          )}
                        </span>
                        <code class="muted small">
                          {command === null ? `${method ?? ''} ${origin ?? ''}/…` : command.join(' ')}
                        </code>
                      </div>
                    ),
                  },
                  {
                    name: 'moment',
                    title: 'When',
                    cell: ({ moment, jobs }) => `${momentInWords(moment)} (${jobs.join(', ')})`,
                  },
                  { name: 'for', title: 'For', cell: (hook) => <ForCell hook={hook} /> },
                  { name: 'failure', title: 'If it fails', cell: ({ onFailure }) => ON_FAILURE[onFailure] },
                  {
                    name: 'actions',
                    title: 'Actions',
                    kind: 'actions',
                    cell: (hook) => (
                      <span class="row row-end">
                        <Button size="small" aria-label={`Test ${hook.name}`} onClick={() => setTested(hook)}>
                          Test
                        </Button>
                        <Menu
                          label={`More for ${hook.name}`}
                          items={[
                            { title: 'Edit', onChoose: () => setEdited(hook) },
                            { title: hook.enabled ? 'Turn off' : 'Turn on', onChoose: () => void toggle.run(hook) },
                            { title: 'Remove', danger: true, onChoose: () => setRemoved(hook) },
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
      {edited !== null && <HookDialog hook={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
      {tested !== null && <HookTestDialog hook={tested} onClose={() => setTested(null)} />}
      {removed !== null && (
        <ConfirmAction
          title={`Remove ${removed.name}`}
          action="Remove the hook"
          success="The hook is removed."
          danger
          invalidates={['hooks']}
          act={() => ask(api.DELETE('/hooks/{id}', { params: { path: { id: removed.id } } }))}
          onClose={() => setRemoved(null)}
        >
          <p>It runs no more. Jobs that run now finish without it.</p>
        </ConfirmAction>
      )}
    </Card>
  );
}

function ForCell({ hook: { siteId, label } }: { hook: Hook }) {
  if (siteId !== null) return <SiteName id={siteId} />;
  return <>{label === null ? 'All sites' : `Label ${label}`}</>;
}
