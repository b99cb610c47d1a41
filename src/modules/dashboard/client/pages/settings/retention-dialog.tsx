import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import './settings.css';

export const COUNTS = [
  ['keepLast', 'Newest'],
  ['hourly', 'Hourly'],
  ['daily', 'Daily'],
  ['weekly', 'Weekly'],
  ['monthly', 'Monthly'],
  ['yearly', 'Yearly'],
] as const;

type Policy = Dto<'RetentionPolicyDto'>;
type Texts = Record<(typeof COUNTS)[number][0] | 'keepWithin' | 'timeZone', string>;

/** Sets the default policy. */
export function RetentionDialog({ retention, onClose }: { retention: Dto<'RetentionDto'>; onClose: () => void }) {
  const [texts, setTexts] = useState<Texts>(textsOf(retention.policy ?? retention.suggested));
  const [grace, setGrace] = useState(String(retention.graceHours));
  const save = useAction(
    async () => {
      await ask(api.PUT('/retention', { body: { policy: policyOf(texts), graceHours: Number(grace) } }));
      onClose();
    },
    { success: 'Saved. It is looked at every hour.', invalidates: ['retention'] },
  );
  const fault = (name: string): string | undefined =>
    save.error?.fields.get(name) ?? save.error?.fields.get(`policy.${name}`);
  return (
    <FormDialog title="What is kept" pending={save.pending} error={save.error} onSubmit={save.run} onClose={onClose}>
      <p>A backup stays when one of these rules wants it. Empty or 0 is no rule.</p>
      <div class="settings-grid">
        {COUNTS.map(([name, title]) => (
          <TextInput
            key={name}
            label={title}
            type="number"
            min={0}
            max={100_000}
            value={texts[name]}
            onInput={(text) => setTexts({ ...texts, [name]: text })}
            error={fault(name)}
          />
        ))}
      </div>
      <TextInput
        label="All that are younger than"
        hint="As 30d or 1y6m, counted from the newest good backup. Can be left empty."
        value={texts.keepWithin}
        onInput={(keepWithin) => setTexts({ ...texts, keepWithin })}
        spellcheck={false}
        error={fault('keepWithin')}
      />
      <TextInput
        label="Time zone"
        hint="In which days begin, as Europe/Berlin. UTC when empty."
        value={texts.timeZone}
        onInput={(timeZone) => setTexts({ ...texts, timeZone })}
        spellcheck={false}
        error={fault('timeZone')}
      />
      <TextInput
        label="Hours until it is deleted"
        hint="So long a backup that no rule wants can still be kept after all."
        type="number"
        min={0}
        max={8760}
        value={grace}
        onInput={setGrace}
        error={fault('graceHours')}
        required
      />
      <div>
        <Button size="small" onClick={() => setTexts(textsOf(retention.suggested))}>
          Take the suggestion
        </Button>
      </div>
      <Notice tone="warning">
        <p>
          This holds for all sites without a policy of their own. The page of a site shows what goes before anything is
          deleted.
        </p>
      </Notice>
    </FormDialog>
  );
}

function textsOf(policy: Policy): Texts {
  const text = (name: (typeof COUNTS)[number][0]): string => String(policy[name] ?? '');
  return {
    keepLast: text('keepLast'),
    hourly: text('hourly'),
    daily: text('daily'),
    weekly: text('weekly'),
    monthly: text('monthly'),
    yearly: text('yearly'),
    keepWithin: policy.keepWithin ?? '',
    timeZone: policy.timeZone ?? '',
  };
}

function policyOf(texts: Texts): Policy {
  const policy: Policy = {};
  for (const [name] of COUNTS) if (texts[name].trim() !== '') policy[name] = Number(texts[name]);
  if (texts.keepWithin.trim() !== '') policy.keepWithin = texts.keepWithin.trim();
  if (texts.timeZone.trim() !== '') policy.timeZone = texts.timeZone.trim();
  return policy;
}
