import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import './radio-group.css';

interface RadioGroupProps<Value extends string> {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; title: string; hint?: ComponentChildren; disabled?: boolean }[];
}

/** One of few, each with a sentence. */
export function RadioGroup<Value extends string>({ label, value, onChange, options }: RadioGroupProps<Value>) {
  const name = useId();
  return (
    <fieldset class="choice-group">
      <legend>{label}</legend>
      {options.map((option) => (
        <label key={option.value} class="check">
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            disabled={option.disabled === true}
            onChange={() => onChange(option.value)}
          />
          <span>
            {option.title}
            {option.hint !== undefined && (
              <>
                <br />
                <span class="field-hint">{option.hint}</span>
              </>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
