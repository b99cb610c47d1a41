import { Checkbox } from '../../ui/checkbox.tsx';
import { RadioGroup } from '../../ui/radio-group.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import type { RuleForm } from './rule-form.ts';

interface RuleWhenProps {
  form: RuleForm;
  onChange: (changes: Partial<RuleForm>) => void;
  fault: (name: string) => string | undefined;
}

/** When a rule tells what it tells. */
export function RuleWhen({ form, onChange, fault }: RuleWhenProps) {
  return (
    <>
      <RadioGroup
        label="When"
        value={form.timing}
        onChange={(timing) => onChange({ timing })}
        options={[
          { value: 'now', title: 'At once', hint: 'What comes within half a minute is one message.' },
          { value: 'hour', title: 'Each hour, in one message' },
          { value: 'day', title: 'Each day, in one message' },
        ]}
      />
      {form.timing === 'day' && (
        <TextInput
          label="At"
          type="time"
          value={form.digestAt}
          onInput={(digestAt) => onChange({ digestAt })}
          required
          error={fault('digest.at')}
        />
      )}
      <Checkbox
        label="Quiet hours"
        hint="What comes then is kept back until they end."
        checked={form.quiet}
        onChange={(quiet) => onChange({ quiet })}
      />
      {form.quiet && (
        <>
          <div class="two-fields">
            <TextInput
              label="From"
              type="time"
              value={form.quietFrom}
              onInput={(quietFrom) => onChange({ quietFrom })}
              required
              error={fault('quietHours.from')}
            />
            <TextInput
              label="Until"
              type="time"
              value={form.quietUntil}
              onInput={(quietUntil) => onChange({ quietUntil })}
              required
              error={fault('quietHours.until')}
            />
          </div>
          <Checkbox
            label="Critical news comes all the same"
            checked={form.quietExceptCritical}
            onChange={(quietExceptCritical) => onChange({ quietExceptCritical })}
          />
        </>
      )}
      {(form.quiet || form.timing === 'day') && (
        <TextInput
          label="Time zone"
          hint="Of these times, as Europe/Berlin."
          value={form.timeZone}
          onInput={(timeZone) => onChange({ timeZone })}
          spellcheck={false}
          required
          error={fault('quietHours.timeZone') ?? fault('digest.timeZone')}
        />
      )}
      <Checkbox
        label="Also tell when it is over"
        checked={form.recovered}
        onChange={(recovered) => onChange({ recovered })}
      />
      <TextInput
        label="Remind of open alarms every so many hours"
        hint="Until somebody acknowledges them. Empty = never."
        type="number"
        min={1}
        max={720}
        value={form.remindHours}
        onInput={(remindHours) => onChange({ remindHours })}
        error={fault('remindHours')}
      />
    </>
  );
}
