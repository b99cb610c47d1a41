import type { Dto } from '../../api/client.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Select } from '../../ui/select.tsx';
import { TextInput } from '../../ui/text-input.tsx';

export type Rhythm = Dto<'RhythmDto'>;

export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const EVERY: readonly { value: Rhythm['every']; title: string }[] = [
  { value: 'day', title: 'Every day' },
  { value: 'hours', title: 'Every few hours' },
  { value: 'week', title: 'Every week' },
  { value: 'month', title: 'Every month' },
  { value: 'cron', title: 'By a cron expression' },
  { value: 'never', title: 'Never' },
];
const HOURS = [1, 2, 3, 4, 6, 8, 12] as const;
const START: Record<Rhythm['every'], Rhythm> = {
  day: { every: 'day', at: '02:00' },
  hours: { every: 'hours', hours: 6, minute: 0 },
  week: { every: 'week', days: [7], at: '02:00' },
  month: { every: 'month', days: [1], at: '02:00' },
  cron: { every: 'cron', expression: '30 1 * * 1-5' },
  never: { every: 'never' },
};

interface RhythmFieldsProps {
  value: Rhythm;
  onChange: (value: Rhythm) => void;
}

/** How often: the parts of a rhythm, by its kind. */
export function RhythmFields({ value, onChange }: RhythmFieldsProps) {
  const { every } = value;
  const hasTime = every === 'day' || every === 'week' || every === 'month';
  return (
    <>
      <Select
        label="How often"
        value={every}
        options={EVERY}
        {...(every === 'never' ? { hint: 'Takes what it is for out of a schedule of a wider scope.' } : {})}
        onChange={(next) =>
          onChange({
            ...START[next],
            ...(value.at === undefined || START[next].at === undefined ? {} : { at: value.at }),
          })
        }
      />
      {every === 'hours' && (
        <div class="schedule-pair">
          <Select
            label="Every"
            value={String(value.hours ?? 6)}
            options={HOURS.map((hours) => ({ value: String(hours), title: hours === 1 ? '1 hour' : `${hours} hours` }))}
            onChange={(text) => {
              const hours = HOURS.find((candidate) => String(candidate) === text);
              if (hours !== undefined) onChange({ ...value, hours });
            }}
          />
          <TextInput
            label="Minutes past the hour"
            type="number"
            min={0}
            max={59}
            value={String(value.minute ?? 0)}
            onInput={(text) => onChange({ ...value, minute: Number(text) })}
          />
        </div>
      )}
      {every === 'week' && (
        <Weekdays label="On" days={value.days ?? []} onChange={(days) => onChange({ ...value, days })} />
      )}
      {every === 'month' && <MonthDays value={value} onChange={onChange} />}
      {hasTime && (
        <TextInput
          label="At"
          type="time"
          required
          value={value.at ?? ''}
          onInput={(at) => onChange({ ...value, at })}
        />
      )}
      {every === 'cron' && (
        <TextInput
          label="Cron expression"
          hint="Minute, hour, day of the month, month, weekday. L is the last day of the month."
          mono
          spellcheck={false}
          value={value.expression ?? ''}
          onInput={(expression) => onChange({ ...value, expression })}
        />
      )}
    </>
  );
}

interface WeekdaysProps {
  label: string;
  /** 1 = Monday … 7 = Sunday. */
  days: readonly number[];
  onChange: (days: number[]) => void;
}

/** Some days of the week. */
export function Weekdays({ label, days, onChange }: WeekdaysProps) {
  return (
    <fieldset class="schedule-days">
      <legend class="field-label">{label}</legend>
      {WEEKDAYS.map((title, index) => {
        const day = index + 1;
        return (
          <Checkbox
            key={day}
            label={title}
            checked={days.includes(day)}
            onChange={(on) =>
              onChange((on ? [...days, day] : days.filter((other) => other !== day)).toSorted((a, b) => a - b))
            }
          />
        );
      })}
    </fieldset>
  );
}

function MonthDays({ value, onChange }: RhythmFieldsProps) {
  return (
    <TextInput
      label="On these days of the month"
      hint="Separated by commas. A day that a month does not have is its last one."
      value={(value.days ?? []).join(', ')}
      onInput={(text) =>
        onChange({
          ...value,
          days: text
            .split(/[,\s]+/)
            .map(Number)
            .filter((day) => Number.isInteger(day) && day > 0),
        })
      }
    />
  );
}
