import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { SitePicker } from '../../parts/site-picker.tsx';
import { NEWS, newsInWords } from '../../lib/news.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { RadioGroup } from '../../ui/radio-group.tsx';
import { Select } from '../../ui/select.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { bodyOf, formOf, type RuleForm } from './rule-form.ts';
import { RuleWhen } from './rule-when.tsx';
import './notifications.css';

interface RuleDialogProps {
  /** Null = a new one. */
  rule: Dto<'RuleDto'> | null;
  channels: readonly Dto<'ChannelDto'>[];
  onClose: () => void;
}

/** Makes a rule, or changes one. */
export function RuleDialog({ rule, channels, onClose }: RuleDialogProps) {
  const [form, setForm] = useState<RuleForm>(() => {
    const fresh = formOf(rule);
    const only = channels[0];
    return rule === null && channels.length === 1 && only !== undefined ? { ...fresh, channelIds: [only.id] } : fresh;
  });
  const set = (changes: Partial<RuleForm>): void => setForm({ ...form, ...changes });
  const save = useAction(
    async () => {
      const body = bodyOf(form, rule);
      await (rule === null
        ? ask(api.POST('/notifications/rules', { body }))
        : ask(api.PATCH('/notifications/rules/{id}', { params: { path: { id: rule.id } }, body })));
      onClose();
    },
    { success: rule === null ? 'The rule counts from now on.' : 'Saved.', invalidates: ['notifications'] },
  );
  const fault = (name: string): string | undefined => save.error?.fields.get(name);
  const choices = [...new Set([...NEWS.map(({ event }) => event as string), ...form.events])];
  const isIncomplete =
    form.events.length === 0 ||
    form.channelIds.length === 0 ||
    (form.reach === 'some' && form.siteIds.length === 0 && form.labels.trim() === '');
  return (
    <FormDialog
      title={rule === null ? 'Add a rule' : `Edit ${rule.name}`}
      action={rule === null ? 'Add the rule' : 'Save'}
      wide
      pending={save.pending}
      error={save.error}
      fields={['name', 'remindHours']}
      disabled={isIncomplete}
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
      <fieldset class="choice-group">
        <legend>What it tells</legend>
        <div class="checks">
          {choices.map((event) => (
            <Checkbox
              key={event}
              label={newsInWords(event)}
              checked={form.events.includes(event)}
              onChange={(on) => set({ events: toggled(form.events, event, on) })}
            />
          ))}
        </div>
      </fieldset>
      <Select
        label="Severity"
        value={form.minSeverity}
        onChange={(minSeverity) => set({ minSeverity })}
        options={[
          { value: 'info', title: 'Everything' },
          { value: 'warning', title: 'Warnings and critical' },
          { value: 'critical', title: 'Critical alone' },
        ]}
      />
      <fieldset class="choice-group">
        <legend>To which channels</legend>
        <div class="checks">
          {channels.map(({ id, name }) => (
            <Checkbox
              key={id}
              label={name}
              checked={form.channelIds.includes(id)}
              onChange={(on) => set({ channelIds: toggled(form.channelIds, id, on) })}
            />
          ))}
        </div>
      </fieldset>
      <RadioGroup
        label="Of which sites"
        value={form.reach}
        onChange={(reach) => set({ reach })}
        options={[
          { value: 'all', title: 'All sites, and what is about no site' },
          { value: 'some', title: 'Some sites', hint: 'Those chosen, and those with one of the labels.' },
        ]}
      />
      {form.reach === 'some' && (
        <>
          <SitePicker chosen={form.siteIds} onChange={(siteIds) => set({ siteIds })} />
          <TextInput
            label="Labels"
            hint="Separated by commas. Can be left empty."
            value={form.labels}
            onInput={(labels) => set({ labels })}
            spellcheck={false}
          />
        </>
      )}
      <RuleWhen form={form} onChange={set} fault={fault} />
    </FormDialog>
  );
}

function toggled(list: readonly string[], item: string, on: boolean): string[] {
  return on ? [...list, item] : list.filter((other) => other !== item);
}
