import type { Dto } from '../../api/client.ts';
import { words } from '../../lib/format.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { PasswordInput } from '../../ui/password-input.tsx';
import { Select } from '../../ui/select.tsx';
import { TextInput } from '../../ui/text-input.tsx';

/** What the fields need of a JSON schema. */
interface Property {
  type?: string;
  title?: string;
  description?: string;
  enum?: readonly string[];
  default?: string | number | boolean;
  examples?: readonly (string | number)[];
}

export type Values = Readonly<Record<string, string | boolean>>;

interface StorageFieldsProps {
  kind: Dto<'StorageKindDto'>;
  values: Values;
  onChange: (values: Values) => void;
  /** Also those that have a good default. */
  more: boolean;
}

/** Those that one cannot do without, and the few that most have to look at. */
const FIRST = new Set(['endpoint', 'region', 'prefix']);

/** Fields for the settings of a storage, made from its JSON schema. Objects in it are left to the page of storages. */
export function StorageFields({ kind, values, onChange, more }: StorageFieldsProps) {
  const { properties, required } = schemaOf(kind);
  const shown = Object.entries(properties).filter(
    ([name, { type }]) => type !== 'object' && (more || required.has(name) || FIRST.has(name)),
  );
  return (
    <div class="field-grid">
      {shown.map(([name, property]) => {
        const set = (value: string | boolean): void => onChange({ ...values, [name]: value });
        const value = values[name];
        const text = typeof value === 'string' ? value : '';
        const label = (property.title ?? words(name)) + (required.has(name) ? '' : ' (optional)');
        const hint = property.description;
        const example = property.examples?.[0] ?? property.default;
        const texts = { label, ...(hint === undefined ? {} : { hint }) };
        if (property.type === 'boolean')
          return <Checkbox key={name} {...texts} checked={value === true} onChange={set} />;
        if (property.enum !== undefined)
          return (
            <Select
              key={name}
              {...texts}
              value={text === '' ? String(property.default ?? property.enum[0] ?? '') : text}
              options={property.enum.map((one) => ({ value: one, title: one }))}
              onChange={set}
            />
          );
        if (kind.secretSettings.includes(name) && name !== 'accessKeyId')
          return <PasswordInput key={name} {...texts} value={text} onInput={set} autocomplete="off" />;
        return (
          <TextInput
            key={name}
            {...texts}
            mono
            autocomplete="off"
            spellcheck={false}
            value={text}
            onInput={set}
            {...(example === undefined ? {} : { placeholder: String(example) })}
          />
        );
      })}
    </div>
  );
}

/** The values as the API takes them: numbers as numbers, and nothing for what was left empty. */
export function settingsOf(kind: Dto<'StorageKindDto'>, values: Values): Record<string, unknown> {
  const { properties } = schemaOf(kind);
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name, value]) => value !== '' && name in properties)
      .map(([name, value]) => [name, isNumber(properties[name]) ? Number(value) : value]),
  );
}

const isNumber = (property: Property | undefined): boolean =>
  property?.type === 'integer' || property?.type === 'number';

function schemaOf({ settingsSchema }: Dto<'StorageKindDto'>): {
  properties: Record<string, Property>;
  required: ReadonlySet<string>;
} {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a JSON schema of our own server
  const schema = settingsSchema as { properties?: Record<string, Property>; required?: string[] };
  return { properties: schema.properties ?? {}, required: new Set(schema.required) };
}
