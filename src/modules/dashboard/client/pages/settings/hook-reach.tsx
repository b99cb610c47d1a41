import { SitePicker } from '../../parts/site-picker.tsx';
import { RadioGroup } from '../../ui/radio-group.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import type { HookForm } from './hook-form.ts';

interface HookReachProps {
  form: HookForm;
  onChange: (changes: Partial<HookForm>) => void;
  fault: (name: string) => string | undefined;
}

/** For which sites a hook is. */
export function HookReach({ form, onChange, fault }: HookReachProps) {
  return (
    <>
      <RadioGroup
        label="For"
        value={form.reach}
        onChange={(reach) => onChange({ reach })}
        options={[
          { value: 'all', title: 'All sites' },
          { value: 'label', title: 'Sites with a label' },
          { value: 'site', title: 'One site' },
        ]}
      />
      {form.reach === 'label' && (
        <TextInput
          label="Label"
          value={form.label}
          onInput={(label) => onChange({ label })}
          maxLength={50}
          required
          error={fault('label')}
        />
      )}
      {form.reach === 'site' && (
        <SitePicker chosen={form.siteIds} onChange={(chosen) => onChange({ siteIds: chosen.slice(-1) })} />
      )}
    </>
  );
}
