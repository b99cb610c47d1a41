import type { JSX } from 'preact';
import { Field, type FieldTexts } from './field.tsx';

interface TextInputProps extends FieldTexts, Omit<JSX.HTMLAttributes<HTMLInputElement>, 'onInput' | 'value' | 'label'> {
  value: string;
  onInput: (value: string) => void;
  type?: 'text' | 'email' | 'url' | 'search' | 'number' | 'time';
  /** For paths, codes and keys. */
  mono?: boolean;
  autocomplete?: string;
  required?: boolean;
  placeholder?: string;
  spellcheck?: boolean;
  disabled?: boolean;
  min?: number;
  max?: number;
  step?: number | 'any';
  maxLength?: number;
}

/** One line of text. */
export function TextInput({
  label,
  hint,
  error,
  value,
  onInput,
  type = 'text',
  mono = false,
  ...rest
}: TextInputProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(links) => (
        <input
          {...rest}
          {...links}
          type={type}
          class={`input${mono ? ' input-mono' : ''}`}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
