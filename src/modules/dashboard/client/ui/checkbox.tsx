import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export interface CheckboxProps {
  label: ComponentChildren;
  hint?: ComponentChildren;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

/** Yes or no, taken over with the rest of a form. */
export function Checkbox(props: CheckboxProps) {
  return <Check {...props} look="" />;
}

/** On or off, at once. */
export function Switch(props: CheckboxProps) {
  return <Check {...props} look=" switch" />;
}

function Check({ label, hint, checked, onChange, disabled = false, look }: CheckboxProps & { look: string }) {
  const id = useId();
  return (
    <label class={`check${look}`}>
      <input
        type="checkbox"
        {...(look === '' ? {} : { role: 'switch' as const })}
        checked={checked}
        disabled={disabled}
        {...(hint === undefined ? {} : { 'aria-describedby': id })}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>
        {label}
        {hint !== undefined && (
          <span class="field-hint" id={id}>
            <br />
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}
