import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { DefinitionList } from '../../ui/definition-list.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { TextInput } from '../../ui/text-input.tsx';

type Limits = Dto<'AlarmSettingsDto'>;

const percent = (value: number): string => (value === 0 ? 'never' : `${value} %`);

/** From when on something is an alarm. */
export function AlarmLimitsCard() {
  const [editing, setEditing] = useState(false);
  const limits = useQuery('alarms/settings', (signal) => ask(api.GET('/alarms/settings', { signal })));
  const { data } = limits;
  return (
    <Card
      title="Alarm limits"
      actions={
        may('admin') &&
        data !== undefined && (
          <Button size="small" onClick={() => setEditing(true)}>
            Change
          </Button>
        )
      }
    >
      <QueryView query={limits}>
        {({ graceMinutes, sizePercent, filesPercent, rowsPercent, quotaPercent, diskPercent }) => (
          <div class="stack">
            <p class="muted">From when on something is an alarm. Sites may have limits of their own.</p>
            <DefinitionList
              items={[
                [
                  'Backup overdue',
                  graceMinutes === null
                    ? 'after half the time until the next run'
                    : `${graceMinutes} min after its time`,
                ],
                ['Fewer bytes', percent(sizePercent)],
                ['Fewer files', percent(filesPercent)],
                ['Fewer table rows', percent(rowsPercent)],
                ['Quota used', `from ${quotaPercent} % on`],
                ['Disk free', diskPercent === 0 ? 'only when large bundles do not fit' : `less than ${diskPercent} %`],
              ]}
            />
          </div>
        )}
      </QueryView>
      {editing && data !== undefined && <LimitsDialog limits={data} onClose={() => setEditing(false)} />}
    </Card>
  );
}

const FIELDS = [
  ['sizePercent', 'Fewer bytes than the backup before, in percent', '0 = never.', 0],
  ['filesPercent', 'Fewer files, in percent', '0 = never.', 0],
  ['rowsPercent', 'Fewer table rows, in percent', '0 = never.', 0],
  ['quotaPercent', 'Quota used, in percent', null, 1],
  ['diskPercent', 'Disk free, in percent', '0 = only when the largest bundles would not fit.', 0],
] as const;

function LimitsDialog({ limits, onClose }: { limits: Limits; onClose: () => void }) {
  const [grace, setGrace] = useState(limits.graceMinutes === null ? '' : String(limits.graceMinutes));
  const [values, setValues] = useState({ ...limits });
  const save = useAction(
    async () => {
      const graceMinutes = grace.trim() === '' ? null : Number(grace);
      await ask(api.PUT('/alarms/settings', { body: { ...values, graceMinutes } }));
      onClose();
    },
    { success: 'Saved. It holds within a minute.', invalidates: ['alarms'] },
  );
  return (
    <FormDialog
      title="Alarm limits"
      pending={save.pending}
      error={save.error}
      fields={['graceMinutes', ...FIELDS.map(([name]) => name)]}
      onSubmit={save.run}
      onClose={onClose}
    >
      <TextInput
        label="Backup overdue after, in minutes"
        hint="Empty = half the time until the next run; at least an hour, at most a day."
        type="number"
        min={1}
        max={100_000}
        value={grace}
        onInput={setGrace}
        error={save.error?.fields.get('graceMinutes')}
      />
      {FIELDS.map(([name, label, hint, min]) => (
        <TextInput
          key={name}
          label={label}
          {...(hint === null ? {} : { hint })}
          type="number"
          min={min}
          max={100}
          value={String(values[name])}
          onInput={(text) => setValues({ ...values, [name]: Number(text) })}
          error={save.error?.fields.get(name)}
          required
        />
      ))}
    </FormDialog>
  );
}
