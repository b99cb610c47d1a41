import { Plus } from 'lucide-preact';
import type { Dto } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { Weekdays } from './rhythm-fields.tsx';

type Blackout = Dto<'BlackoutDto'>;

interface BlackoutFieldsProps {
  value: readonly Blackout[];
  onChange: (value: Blackout[]) => void;
}

/** Times in which nothing is started. */
export function BlackoutFields({ value, onChange }: BlackoutFieldsProps) {
  const put = (index: number, next: Blackout): void => onChange(value.map((old, at) => (at === index ? next : old)));
  return (
    <div class="stack-tight">
      <h3>Quiet times</h3>
      <p class="muted small">
        Nothing is started in them; a run that falls in waits until the end. Past midnight is fine.
      </p>
      {value.map((blackout, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- they have nothing else that tells them apart
        <div key={index} class="blackout stack-tight">
          <div class="schedule-pair">
            <TextInput
              label="From"
              type="time"
              value={blackout.from}
              onInput={(from) => put(index, { ...blackout, from })}
            />
            <TextInput
              label="Until"
              type="time"
              value={blackout.until}
              onInput={(until) => put(index, { ...blackout, until })}
            />
          </div>
          <Weekdays
            label="Only on (none chosen: every day)"
            days={blackout.days ?? []}
            onChange={(days) =>
              put(index, {
                from: blackout.from,
                until: blackout.until,
                ...(days.length === 0 ? {} : { days }),
              })
            }
          />
          <div>
            <Button size="small" onClick={() => onChange(value.filter((_old, at) => at !== index))}>
              Remove this time
            </Button>
          </div>
        </div>
      ))}
      <div>
        <Button
          size="small"
          icon={<Plus class="icon icon-small" aria-hidden="true" />}
          onClick={() => onChange([...value, { from: '08:00', until: '18:00' }])}
        >
          Add a quiet time
        </Button>
      </div>
    </div>
  );
}
