import { Field, type FieldTexts } from './field.tsx';

interface SelectProps<Value extends string> extends FieldTexts {
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; title: string; disabled?: boolean }[];
  disabled?: boolean;
  /** The label is for screen readers alone: in a row of filters. */
  bare?: boolean;
}

/** One of some. */
export function Select<Value extends string>({
  label,
  hint,
  error,
  value,
  onChange,
  options,
  disabled = false,
  bare = false,
}: SelectProps<Value>) {
  const select = (links: object) => (
    <select
      {...links}
      class="input"
      value={value}
      disabled={disabled}
      onChange={({ currentTarget }) => {
        const chosen = options.find((option) => option.value === currentTarget.value);
        if (chosen !== undefined) onChange(chosen.value);
      }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value} disabled={option.disabled === true}>
          {option.title}
        </option>
      ))}
    </select>
  );
  if (bare) return <span>{select({ 'aria-label': label })}</span>;
  return (
    <Field label={label} hint={hint} error={error}>
      {select}
    </Field>
  );
}
