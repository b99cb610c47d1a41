import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { plural } from '../../lib/format.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Table } from '../../ui/table.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { Findings } from './reconcile-findings.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';

type Action = 'adopt' | 'mark' | 'delete';

const ACTIONS: { action: Action; title: string; hint: string }[] = [
  {
    action: 'mark',
    title: 'Mark what is missing or has changed',
    hint: 'Copies that need it count as missing or damaged, and are repaired where another copy is.',
  },
  {
    action: 'adopt',
    title: 'Take in backups that are not in the catalogue',
    hint: 'Whole backups that lie there become backups of the catalogue again.',
  },
  {
    action: 'delete',
    title: 'Delete leftovers',
    hint: 'Objects of backupd that are part of no backup. Nothing that is not backupd’s is ever deleted.',
  },
];

/** Comparisons of a storage with the catalogue, and a new one. */
export function ReconcileCard({ storage }: { storage: Dto<'StorageDto'> }) {
  const [starting, setStarting] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  const list = useQuery(
    `reconciliations?providerId=${storage.id}`,
    (signal) =>
      ask(api.GET('/reconciliations', { params: { query: { providerId: storage.id, limit: 5, offset: 0 } }, signal })),
    { everyMs: 5000 },
  );
  return (
    <Card
      flush
      title="Compared with the catalogue"
      {...(may('operator')
        ? {
            actions: (
              <Button size="small" onClick={() => setStarting(true)}>
                Compare
              </Button>
            ),
          }
        : {})}
    >
      <QueryView query={list}>
        {({ items }) =>
          items.length === 0 ? (
            <p class="card-body muted">Not compared yet. It shows what is missing, and what lies there unknown.</p>
          ) : (
            <Table
              caption="The last comparisons"
              rows={items}
              rowKey={({ id }) => id}
              columns={[
                {
                  name: 'started',
                  title: 'Begun',
                  kind: 'main',
                  cell: ({ startedAt }) => <RelativeTime at={startedAt} />,
                },
                { name: 'result', title: 'Result', cell: (report) => <Result report={report} /> },
                { name: 'did', title: 'Changes', cell: ({ actions }) => actions.join(', ') || 'only looked' },
                {
                  name: 'actions',
                  title: 'Actions',
                  kind: 'actions',
                  cell: ({ id }) => (
                    <Button size="small" onClick={() => setShown(id)}>
                      Report
                    </Button>
                  ),
                },
              ]}
            />
          )
        }
      </QueryView>
      {starting && <Start storage={storage} onClose={() => setStarting(false)} />}
      {shown !== null && <Findings id={shown} onClose={() => setShown(null)} />}
    </Card>
  );
}

/** How many differences there are, by the exact counts of a report. */
function Result({ report: { status, counts } }: { report: Dto<'ReconciliationSummaryDto'> }) {
  if (status === 'running') return <StatusBadge tone="active">Running</StatusBadge>;
  if (status === 'failed') return <StatusBadge tone="critical">Failed</StatusBadge>;
  const differences = (counts['missing'] ?? 0) + (counts['size'] ?? 0) + (counts['orphan'] ?? 0);
  if (differences === 0) return <StatusBadge tone="ok">All as known</StatusBadge>;
  return <StatusBadge tone="warning">{plural(differences, 'difference')}</StatusBadge>;
}

function Start({ storage: { id, name }, onClose }: { storage: Dto<'StorageDto'>; onClose: () => void }) {
  const [actions, setActions] = useState<readonly Action[]>([]);
  const [days, setDays] = useState('7');
  const [force, setForce] = useState(false);
  const start = useAction(
    () =>
      ask(
        api.POST('/storage/{id}/reconciliations', {
          params: { path: { id } },
          body: { actions: [...actions], graceDays: Number(days), force },
        }),
      ),
    { success: 'The comparison has begun.', invalidates: ['reconciliations'] },
  );
  return (
    <FormDialog
      title={`Compare ${name} with the catalogue`}
      action="Compare"
      pending={start.pending}
      error={start.error}
      fields={['graceDays']}
      onSubmit={() => void start.run().then((begun) => begun !== undefined && onClose())}
      onClose={onClose}
    >
      <p>Lists all that is stored, and names what differs. Unless you choose more, nothing is changed.</p>
      {may('admin') && (
        <>
          {ACTIONS.map(({ action, title, hint }) => (
            <Checkbox
              key={action}
              label={title}
              hint={hint}
              checked={actions.includes(action)}
              onChange={(on) => setActions(on ? [...actions, action] : actions.filter((other) => other !== action))}
            />
          ))}
          {actions.includes('delete') && (
            <TextInput
              label="Only what is older than (days)"
              type="number"
              min={0}
              value={days}
              onInput={setDays}
              error={start.error?.fields.get('graceDays')}
            />
          )}
          {actions.length > 0 && (
            <Checkbox
              label="Believe the storage also when most is missing"
              hint="Without this, a list that lacks more than half changes nothing: the wrong disk may be mounted."
              checked={force}
              onChange={setForce}
            />
          )}
        </>
      )}
    </FormDialog>
  );
}
