import { COUNT_RULES, type Policy } from '../lib/retention.ts';
import { Button } from './button.tsx';
import { Checkbox } from './checkbox.tsx';
import { TextInput } from './text-input.tsx';
import './policy-fields.css';

interface PolicyFieldsProps {
  /** Null = no policy. */
  value: Policy | null;
  onChange: (value: Policy | null) => void;
  suggested: Policy;
  /** What no policy means here. */
  without: string;
}

/** The rules of a retention policy; a backup stays when one of them wants it. */
export function PolicyFields({ value, onChange, suggested, without }: PolicyFieldsProps) {
  const set = (name: keyof Policy, next: number | string | undefined): void => {
    const rest = Object.fromEntries(Object.entries(value ?? {}).filter(([key]) => key !== name));
    onChange(next === undefined ? rest : { ...rest, [name]: next });
  };
  return (
    <div class="stack">
      <Checkbox label={without} checked={value === null} onChange={(none) => onChange(none ? null : suggested)} />
      {value !== null && (
        <>
          <p class="muted small">
            A backup stays when one rule wants it. The newest good backup and pinned ones always stay. Empty is no rule.
          </p>
          <div class="policy-fields">
            {COUNT_RULES.map(({ name, title }) => (
              <TextInput
                key={name}
                label={title}
                type="number"
                min={0}
                value={value[name] === undefined ? '' : String(value[name])}
                onInput={(text) => set(name, text.trim() === '' ? undefined : Number(text))}
              />
            ))}
            <TextInput
              label="All within"
              placeholder="As 30d or 1y6m"
              spellcheck={false}
              value={value.keepWithin ?? ''}
              onInput={(text) => set('keepWithin', text.trim() === '' ? undefined : text.trim())}
            />
          </div>
          <div>
            <Button size="small" onClick={() => onChange(suggested)}>
              Take the suggestion
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
