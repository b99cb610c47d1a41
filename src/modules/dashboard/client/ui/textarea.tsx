import { Field, type FieldTexts } from './field.tsx';

interface TextareaProps extends FieldTexts {
  value: string;
  onInput: (value: string) => void;
  rows?: number;
  mono?: boolean;
  placeholder?: string;
}

/** Some lines of text. */
export function Textarea({ label, hint, error, value, onInput, mono = false, ...rest }: TextareaProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(links) => (
        <textarea
          {...rest}
          {...links}
          class={`input${mono ? ' input-mono' : ''}`}
          value={value}
          spellcheck={!mono}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
