import { useState } from 'preact/hooks';
import { Eye, EyeOff } from 'lucide-preact';
import { Field, type FieldTexts } from './field.tsx';
import { IconButton } from './icon-button.tsx';

interface PasswordInputProps extends FieldTexts {
  value: string;
  onInput: (value: string) => void;
  /** For password managers; `off` for secrets that are no password of a person. */
  autocomplete: 'current-password' | 'new-password' | 'off';
  required?: boolean;
  placeholder?: string;
}

/** A secret that can be looked at. */
export function PasswordInput({ label, hint, error, value, onInput, ...rest }: PasswordInputProps) {
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <Field label={label} hint={hint} error={error}>
      {(links) => (
        <div class="with-inside">
          <input
            {...rest}
            {...links}
            type={shown ? 'text' : 'password'}
            class="input"
            value={value}
            spellcheck={false}
            onInput={(event) => onInput(event.currentTarget.value)}
          />
          <IconButton
            label={shown ? 'Hide the characters' : 'Show the characters'}
            icon={<Icon class="icon" aria-hidden="true" />}
            onClick={() => setShown(!shown)}
          />
        </div>
      )}
    </Field>
  );
}
