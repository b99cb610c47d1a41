import { useState } from 'preact/hooks';
import { KEPT_SECRET, objectOf, type SchemaField, textsOf } from '../lib/json-schema.ts';
import { Button } from './button.tsx';
import { Checkbox } from './checkbox.tsx';
import { Field } from './field.tsx';
import { PasswordInput } from './password-input.tsx';
import { Select } from './select.tsx';
import { TextInput } from './text-input.tsx';
import { Textarea } from './textarea.tsx';

interface SchemaInputProps {
  field: SchemaField;
  /** Its name, with that of its group before it. */
  path: string;
  value: unknown;
  onChange: (value: unknown) => void;
  faultOf: (path: string) => string | undefined;
}

/** The input for one setting of a JSON schema. */
export function SchemaInput({ field, path, value, onChange, faultOf }: SchemaInputProps) {
  const error = faultOf(path);
  const texts = { label: labelOf(field), ...(field.hint === undefined ? {} : { hint: field.hint }), error };
  switch (field.kind) {
    case 'boolean':
      return (
        <Checkbox
          label={field.label}
          {...(field.hint === undefined ? {} : { hint: field.hint })}
          checked={typeof value === 'boolean' ? value : field.default === true}
          onChange={onChange}
        />
      );
    case 'maybe':
      return (
        <Select
          {...texts}
          value={typeof value === 'boolean' ? String(value) : ''}
          options={[
            { value: '', title: 'Left to the server' },
            { value: 'true', title: 'Yes' },
            { value: 'false', title: 'No' },
          ]}
          onChange={(chosen) => onChange(chosen === '' ? undefined : chosen === 'true')}
        />
      );
    case 'choice':
      return <Choice field={field} texts={texts} value={value} onChange={onChange} />;
    case 'number':
      return (
        <div class="schema-number">
          <TextInput
            {...texts}
            type="number"
            value={shown(value)}
            {...(field.default === undefined ? {} : { placeholder: shown(field.default) })}
            onInput={(text) => onChange(text.trim() === '' ? undefined : Number(text))}
          />
        </div>
      );
    case 'list':
      return <List texts={texts} value={value} onChange={onChange} />;
    case 'secret':
      return <Secret field={field} texts={texts} value={value} onChange={onChange} />;
    case 'text-lines':
      return <Textarea {...texts} mono rows={4} value={shown(value)} onInput={(text) => onChange(text || undefined)} />;
    case 'group':
      return <Group field={field} path={path} value={value} onChange={onChange} faultOf={faultOf} />;
    case 'other':
      return <p class="muted small">{field.label} can only be set by the command line or the API.</p>;
    case 'text':
    default:
      return (
        <TextInput
          {...texts}
          value={shown(value)}
          autocomplete="off"
          spellcheck={false}
          {...placeholderOf(field)}
          onInput={(text) => onChange(text === '' ? undefined : text)}
        />
      );
  }
}

type Texts = { label: string; hint?: string; error: string | undefined };
type Part = { texts: Texts; value: unknown; onChange: (value: unknown) => void };

function Choice({ field, texts, value, onChange }: Part & { field: SchemaField }) {
  const none = field.default === undefined && !field.required ? [{ value: '', title: 'Not set' }] : [];
  const unchosen =
    field.required && field.default === undefined ? [{ value: '', title: 'Choose one', disabled: true }] : [];
  return (
    <Select
      {...texts}
      value={shown(value ?? field.default)}
      options={[...none, ...unchosen, ...field.options.map((option) => ({ value: option, title: option }))]}
      onChange={(chosen) => onChange(chosen === '' ? undefined : chosen)}
    />
  );
}

/** Keeps what is typed as it is, with empty lines; outside it is a list. */
function List({ texts, value, onChange }: Part) {
  const [text, setText] = useState(textsOf(value).join('\n'));
  return (
    <Textarea
      {...texts}
      hint={`${texts.hint ?? ''} One a line.`.trim()}
      mono
      rows={Math.min(8, Math.max(3, text.split('\n').length + 1))}
      value={text}
      onInput={(next) => {
        setText(next);
        onChange(
          next
            .split('\n')
            .map((line) => line.trim())
            .filter(Boolean),
        );
      }}
    />
  );
}

/** What the server has is not shown; it stays until another is typed. */
function Secret({ field, texts, value, onChange }: Part & { field: SchemaField }) {
  const [wasKept] = useState(value === KEPT_SECRET);
  if (value === KEPT_SECRET)
    return (
      <Field {...texts}>
        {(links) => (
          <div class="schema-secret">
            <input {...links} class="input" value={KEPT_SECRET} readOnly />
            <Button onClick={() => onChange(undefined)}>Replace</Button>
          </div>
        )}
      </Field>
    );
  return (
    <div class="stack-tight">
      <PasswordInput
        {...texts}
        autocomplete="off"
        value={shown(value)}
        onInput={(text) => onChange(text === '' ? undefined : text)}
        {...placeholderOf(field)}
      />
      {wasKept && (
        <div>
          <Button size="small" onClick={() => onChange(KEPT_SECRET)}>
            Keep the stored one
          </Button>
        </div>
      )}
    </div>
  );
}

function Group({ field, path, value, onChange, faultOf }: SchemaInputProps) {
  const inner = objectOf(value);
  const isOn = value !== undefined && value !== null;
  return (
    <fieldset class="schema-group">
      <legend class="visually-hidden">{field.label}</legend>
      <Checkbox
        label={field.label}
        {...(field.hint === undefined ? {} : { hint: field.hint })}
        checked={isOn || field.required}
        disabled={field.required}
        onChange={(checked) => onChange(checked ? {} : undefined)}
      />
      {(isOn || field.required) && (
        <div class="stack schema-inner">
          {field.fields.map((part) => (
            <SchemaInput
              key={part.name}
              field={part}
              path={`${path}.${part.name}`}
              value={inner[part.name]}
              faultOf={faultOf}
              onChange={(next) => onChange({ ...inner, [part.name]: next })}
            />
          ))}
        </div>
      )}
    </fieldset>
  );
}

function labelOf({ label, required, kind }: SchemaField): string {
  return required || kind === 'boolean' || kind === 'choice' || kind === 'number' || kind === 'maybe'
    ? label
    : `${label} (optional)`;
}

function placeholderOf({ default: preset, example }: SchemaField): { placeholder?: string } {
  if (typeof preset === 'string' && preset !== '') return { placeholder: preset };
  return example === undefined ? {} : { placeholder: `As ${example}` };
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : '';
}
