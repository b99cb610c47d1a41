/** What takes the place of a secret. */
const HIDDEN = '***';
const MIN_LENGTH = 4;

/**
 * Makes values safe to keep and show: the given secrets are blotted out wherever they appear in a text (an error message
 * of a client program, a path), and texts that PostgreSQL's jsonb can't hold are made harmless.
 */
export class SafeValues {
  private readonly secrets: readonly string[];

  constructor(secrets: readonly string[]) {
    // Very short ones would blot out half of every text. Longest first, so that no part of one remains.
    this.secrets = [...new Set(secrets)]
      .filter((secret) => secret.length >= MIN_LENGTH)
      .toSorted((a, b) => b.length - a.length);
  }

  /** The same, with more secrets. */
  with(secrets: readonly string[]): SafeValues {
    return new SafeValues([...this.secrets, ...secrets]);
  }

  text(value: string): string {
    let safe = value.toWellFormed().replaceAll('\0', '\uFFFD');
    for (const secret of this.secrets) safe = safe.replaceAll(secret, HIDDEN);
    return safe;
  }

  record(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [this.text(name), this.any(item)]));
  }

  private any(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'bigint') return value.toString();
    if (value instanceof Date) return value.toISOString();
    if (Array.isArray(value)) return value.map((item) => this.any(item));
    if (typeof value === 'object' && value !== null) return this.record(Object.fromEntries(Object.entries(value)));
    return value;
  }
}

const SECRET_NAME = /pass|secret|key|token/i;

/** What of a site's overrides must never be shown. */
export function secretsOf({ overrides }: { overrides: Readonly<Record<string, string>> }): string[] {
  return Object.entries(overrides).flatMap(([name, value]) => (SECRET_NAME.test(name) ? [value] : []));
}

/** All texts inside a value, however deep: what must never be shown of a sealed request. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((item) => textsIn(item));
}
