import { relative } from 'node:path';
import type { ConfigValue, EvaluatedConfig } from '../wp-config/evaluate.js';

/** Reads values of one site: the given overrides win over what its configuration says. Collects what is unknown. */
export class Settings {
  readonly unknown: string[] = [];

  constructor(
    private readonly config: EvaluatedConfig,
    private readonly overrides: Readonly<Record<string, string>>,
    private readonly root: string,
  ) {}

  /** A text that must be known; null (and a line in `unknown`) when it is not. */
  need(name: string): string | null {
    const override = this.overrides[name];
    if (override !== undefined) return override;
    const value = this.config.constant(name);
    if (value === undefined) return this.miss(`${name}: is not defined in the configuration`);
    return this.text(name, value);
  }

  /** A text that may be absent: undefined then; null when it is unknown. */
  maybe(name: string): string | null | undefined {
    const override = this.overrides[name];
    if (override !== undefined) return override;
    const value = this.config.constant(name);
    return value === undefined ? undefined : this.text(name, value);
  }

  /** Whether a constant is known and true. */
  isTrue(name: string): boolean {
    const override = this.overrides[name];
    if (override !== undefined) return !['', '0', 'false'].includes(override);
    const value = this.config.constant(name);
    return value?.known === true && Boolean(value.value) && value.value !== '0' && value.value !== 0n;
  }

  isDefined(name: string): boolean {
    return this.overrides[name] !== undefined || this.config.constants.has(name);
  }

  tablePrefix(): string | null {
    const override = this.overrides['table_prefix'];
    const value =
      override === undefined ? this.config.variable('table_prefix') : { known: true as const, value: override };
    if (value === undefined) return this.miss('table_prefix: is not set in the configuration');
    const prefix = this.text('table_prefix', value);
    // WordPress refuses such a prefix; it would go into SQL.
    if (prefix !== null && /[^A-Za-z0-9_]/.test(prefix))
      return this.miss('table_prefix: holds characters that WordPress refuses');
    return prefix;
  }

  miss(line: string): null {
    this.unknown.push(line);
    return null;
  }

  private text(name: string, value: ConfigValue): string | null {
    if (!value.known) {
      const file = value.file === '' ? '' : ` (${relative(this.root, value.file) || value.file}:${value.line})`;
      return this.miss(`${name}: ${value.reason}${file}`);
    }
    const data = value.value;
    if (typeof data === 'string') return data;
    if (typeof data === 'bigint') return data.toString();
    if (data === null || data === false) return '';
    if (Buffer.isBuffer(data)) return this.miss(`${name}: its bytes are not UTF-8; give it as an override`);
    return this.miss(`${name}: is not a text`);
  }
}
