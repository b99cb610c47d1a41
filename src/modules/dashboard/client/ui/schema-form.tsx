import type { Problem } from '../api/problem.ts';
import { faultsOf, type SchemaField, type Settings } from '../lib/json-schema.ts';
import { SchemaInput } from './schema-input.tsx';
import './schema-form.css';

interface SchemaFormProps {
  /** `fieldsOf(settingsSchema, secretSettings)`. */
  fields: readonly SchemaField[];
  value: Settings;
  onChange: (value: Settings) => void;
  /** Shows also what is wrong with fields that nobody has touched: after the first try to save. */
  showFaults?: boolean;
  /** What the server said; its faults are shown at their fields. */
  problem?: Problem | null;
  /** Settings that may be left out stand below a line to open. */
  foldOptional?: boolean;
}

/** A form made of a JSON schema. It is no `<form>`: the page has one around it, with name and buttons. */
export function SchemaForm({
  fields,
  value,
  onChange,
  showFaults = false,
  problem = null,
  foldOptional = false,
}: SchemaFormProps) {
  const faults = faultsOf(fields, value);
  const faultOf = (path: string): string | undefined =>
    (showFaults ? faults.get(path) : undefined) ?? serverFault(problem, path);
  const isFirst = (field: SchemaField): boolean => !foldOptional || field.required;
  const folded = fields.filter((field) => !isFirst(field));
  const input = (field: SchemaField) => (
    <SchemaInput
      key={field.name}
      field={field}
      path={field.name}
      value={value[field.name]}
      faultOf={faultOf}
      onChange={(next) => onChange(withSetting(value, field.name, next))}
    />
  );
  const needsLook = folded.some(
    ({ name, fields: inner }) =>
      value[name] !== undefined ||
      faultOf(name) !== undefined ||
      inner.some((part) => faultOf(`${name}.${part.name}`) !== undefined),
  );
  return (
    <div class="stack">
      {fields.filter(isFirst).map(input)}
      {folded.length > 0 && (
        <details class="schema-more" open={needsLook}>
          <summary>More settings</summary>
          <div class="stack">{folded.map(input)}</div>
        </details>
      )}
    </div>
  );
}

/** Whether the settings can be sent. */
export function isComplete(fields: readonly SchemaField[], value: Settings): boolean {
  return faultsOf(fields, value).size === 0;
}

/** The names by which a problem can speak of these settings: for `<FormError fields={…}>`. */
export function faultNames(fields: readonly SchemaField[]): string[] {
  return fields.flatMap(({ name, fields: inner }) => [
    name,
    `settings.${name}`,
    ...inner.map((field) => `settings.${name}.${field.name}`),
  ]);
}

function serverFault(problem: Problem | null, path: string): string | undefined {
  const fault = problem?.fields.get(`settings.${path}`) ?? problem?.fields.get(path);
  // The server names the field first; here it stands below it.
  return fault?.replace(/^settings\.\S+ /, 'This ');
}

/** Settings with another value for one; undefined takes it away. */
export function withSetting(settings: Settings, name: string, value: unknown): Settings {
  const rest = Object.fromEntries(Object.entries(settings).filter(([key]) => key !== name));
  return value === undefined ? rest : { ...settings, [name]: value };
}
