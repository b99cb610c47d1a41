import { words } from './format.ts';

/** Settings as the API takes and gives them. */
export type Settings = Readonly<Record<string, unknown>>;

/** What stands in place of a secret that the server has and does not show. */
export const KEPT_SECRET = '***';

/** One setting, with all that a form needs to ask for it. */
export interface SchemaField {
  name: string;
  label: string;
  hint: string | undefined;
  /** `maybe`: yes, no, or left to the server. `text-lines` is one text of many lines; `list` are texts, one a line. */
  kind: 'text' | 'text-lines' | 'secret' | 'number' | 'boolean' | 'maybe' | 'choice' | 'list' | 'group' | 'other';
  required: boolean;
  default: unknown;
  options: readonly string[];
  example: string | undefined;
  minimum: number | undefined;
  maximum: number | undefined;
  minLength: number | undefined;
  pattern: RegExp | undefined;
  /** Of a group. */
  fields: readonly SchemaField[];
}

/** Texts longer than this are asked for in a field of several lines. */
const LONG_TEXT = 2001;

/** The settings that a JSON schema describes, in its order. What it has besides (`anyOf` and the like) is of the kind `other`. */
export function fieldsOf(schema: unknown, secrets: readonly string[] = []): SchemaField[] {
  const root = objectOf(schema);
  const required = textsOf(root['required']);
  return Object.entries(objectOf(root['properties'])).map(([name, part]) =>
    fieldOf(name, objectOf(part), required.includes(name), secrets.includes(name)),
  );
}

function fieldOf(name: string, part: Settings, required: boolean, secret: boolean): SchemaField {
  const kind = secret ? 'secret' : kindOf(part);
  // What holds for each text of a list stands with them.
  const text = kind === 'list' ? objectOf(part['items']) : part;
  const examples = Array.isArray(part['examples']) ? part['examples'] : [];
  return {
    name,
    label:
      textOf(part['title']) ??
      words(name.replaceAll(/([a-z0-9])([A-Z])/g, (_all, a: string, b: string) => `${a} ${b.toLowerCase()}`)),
    hint: sentence(textOf(part['description'])),
    kind,
    required,
    default: part['default'],
    options: textsOf(part['enum']),
    example: textOf(examples[0]),
    minimum: numberOf(part['minimum']),
    maximum: numberOf(part['maximum']),
    minLength: numberOf(text['minLength']),
    pattern: patternOf(text['pattern']),
    fields: fieldsOf(part),
  };
}

function kindOf(part: Settings): SchemaField['kind'] {
  if (textsOf(part['enum']).length > 0) return 'choice';
  switch (part['type']) {
    case 'string':
      return (numberOf(part['maxLength']) ?? 0) >= LONG_TEXT && part['pattern'] === undefined ? 'text-lines' : 'text';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return part['default'] === undefined ? 'maybe' : 'boolean';
    case 'array':
      return objectOf(part['items'])['type'] === 'string' ? 'list' : 'other';
    case 'object':
      return Object.keys(objectOf(part['properties'])).length > 0 ? 'group' : 'other';
    default:
      return 'other';
  }
}

/** What is wrong with the settings before the server is asked: by field, those of groups as `group.field`. */
export function faultsOf(fields: readonly SchemaField[], settings: Settings): Map<string, string> {
  const faults = new Map<string, string>();
  for (const field of fields) {
    const value = settings[field.name];
    if (field.kind === 'group' && value !== undefined && value !== null) {
      for (const [name, fault] of faultsOf(field.fields, objectOf(value))) faults.set(`${field.name}.${name}`, fault);
      continue;
    }
    const fault = faultOf(field, value);
    if (fault !== null) faults.set(field.name, fault);
  }
  return faults;
}

function faultOf(field: SchemaField, value: unknown): string | null {
  if (value === undefined || value === null || value === '')
    return field.required && field.default === undefined ? 'This is needed.' : null;
  if (value === KEPT_SECRET && field.kind === 'secret') return null;
  if (field.kind === 'number') return numberFault(field, value);
  const texts = Array.isArray(value) ? textsOf(value) : typeof value === 'string' ? [value] : [];
  for (const text of texts) {
    if (field.minLength !== undefined && text.length < field.minLength)
      return `At least ${field.minLength} characters.`;
    if (field.pattern !== undefined && !field.pattern.test(text))
      return texts.length > 1 || field.kind === 'list'
        ? `“${text}” does not have the form that is needed here.`
        : 'This does not have the form that is needed here.';
  }
  return null;
}

function numberFault({ minimum, maximum }: SchemaField, value: unknown): string | null {
  if (typeof value !== 'number') return 'A number is needed.';
  const isLow = minimum !== undefined && value < minimum;
  const isHigh = maximum !== undefined && value > maximum;
  if (!isLow && !isHigh) return null;
  if (minimum !== undefined && maximum !== undefined) return `From ${minimum} to ${maximum}.`;
  return isLow ? `At least ${minimum}.` : `At most ${maximum}.`;
}

/** What the server has to be told: settings that differ; null for those that were taken away. Secrets that stay are not named. */
export function changesOf(before: Settings, after: Settings): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const value = after[name];
    if (value === KEPT_SECRET || JSON.stringify(before[name]) === JSON.stringify(value)) continue;
    changes[name] = value ?? null;
  }
  return changes;
}

/** `absolute path` → `Absolute path.`: descriptions are shown as sentences. */
function sentence(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  const begun = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return /[.?…/)]$/.test(begun) ? begun : `${begun}.`;
}

/** A part of the settings as an object; none is an empty one. */
export function objectOf(value: unknown): Settings {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every object that is no array is one of these
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Settings) : {};
}

/** The texts of a list. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

function patternOf(value: unknown): RegExp | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return new RegExp(value, 'u');
  } catch {
    // The server knows it, and says what does not fit.
    return undefined;
  }
}
