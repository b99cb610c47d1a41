import { useState } from 'preact/hooks';
import { HardDrive, Plus } from 'lucide-preact';
import { Link } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { type Query, useQuery } from '../../api/use-query.ts';
import { Bytes } from '../../ui/amounts.tsx';
import { bytes } from '../../lib/format.ts';
import { Badge, StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { AddStorage } from './add-storage.tsx';
import { ProofSettings } from '../../parts/proof-settings.tsx';
import { fullness, fullnessTone, proofOf, stateOf } from './storage-state.ts';

const LIMIT = 50;

/** Where backups are kept. */
export function StoragePage() {
  const [offset, setOffset] = useState(0);
  const [adding, setAdding] = useState(false);
  const storages = useQuery(
    `storage?offset=${offset}`,
    (signal) => ask(api.GET('/storage', { params: { query: { limit: LIMIT, offset } }, signal })),
    { keepPrevious: true, everyMs: 60_000, refreshOn: ['job.completed'] },
  );
  const kinds = useQuery('storage/kinds', (signal) => ask(api.GET('/storage/kinds', { signal })));
  const usage = useQuery(
    'usage?scope=provider',
    (signal) => ask(api.GET('/usage', { params: { query: { scope: 'provider', limit: 200, offset: 0 } }, signal })),
    { refreshOn: ['job.completed'] },
  );
  const proof = useQuery('proof', (signal) => ask(api.GET('/proof', { signal })), {
    refreshOn: ['job.completed'],
    everyMs: 60_000,
  });
  const add = may('admin') && kinds.data !== undefined && (
    <Button kind="primary" icon={<Plus class="icon icon-small" aria-hidden="true" />} onClick={() => setAdding(true)}>
      Add a storage
    </Button>
  );
  return (
    <Page
      title="Storage"
      about="Where backups are kept. Two storages in two places are safer than one."
      {...(add === false ? {} : { actions: add })}
    >
      <QueryView query={storages}>
        {({ items, total }) => (
          <>
            {items.length > 0 && !items.some(({ isDefault, enabled }) => isDefault && enabled) && (
              <Notice tone="warning">
                <p>
                  No storage that is in use is a default. Sites without storages of their own can’t be backed up until
                  one is.
                </p>
              </Notice>
            )}
            <Card flush>
              {items.length === 0 ? (
                <EmptyState
                  icon={<HardDrive class="icon" aria-hidden="true" />}
                  title="No storage yet"
                  {...(add === false ? {} : { action: add })}
                >
                  Add a folder on another disk, or a bucket. Backups need one.
                </EmptyState>
              ) : (
                <>
                  <Table
                    caption="Storages"
                    rows={items}
                    rowKey={({ id }) => id}
                    stale={storages.stale}
                    columns={columns(kinds, usage, proof)}
                  />
                  <Pager offset={offset} limit={LIMIT} total={total} onChange={setOffset} />
                </>
              )}
            </Card>
          </>
        )}
      </QueryView>
      {proof.data !== undefined && <ProofSettings proof={proof.data} />}
      {adding && kinds.data !== undefined && <AddStorage kinds={kinds.data} onClose={() => setAdding(false)} />}
    </Page>
  );
}

function columns(
  kinds: Query<Dto<'StorageKindDto'>[]>,
  usage: Query<Dto<'UsagePageDto'>>,
  proof: Query<Dto<'ProofDto'>>,
): Column<Dto<'StorageDto'>>[] {
  const usageOf = (id: string) => usage.data?.items.find(({ subjectId }) => subjectId === id);
  return [
    {
      name: 'name',
      title: 'Name',
      kind: 'main',
      cell: ({ id, name, isDefault }) => (
        <span class="row">
          <Link href={`/storage/${id}`}>{name}</Link>
          {isDefault && <Badge>Default</Badge>}
        </span>
      ),
    },
    {
      name: 'kind',
      title: 'Kind',
      cell: ({ kind }) => shortTitle(kinds.data?.find((candidate) => candidate.kind === kind)?.title ?? kind),
    },
    {
      name: 'state',
      title: 'State',
      cell: (storage) => {
        const { tone, text } = stateOf(storage);
        return <StatusBadge tone={tone}>{text}</StatusBadge>;
      },
    },
    {
      name: 'used',
      title: 'Used',
      kind: 'number',
      cell: ({ id }) => {
        const used = usageOf(id);
        if (used === undefined) return '–';
        return (
          <>
            <Bytes value={used.bytes} />
            {used.quotaBytes !== null && <span class="muted"> of {bytes(used.quotaBytes)}</span>}
          </>
        );
      },
    },
    {
      name: 'free',
      title: 'Free space',
      cell: ({ name, space }) =>
        space === null ? (
          <span class="muted">not known</span>
        ) : (
          <div class="space-bar">
            <span class="small">
              {bytes(space.freeBytes)} free of {bytes(space.totalBytes)}
            </span>
            <ProgressBar
              label={`How full the disk of ${name} is`}
              percent={fullness(space)}
              tone={fullnessTone(fullness(space))}
            />
          </div>
        ),
    },
    {
      name: 'proof',
      title: 'Read back',
      cell: ({ id }) => {
        if (proof.data === undefined) return '–';
        const { tone, text } = proofOf(
          proof.data.providers.find(({ providerId }) => providerId === id),
          proof.data.everyDays,
        );
        return <StatusBadge tone={tone}>{text}</StatusBadge>;
      },
    },
  ];
}

/** Titles of kinds name examples in brackets, which is too much for a cell. */
function shortTitle(title: string): string {
  return title.replace(/ \(.*\)$/, '');
}
