import { useState } from 'preact/hooks';
import { KeyRound, Plus } from 'lucide-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { ROLES } from '../../lib/roles.ts';
import { ConfirmAction } from '../../parts/confirm-action.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Pager } from '../../ui/pager.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Table } from '../../ui/table.tsx';
import { TokenDialog } from './token-dialog.tsx';

const LIMIT = 50;

/** All tokens. */
export function TokensTab() {
  const [offset, setOffset] = useState(0);
  const [isMaking, setMaking] = useState(false);
  const [removed, setRemoved] = useState<Dto<'TokenDto'> | null>(null);
  const tokens = useQuery(
    `tokens?offset=${offset}&limit=${LIMIT}`,
    (signal) => ask(api.GET('/tokens', { params: { query: { offset, limit: LIMIT } }, signal })),
    { keepPrevious: true },
  );
  const make = (
    <Button
      kind="primary"
      size="small"
      icon={<Plus class="icon icon-small" aria-hidden="true" />}
      onClick={() => setMaking(true)}
    >
      Make a token
    </Button>
  );
  return (
    <Card title="Tokens" flush actions={tokens.data?.total !== 0 && make}>
      <QueryView query={tokens}>
        {({ items, total }) =>
          total === 0 ? (
            <EmptyState icon={<KeyRound class="icon" aria-hidden="true" />} title="No tokens" action={make}>
              A token lets a program use the API: a script, or the command line on another host.
            </EmptyState>
          ) : (
            <>
              <Table
                caption="Tokens"
                rows={items}
                rowKey={({ id }) => id}
                stale={tokens.stale}
                columns={[
                  {
                    name: 'name',
                    title: 'Name',
                    kind: 'main',
                    cell: ({ name, expiresAt }) => (
                      <span class="row">
                        <strong>{name}</strong>
                        {isOver(expiresAt) && <StatusBadge tone="warning">Expired</StatusBadge>}
                      </span>
                    ),
                  },
                  { name: 'hint', title: 'Begins with', cell: ({ hint }) => <code>{hint}…</code> },
                  { name: 'role', title: 'Role', cell: ({ role }) => ROLES[role].title },
                  { name: 'made', title: 'Made', cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
                  {
                    name: 'used',
                    title: 'Last used',
                    cell: ({ lastUsedAt }) => <RelativeTime at={lastUsedAt} none="never" />,
                  },
                  {
                    name: 'ends',
                    title: 'Ends',
                    cell: ({ expiresAt }) => <RelativeTime at={expiresAt} none="never" />,
                  },
                  {
                    name: 'actions',
                    title: 'Actions',
                    kind: 'actions',
                    cell: (token) => (
                      <Button size="small" aria-label={`Remove ${token.name}`} onClick={() => setRemoved(token)}>
                        Remove
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
      {isMaking && <TokenDialog onClose={() => setMaking(false)} />}
      {removed !== null && (
        <ConfirmAction
          title={`Remove the token ${removed.name}`}
          action="Remove the token"
          success="The token is removed."
          danger
          invalidates={['tokens']}
          act={() => ask(api.DELETE('/tokens/{id}', { params: { path: { id: removed.id } } }))}
          onClose={() => setRemoved(null)}
        >
          <p>Programs that use it are refused from then on.</p>
        </ConfirmAction>
      )}
    </Card>
  );
}

function isOver(expiresAt: string | null): boolean {
  return expiresAt !== null && new Date(expiresAt).getTime() < Date.now();
}
