import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { bytes, count } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { BytesInput } from '../../ui/bytes-input.tsx';
import { Card } from '../../ui/card.tsx';
import { DefinitionList } from '../../ui/definition-list.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Select } from '../../ui/select.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';

/** What lies in a storage, and how much may. */
export function QuotaCard({ id, name }: { id: string; name: string }) {
  const [editing, setEditing] = useState(false);
  const usage = useQuery(
    'usage?scope=provider',
    (signal) => ask(api.GET('/usage', { params: { query: { scope: 'provider', limit: 200, offset: 0 } }, signal })),
    { refreshOn: ['job.completed'] },
  );
  const own = usage.data?.items.find(({ subjectId }) => subjectId === id);
  return (
    <Card
      title="Space"
      {...(may('admin') && usage.data !== undefined
        ? {
            actions: (
              <Button size="small" onClick={() => setEditing(true)}>
                {own === undefined || own.quotaBytes === null ? 'Set a limit' : 'Change the limit'}
              </Button>
            ),
          }
        : {})}
    >
      <QueryView query={usage}>
        {() => (
          <div class="stack">
            {own !== undefined && own.percent !== null && (
              <ProgressBar
                label={`How much of the limit of ${name} is used`}
                percent={own.percent}
                tone={own.percent >= 95 ? 'critical' : own.near ? 'warning' : 'active'}
              />
            )}
            <DefinitionList
              items={[
                ['Used by backups', bytes(own?.bytes ?? 0)],
                ['Objects', count(own?.objects ?? 0)],
                ['About to be stored', own === undefined || own.reservedBytes === 0 ? null : bytes(own.reservedBytes)],
                ['Limit', own === undefined || own.quotaBytes === null ? 'none' : bytes(own.quotaBytes)],
                ['When it is full', own === undefined || own.over === null ? null : OVER[own.over]],
              ]}
            />
          </div>
        )}
      </QueryView>
      {editing && <EditQuota id={id} name={name} own={own} onClose={() => setEditing(false)} />}
    </Card>
  );
}

const OVER = {
  fail: 'The backup fails',
  prune: 'Backups that retention lets go are deleted first, at once',
};

interface EditQuotaProps {
  id: string;
  name: string;
  own: Dto<'UsageDto'> | undefined;
  onClose: () => void;
}

function EditQuota({ id, name, own, onClose }: EditQuotaProps) {
  const [limit, setLimit] = useState(own?.quotaBytes ?? null);
  const [over, setOver] = useState<'fail' | 'prune'>(own?.over ?? 'fail');
  const path = { scope: 'provider' as const, subject: id };
  const invalidates = ['usage', 'quotas'];
  const save = useAction(
    (size: number) => ask(api.PUT('/quotas/{scope}/{subject}', { params: { path }, body: { bytes: size, over } })),
    { success: 'The limit is set.', invalidates },
  );
  const remove = useAction(() => ask(api.DELETE('/quotas/{scope}/{subject}', { params: { path } })).then(() => true), {
    success: 'There is no limit any more.',
    invalidates,
  });
  const closeAfter = async (action: Promise<unknown>): Promise<void> => {
    if ((await action) !== undefined) onClose();
  };
  return (
    <FormDialog
      title={`Limit of ${name}`}
      pending={save.pending}
      error={save.error ?? remove.error}
      fields={['bytes']}
      disabled={limit === null}
      extra={
        own !== undefined &&
        own.quotaBytes !== null && (
          <Button kind="danger" pending={remove.pending} onClick={() => void closeAfter(remove.run())}>
            Remove the limit
          </Button>
        )
      }
      onSubmit={() => {
        if (limit !== null) void closeAfter(save.run(limit));
      }}
      onClose={onClose}
    >
      <BytesInput
        label="At most"
        hint="All copies that lie here count."
        initial={own?.quotaBytes ?? null}
        onChange={setLimit}
        error={save.error?.fields.get('bytes')}
      />
      <Select
        label="When a backup would go over"
        value={over}
        onChange={setOver}
        options={[
          { value: 'fail', title: OVER.fail },
          { value: 'prune', title: OVER.prune },
        ]}
      />
    </FormDialog>
  );
}
