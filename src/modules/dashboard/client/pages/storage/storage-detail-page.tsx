import { useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { bytes, words } from '../../lib/format.ts';
import type { PageParams } from '../../shell/lazy-page.tsx';
import { Badge, StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { DefinitionList } from '../../ui/definition-list.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Page } from '../../ui/page.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { EditStorage } from './edit-storage.tsx';
import { ProofCard } from './proof-card.tsx';
import { QuotaCard } from './quota-card.tsx';
import { ReconcileCard } from './reconcile-card.tsx';
import { fullness, fullnessTone, stateOf } from './storage-state.ts';
import { TestSteps } from './test-steps.tsx';

/** One storage: its settings, how full it is, how fresh its proofs are, and whether it has what the catalogue knows. */
export function StorageDetailPage({ params: { id = '' } }: PageParams) {
  const storage = useQuery(`storage/${id}`, (signal) =>
    ask(api.GET('/storage/{id}', { params: { path: { id } }, signal })),
  );
  if (storage.data !== undefined) return <Details storage={storage.data} />;
  return (
    <Page title="Storage" above={<Link href="/storage">Storage</Link>}>
      <QueryView query={storage}>{() => null}</QueryView>
    </Page>
  );
}

function Details({ storage }: { storage: Dto<'StorageDto'> }) {
  const [, navigate] = useLocation();
  const [open, setOpen] = useState<'edit' | 'remove' | null>(null);
  const path = { id: storage.id };
  const kinds = useQuery('storage/kinds', (signal) => ask(api.GET('/storage/kinds', { signal })));
  const kind = kinds.data?.find((candidate) => candidate.kind === storage.kind);
  const change = useAction(
    (body: Dto<'UpdateStorageDto'>) => ask(api.PATCH('/storage/{id}', { params: { path }, body })),
    { success: 'Saved.', invalidates: ['storage'], errorToast: true },
  );
  const test = useAction(() => ask(api.POST('/storage/{id}/test', { params: { path } })));
  const [result, setResult] = useState<Dto<'StorageTestDto'> | null>(null);
  const remove = useAction(() => ask(api.DELETE('/storage/{id}', { params: { path } })).then(() => true), {
    success: 'The storage was removed.',
    invalidates: ['storage', 'usage', 'proof'],
  });
  const { tone, text } = stateOf(storage);
  return (
    <Page
      title={storage.name}
      above={<Link href="/storage">Storage</Link>}
      actions={
        <>
          {may('operator') && (
            <Button
              pending={test.pending}
              onClick={() => {
                setResult(null);
                void test.run().then((answer) => setResult(answer ?? null));
              }}
            >
              Test
            </Button>
          )}
          {may('admin') && (
            <>
              <Button disabled={kind === undefined} onClick={() => setOpen('edit')}>
                Change
              </Button>
              <Menu
                label={`More for ${storage.name}`}
                items={[
                  {
                    title: storage.isDefault ? 'No longer a default' : 'Make it a default',
                    onChoose: () => void change.run({ isDefault: !storage.isDefault }),
                  },
                  {
                    title: storage.enabled ? 'Switch off' : 'Switch on',
                    onChoose: () => void change.run({ enabled: !storage.enabled }),
                  },
                  { title: 'Remove', danger: true, onChoose: () => setOpen('remove') },
                ]}
              />
            </>
          )}
        </>
      }
    >
      {(test.pending || result !== null || test.error !== null) && (
        <Card title="Test of the connection">
          <TestSteps result={result} running={test.pending} />
          <ProblemView problem={test.error} />
        </Card>
      )}
      <div class="columns">
        <div class="stack">
          <Card title="About">
            <DefinitionList
              items={[
                [
                  'State',
                  <span key="state" class="row">
                    <StatusBadge tone={tone}>{text}</StatusBadge>
                    {storage.isDefault && <Badge>Default</Badge>}
                  </span>,
                ],
                ['Kind', kind?.title ?? storage.kind],
                ...settingsOf(storage, kind),
                ['Free space', <Space key="space" storage={storage} />],
                ['Added', <RelativeTime key="added" at={storage.createdAt} />],
              ]}
            />
          </Card>
          <ReconcileCard storage={storage} />
        </div>
        <div class="stack">
          <ProofCard id={storage.id} />
          <QuotaCard id={storage.id} name={storage.name} />
        </div>
      </div>
      {open === 'edit' && kind !== undefined && (
        <EditStorage storage={storage} kind={kind} onClose={() => setOpen(null)} />
      )}
      {open === 'remove' && (
        <ConfirmDialog
          title={`Remove ${storage.name}`}
          action="Remove the storage"
          typedName={storage.name}
          danger
          pending={remove.pending}
          error={remove.error}
          onClose={() => setOpen(null)}
          onConfirm={() => void remove.run().then((done) => done !== undefined && navigate('/storage'))}
        >
          <p>backupd forgets the storage. It can do so only while no backups lie there.</p>
          <p class="muted">To stop using it and keep its backups, switch it off instead: they stay readable.</p>
        </ConfirmDialog>
      )}
    </Page>
  );
}

function settingsOf(
  { settings }: Dto<'StorageDto'>,
  kind: Dto<'StorageKindDto'> | undefined,
): (readonly [string, string])[] {
  const titles = kind?.settingsSchema['properties'];
  return Object.entries(settings).map(([name, value]) => {
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    return [titleOf(titles, name), shown.length > 200 ? `${shown.slice(0, 200)}…` : shown];
  });
}

function titleOf(properties: unknown, name: string): string {
  if (typeof properties !== 'object' || properties === null) return words(name);
  const part: unknown = Object.entries(properties).find(([key]) => key === name)?.[1];
  const title: unknown = typeof part === 'object' && part !== null && 'title' in part ? part.title : undefined;
  return typeof title === 'string' ? title : words(name);
}

function Space({ storage: { name, space, kind } }: { storage: Dto<'StorageDto'> }) {
  if (space === null)
    return (
      <span class="muted">
        {kind === 'local' ? 'The folder can’t be read.' : 'Storages of this kind do not tell it.'}
      </span>
    );
  return (
    <div class="space-bar">
      {bytes(space.freeBytes)} free of {bytes(space.totalBytes)}
      <ProgressBar
        label={`How full the disk of ${name} is`}
        percent={fullness(space)}
        tone={fullnessTone(fullness(space))}
      />
    </div>
  );
}
