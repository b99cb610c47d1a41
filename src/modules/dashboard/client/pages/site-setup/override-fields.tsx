import { Plus, X } from 'lucide-preact';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import './site-setup.css';

export interface Override {
  key: string;
  value: string;
}

interface OverrideFieldsProps {
  value: readonly Override[];
  onChange: (value: Override[]) => void;
}

/** Values in place of what the site's configuration says. Secrets are shown as `***` and stay so. */
export function OverrideFields({ value, onChange }: OverrideFieldsProps) {
  const put = (index: number, next: Override): void => onChange(value.map((old, at) => (at === index ? next : old)));
  return (
    <Card title="In place of its configuration">
      <div class="stack-tight">
        <p class="muted small">
          Where the site’s own configuration can’t be used as it is, as DB_HOST. A value shown as *** is kept.
        </p>
        {value.map((override, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- names change while they are typed
          <div key={index} class="override">
            <input
              class="input input-mono"
              aria-label={`Name ${index + 1}`}
              value={override.key}
              spellcheck={false}
              onInput={(event) => put(index, { ...override, key: event.currentTarget.value })}
            />
            <input
              class="input input-mono"
              aria-label={`Value of ${override.key || index + 1}`}
              value={override.value}
              spellcheck={false}
              onInput={(event) => put(index, { ...override, value: event.currentTarget.value })}
            />
            <IconButton
              label={`Remove ${override.key || index + 1}`}
              icon={<X class="icon" aria-hidden="true" />}
              onClick={() => onChange(value.filter((_old, at) => at !== index))}
            />
          </div>
        ))}
        <div>
          <Button
            size="small"
            icon={<Plus class="icon icon-small" aria-hidden="true" />}
            onClick={() => onChange([...value, { key: '', value: '' }])}
          >
            Add a value
          </Button>
        </div>
      </div>
    </Card>
  );
}
