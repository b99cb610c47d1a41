import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { CircleAlert } from 'lucide-preact';

export interface FieldTexts {
  label: string;
  hint?: ComponentChildren;
  /** What is wrong with the value. */
  error?: string | null | undefined;
}

/** What an input needs to belong to its label, hint and error. */
export interface FieldLinks {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: boolean;
}

interface FieldProps extends FieldTexts {
  children: (links: FieldLinks) => ComponentChildren;
}

/** A label with an input, what it is for, and what is wrong with it. The other inputs are made of it. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const hasError = error !== undefined && error !== null && error !== '';
  const described = [hint === undefined ? '' : `${id}-hint`, hasError ? `${id}-error` : ''].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label class="field-label" htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        ...(described === '' ? {} : { 'aria-describedby': described }),
        ...(hasError ? { 'aria-invalid': true } : {}),
      })}
      {hint !== undefined && (
        <span class="field-hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {hasError && (
        <span class="field-error" id={`${id}-error`}>
          <CircleAlert class="icon icon-small" aria-hidden="true" />
          {error}
        </span>
      )}
    </div>
  );
}
