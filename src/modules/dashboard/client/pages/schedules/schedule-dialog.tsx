import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Select } from '../../ui/select.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { BlackoutFields } from './blackout-fields.tsx';
import { RhythmFields } from './rhythm-fields.tsx';
import { SchedulePreview } from './schedule-preview.tsx';
import { type Kind, KINDS, ofSites } from './schedule-words.ts';
import { ScopeFields, type Scope } from './scope-fields.tsx';
import './schedules.css';
import { FormDialog } from '../../parts/form-dialog.tsx';

/** Makes a schedule, or changes one; its kind and scope stay as they were made. */
export function ScheduleDialog({ schedule, onClose }: { schedule?: Dto<'ScheduleDto'>; onClose: () => void }) {
  const [kind, setKind] = useState<Kind>(schedule?.kind ?? 'backup');
  const [scope, setScope] = useState<Scope>({ scope: 'all', scopeValue: null });
  const [rhythm, setRhythm] = useState(schedule?.rhythm ?? { every: 'day' as const, at: '02:00' });
  const [jitter, setJitter] = useState(String((schedule?.jitterSeconds ?? 3600) / 60));
  const [timeZone, setTimeZone] = useState(schedule?.timeZone ?? '');
  const [blackouts, setBlackouts] = useState(schedule?.blackouts ?? []);
  const [missed, setMissed] = useState<'run-once' | 'skip'>(schedule?.missed ?? 'run-once');
  const [maxPerNode, setMax] = useState(String(schedule?.maxPerNode ?? ''));
  const [options, setOptions] = useState<Dto<'ScheduleOptionsDto'>>(schedule?.options ?? {});
  const planned = {
    rhythm,
    jitterSeconds: ofSites(kind) ? Math.round(Number(jitter) * 60) : 0,
    timeZone: timeZone.trim() === '' ? null : timeZone.trim(),
    blackouts,
  };
  const body = {
    ...planned,
    missed,
    options,
    maxPerNode: ofSites(kind) && maxPerNode.trim() !== '' ? Number(maxPerNode) : null,
  };
  const save = useAction(
    () =>
      schedule === undefined
        ? ask(
            api.POST('/schedules', {
              body: { ...body, kind, ...(ofSites(kind) ? scope : { scope: 'all', scopeValue: null }) },
            }),
          )
        : ask(api.PATCH('/schedules/{id}', { params: { path: { id: schedule.id } }, body })),
    { success: 'The schedule is saved.', invalidates: ['schedules', 'sites', 'status'] },
  );
  return (
    <FormDialog
      title={schedule === undefined ? 'New schedule' : `Change ${schedule.name}`}
      wide
      pending={save.pending}
      error={save.error}
      fields={['jitterSeconds', 'maxPerNode', 'timeZone']}
      onSubmit={() => void save.run().then((saved) => saved !== undefined && onClose())}
      onClose={onClose}
    >
      {schedule === undefined && (
        <Select
          label="What"
          value={kind}
          options={KINDS.map(({ kind: value, title }) => ({ value, title }))}
          hint={KINDS.find((candidate) => candidate.kind === kind)?.about}
          onChange={(next) => {
            setKind(next);
            setOptions({});
          }}
        />
      )}
      {schedule === undefined && ofSites(kind) && <ScopeFields value={scope} onChange={setScope} />}
      <RhythmFields value={rhythm} onChange={setRhythm} />
      <SchedulePreview schedule={planned} />
      <Options kind={kind} value={options} onChange={setOptions} />
      <details class="schema-more">
        <summary>More settings</summary>
        <div class="stack">
          {ofSites(kind) && (
            <>
              <TextInput
                label="Spread over (minutes)"
                hint="Each site begins late by a part of it, always the same, so that not all begin at once."
                type="number"
                min={0}
                value={jitter}
                onInput={setJitter}
                error={save.error?.fields.get('jitterSeconds')}
              />
              <TextInput
                label="At most at a time on one host (optional)"
                type="number"
                min={1}
                value={maxPerNode}
                onInput={setMax}
                error={save.error?.fields.get('maxPerNode')}
              />
            </>
          )}
          <TextInput
            label="Time zone (optional)"
            hint="As Europe/Berlin. Empty: that of the site, else that of this installation."
            value={timeZone}
            onInput={setTimeZone}
            spellcheck={false}
            error={save.error?.fields.get('timeZone')}
          />
          <Select
            label="Runs that passed while backupd was off"
            value={missed}
            onChange={setMissed}
            options={[
              { value: 'run-once', title: 'Run once for all of them' },
              { value: 'skip', title: 'Leave them out' },
            ]}
          />
          <BlackoutFields value={blackouts} onChange={setBlackouts} />
        </div>
      </details>
    </FormDialog>
  );
}

interface OptionsProps {
  kind: Kind;
  value: Dto<'ScheduleOptionsDto'>;
  onChange: (value: Dto<'ScheduleOptionsDto'>) => void;
}

function Options({ kind, value, onChange }: OptionsProps) {
  if (kind === 'verify')
    return (
      <Select
        label="How thoroughly"
        value={value.level ?? 'full'}
        onChange={(level) => onChange({ ...value, level })}
        options={[
          { value: 'full', title: 'Read every byte' },
          { value: 'quick', title: 'Look at sizes alone' },
        ]}
      />
    );
  if (kind === 'backup')
    return (
      <Checkbox
        label="Read every file, also where nothing looks changed"
        checked={value.reread === true}
        onChange={(reread) => onChange({ ...value, reread })}
      />
    );
  if (kind !== 'scan') return null;
  return (
    <>
      <Checkbox
        label="Register what is found"
        hint="Then the schedules for all sites hold for it."
        checked={value.enrol === true}
        onChange={(enrol) => onChange({ ...value, enrol })}
      />
      <Checkbox
        label="Follow sites that have moved"
        checked={value.followMoves === true}
        onChange={(followMoves) => onChange({ ...value, followMoves })}
      />
    </>
  );
}
