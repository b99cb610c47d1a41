import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { count, plural } from '../../lib/format.ts';
import { ConfirmAction } from '../../parts/confirm-action.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { DefinitionList } from '../../ui/definition-list.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { MirrorDialog } from './mirror-dialog.tsx';

/** The copy of the catalogue in Cloudflare D1. */
export function MirrorCard() {
  const [open, setOpen] = useState<'edit' | 'remove' | null>(null);
  const mirror = useQuery('mirror', (signal) => ask(api.GET('/mirror', { signal })), { everyMs: 30_000 });
  const { data } = mirror;
  const isAdmin = may('admin') && data !== undefined;
  return (
    <Card
      title="Off-site mirror"
      actions={
        isAdmin && (
          <span class="row">
            <Button size="small" onClick={() => setOpen('edit')}>
              {data.configured ? 'Change' : 'Set it up'}
            </Button>
            {data.configured && (
              <Menu
                label="More for the mirror"
                items={[{ title: 'Forget the mirror', danger: true, onChoose: () => setOpen('remove') }]}
              />
            )}
          </span>
        )
      }
    >
      <QueryView query={mirror}>
        {(answer) =>
          answer.configured ? (
            <Configured mirror={answer} />
          ) : (
            <p class="muted">
              Not set up. It keeps a copy of the catalogue in a Cloudflare D1 database, a minute behind at most. The
              backups themselves do not go there.
            </p>
          )
        }
      </QueryView>
      {open === 'edit' && data !== undefined && <MirrorDialog mirror={data} onClose={() => setOpen(null)} />}
      {open === 'remove' && (
        <ConfirmAction
          title="Forget the mirror"
          action="Forget it"
          success="The mirror is forgotten."
          danger
          invalidates={['mirror']}
          act={() => ask(api.DELETE('/mirror'))}
          onClose={() => setOpen(null)}
        >
          <p>Nothing is sent any more. What is in the D1 database stays there.</p>
        </ConfirmAction>
      )}
    </Card>
  );
}

function Configured({ mirror: { enabled, serverId, accountId, databaseId, status } }: { mirror: Dto<'MirrorDto'> }) {
  const test = useAction(() => ask(api.POST('/mirror/test')), {
    success: ({ servers }) => `It works. The database has rows of ${plural(servers.length, 'server')}.`,
  });
  const sync = useAction(() => ask(api.POST('/mirror/sync', { body: {} })), {
    success: ({ sent, deleted }) => `Up to date: ${count(sent)} rows sent, ${count(deleted)} deleted.`,
    invalidates: ['mirror'],
  });
  const isBehind = (status?.behindSince ?? null) !== null;
  return (
    <div class="stack">
      <div class="row">
        {enabled === false ? (
          <StatusBadge tone="neutral" paused>
            Off
          </StatusBadge>
        ) : isBehind ? (
          <StatusBadge tone="warning">Behind</StatusBadge>
        ) : (status?.lastSuccessAt ?? null) === null ? (
          <StatusBadge tone="neutral">Nothing sent yet</StatusBadge>
        ) : (
          <StatusBadge tone="ok">Up to date</StatusBadge>
        )}
      </div>
      <DefinitionList
        items={[
          ['Server name', serverId],
          ['Account', accountId === null ? null : <code key="a">{accountId}</code>],
          ['Database', databaseId === null ? null : <code key="d">{databaseId}</code>],
          ['Last success', <RelativeTime key="s" at={status?.lastSuccessAt} none="never" />],
          ['Behind since', isBehind ? <RelativeTime key="b" at={status?.behindSince} /> : null],
          ['Waiting', (status?.rowsWaiting ?? 0) === 0 ? null : `${count(status?.rowsWaiting)} rows`],
          ['Sent', status === null ? null : `${count(status.rowsSent)} rows`],
          ['Counted', <RelativeTime key="c" at={status?.auditedAt} none="never" />],
        ]}
      />
      {isBehind && (status?.lastError ?? null) !== null && (
        <Notice tone="warning">
          <p>{status?.lastError?.message}</p>
          <p>{status?.lastError?.hint}</p>
        </Notice>
      )}
      <ProblemView problem={test.error ?? sync.error} />
      {may('admin') && (
        <div class="row">
          <Button size="small" pending={test.pending} onClick={() => void test.run()}>
            Test
          </Button>
          <Button size="small" pending={sync.pending} onClick={() => void sync.run()}>
            Send what is missing
          </Button>
        </div>
      )}
    </div>
  );
}
