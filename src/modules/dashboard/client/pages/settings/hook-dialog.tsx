import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { words } from '../../lib/format.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { RadioGroup } from '../../ui/radio-group.tsx';
import { Select } from '../../ui/select.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { bodyOf, formOf, HOOK_JOBS, type HookForm } from './hook-form.ts';
import { HookReach } from './hook-reach.tsx';
import { HookWhat } from './hook-what.tsx';
import { momentInWords, ON_FAILURE } from './hook-words.ts';
import './settings.css';

const STAGES = ['backup_db', 'backup_files', 'create_bundle', 'upload_remote', 'cleanup'];
const MOMENTS = ['success', 'partial', 'failure', ...STAGES.flatMap((stage) => [`before:${stage}`, `after:${stage}`])];
const OTHER = 'other';
const FAILURES = ['ignore', 'warn', 'fail', 'retry'] as const;
const FIELDS = ['name', 'command', 'url', 'moment', 'timeLimitSeconds', 'position', 'label'];

/** Makes a hook, or changes one. */
export function HookDialog({ hook, onClose }: { hook: Dto<'HookDto'> | null; onClose: () => void }) {
  const [form, setForm] = useState<HookForm>(formOf(hook));
  const [isOther, setOther] = useState(!MOMENTS.includes(form.moment));
  const set = (changes: Partial<HookForm>): void => setForm({ ...form, ...changes });
  const save = useAction(
    async () => {
      const body = bodyOf(form);
      await (hook === null
        ? ask(api.POST('/hooks', { body }))
        : ask(api.PATCH('/hooks/{id}', { params: { path: { id: hook.id } }, body })));
      onClose();
    },
    { success: hook === null ? 'The hook is added. Test it now.' : 'Saved.', invalidates: ['hooks'] },
  );
  const fault = (name: string): string | undefined => save.error?.fields.get(name);
  return (
    <FormDialog
      title={hook === null ? 'Add a hook' : `Edit ${hook.name}`}
      action={hook === null ? 'Add the hook' : 'Save'}
      pending={save.pending}
      error={save.error}
      fields={FIELDS}
      disabled={form.jobs.length === 0 || (form.reach === 'site' && form.siteIds.length === 0)}
      onSubmit={save.run}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        value={form.name}
        onInput={(name) => set({ name })}
        autocomplete="off"
        maxLength={100}
        required
        error={fault('name')}
      />
      <HookWhat form={form} isNew={hook === null} onChange={set} fault={fault} />
      <fieldset class="choice-group">
        <legend>Jobs</legend>
        <div class="row">
          {HOOK_JOBS.map((job) => (
            <Checkbox
              key={job}
              label={words(job)}
              checked={form.jobs.includes(job)}
              onChange={(checked) =>
                set({ jobs: HOOK_JOBS.filter((other) => (other === job ? checked : form.jobs.includes(other))) })
              }
            />
          ))}
        </div>
      </fieldset>
      <Select
        label="When"
        value={isOther ? OTHER : form.moment}
        onChange={(moment) => {
          setOther(moment === OTHER);
          if (moment !== OTHER) set({ moment });
        }}
        options={[
          ...MOMENTS.map((value) => ({ value, title: momentInWords(value) })),
          { value: OTHER, title: 'Another stage' },
        ]}
        error={isOther ? null : fault('moment')}
      />
      {isOther && (
        <TextInput
          label="Moment"
          hint="before:<stage> or after:<stage>, with the name of the stage as the job shows it."
          value={form.moment}
          onInput={(moment) => set({ moment })}
          mono
          spellcheck={false}
          error={fault('moment')}
        />
      )}
      <HookReach form={form} onChange={set} fault={fault} />
      <RadioGroup
        label="If it fails"
        value={form.onFailure}
        onChange={(onFailure) => set({ onFailure })}
        options={FAILURES.map((value) => ({ value, title: ON_FAILURE[value] }))}
      />
      <div class="settings-grid">
        <TextInput
          label="Time limit, seconds"
          type="number"
          min={1}
          max={1200}
          value={form.timeLimit}
          onInput={(timeLimit) => set({ timeLimit })}
          required
          error={fault('timeLimitSeconds')}
        />
        <TextInput
          label="Position"
          hint="The smaller goes first."
          type="number"
          min={-1000}
          max={1000}
          value={form.position}
          onInput={(position) => set({ position })}
          required
          error={fault('position')}
        />
      </div>
    </FormDialog>
  );
}
