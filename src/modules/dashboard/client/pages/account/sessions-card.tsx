import { useState } from 'preact/hooks';
import { api, ask } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { browserOf } from '../../lib/user-agent.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Table } from '../../ui/table.tsx';

/** Where the account is signed in, and the way to end that. */
export function SessionsCard() {
  const [asking, setAsking] = useState(false);
  const sessions = useQuery('account/sessions', (signal) => ask(api.GET('/account/sessions', { signal })));
  const end = useAction(
    (session: string) => ask(api.DELETE('/account/sessions/{session}', { params: { path: { session } } })),
    { success: 'The session has ended.', invalidates: ['account/sessions'], errorToast: true },
  );
  const endOthers = useAction(
    async () => {
      await ask(api.DELETE('/account/sessions'));
      setAsking(false);
    },
    { success: 'All other sessions have ended.', invalidates: ['account/sessions'] },
  );
  const others = sessions.data?.items.filter(({ current }) => !current).length ?? 0;
  return (
    <Card
      title="Where you are signed in"
      flush
      actions={
        others > 0 && (
          <Button size="small" onClick={() => setAsking(true)}>
            End all others
          </Button>
        )
      }
    >
      <QueryView query={sessions}>
        {({ items }) => (
          <Table
            caption="Sessions"
            rows={items}
            rowKey={({ id }) => id}
            stale={sessions.stale}
            columns={[
              {
                name: 'browser',
                title: 'Browser',
                kind: 'main',
                cell: ({ userAgent, current }) => (
                  <span class="row">
                    <span title={userAgent ?? ''}>{browserOf(userAgent)}</span>
                    {current && <Badge tone="active">This browser</Badge>}
                  </span>
                ),
              },
              { name: 'address', title: 'From', cell: ({ address }) => <code>{address}</code> },
              {
                name: 'used',
                title: 'Last used',
                cell: ({ lastUsedAt, current }) => (current ? 'now' : <RelativeTime at={lastUsedAt} />),
              },
              { name: 'since', title: 'Signed in', cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
              {
                name: 'actions',
                title: 'Actions',
                kind: 'actions',
                cell: ({ id, current, userAgent }) =>
                  !current && (
                    <Button
                      size="small"
                      aria-label={`End the session of ${browserOf(userAgent)}`}
                      disabled={end.pending}
                      onClick={() => void end.run(id)}
                    >
                      End
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </QueryView>
      {asking && (
        <ConfirmDialog
          title="End all other sessions"
          action="End them"
          pending={endOthers.pending}
          error={endOthers.error}
          onConfirm={() => void endOthers.run()}
          onClose={() => setAsking(false)}
        >
          <p>Every browser but this one is signed out at once.</p>
        </ConfirmDialog>
      )}
    </Card>
  );
}
