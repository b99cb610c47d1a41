import type { FieldFault } from '../../common/http/index.js';
import type { SecretBox } from '../secrets/index.js';
import type { StoredOverride } from './site.entity.js';

/** Shown in place of a secret; sent back, it means "as it was". */
export const MASK = '***';

const secretName = /pass|secret|key|token|salt|database_url/i;
const validName = /^[A-Za-z_][A-Za-z0-9_.]{0,199}$/;
const MAX_LENGTH = 10_000;

export type StoredOverrides = Readonly<Record<string, StoredOverride>>;

/** What is wrong with the given overrides. */
export function overrideFaults(overrides: Readonly<Record<string, unknown>>): FieldFault[] {
  return Object.entries(overrides).flatMap(([name, value]) => {
    const field = `overrides.${name}`;
    if (!validName.test(name)) return [{ field, message: `${field} is not a name (letters, digits, "_", ".")` }];
    if (typeof value !== 'string' || value.length > MAX_LENGTH || value.includes('\0'))
      return [{ field, message: `${field} must be a text of at most ${MAX_LENGTH} characters` }];
    return [];
  });
}

/** As they are kept: secrets sealed; a masked one stays what it was. */
export function storeOverrides(
  given: Readonly<Record<string, string>>,
  before: StoredOverrides,
  secrets: SecretBox,
): Record<string, StoredOverride> {
  const stored: Record<string, StoredOverride> = {};
  for (const [name, value] of Object.entries(given)) {
    const old = before[name];
    if (value === MASK && old !== undefined && 'sealed' in old) stored[name] = old;
    else stored[name] = secretName.test(name) ? { sealed: secrets.seal(value) } : { value };
  }
  return stored;
}

/** With the secrets in the clear: for modules only. */
export function revealOverrides(stored: StoredOverrides, secrets: SecretBox): Record<string, string> {
  return mapValues(stored, (override) => ('sealed' in override ? secrets.reveal(override.sealed) : override.value));
}

/** For people: secrets masked. */
export function maskOverrides(stored: StoredOverrides): Record<string, string> {
  return mapValues(stored, (override) => ('sealed' in override ? MASK : override.value));
}

/** Those that are no secrets. */
export function openOverrides(stored: StoredOverrides): Record<string, string> {
  const open = Object.entries(stored).flatMap(([name, override]) =>
    'sealed' in override ? [] : [[name, override.value]],
  );
  return Object.fromEntries(open);
}

function mapValues(stored: StoredOverrides, change: (override: StoredOverride) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(stored).map(([name, override]) => [name, change(override)]));
}
