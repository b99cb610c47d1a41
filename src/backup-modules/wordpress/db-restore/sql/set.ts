import { isSequence, tokenize, type SqlBytes, type Token } from './lexer.js';

/** The session settings a stored program or view is created under; null = as the dump's own session. */
export interface CreationContext {
  sqlMode: string | null;
  characterSetClient: string | null;
  collationConnection: string | null;
  timeZone: string | null;
}

export const PLAIN_CONTEXT: CreationContext = {
  sqlMode: null,
  characterSetClient: null,
  collationConnection: null,
  timeZone: null,
};

/** Settings a dump may make; the ones that matter are kept, the others mean nothing here. */
const KEPT = new Map<string, keyof CreationContext>([
  ['SQL_MODE', 'sqlMode'],
  ['CHARACTER_SET_CLIENT', 'characterSetClient'],
  ['COLLATION_CONNECTION', 'collationConnection'],
  ['TIME_ZONE', 'timeZone'],
]);
const IGNORED = new Set([
  'CHARACTER_SET_RESULTS',
  'CHARACTER_SET_CONNECTION',
  'CHARACTER_SET_DATABASE',
  'COLLATION_DATABASE',
  'SQL_NOTES',
  'SQL_QUOTE_SHOW_CREATE',
  'NOTE_VERBOSITY',
  'UNIQUE_CHECKS',
  'FOREIGN_KEY_CHECKS',
  'CHECK_CONSTRAINT_CHECKS',
  'SQL_LOG_BIN',
  'AUTOCOMMIT',
  'INSERT_ID',
  // Our own session has it on wherever it exists.
  'SYSTEM_VERSIONING_INSERT_HISTORY',
]);

export type SetResult = { ok: true } | { ok: false; reason: string };

/**
 * Understands the SET statements of a dump instead of running them: nothing a dump says changes our session, and only
 * settings of the session (never GLOBAL) are accepted. One instance per piece of the dump.
 */
export class SetInterpreter {
  context: CreationContext = { ...PLAIN_CONTEXT };
  private readonly saved = new Map<string, string | null>();

  /** Takes one SET statement (executable comments unwrapped). */
  take(sql: SqlBytes): SetResult {
    const tokens = tokenize(sql);
    if (isSequence(tokens, 1, 'NAMES')) return this.names(sql, tokens);
    let at = 1;
    while (at < tokens.length) {
      const next = this.assignment(sql, tokens, at);
      if (typeof next === 'string') return { ok: false, reason: next };
      at = next;
    }
    return { ok: true };
  }

  private names(sql: SqlBytes, tokens: readonly Token[]): SetResult {
    const value = tokens[2] && literal(sql, tokens[2]);
    const plain = tokens.length === 3 || (tokens.length === 5 && isSequence(tokens, 3, 'COLLATE'));
    if (value === undefined || !plain) return { ok: false, reason: 'an odd SET NAMES' };
    this.context.characterSetClient = value;
    return { ok: true };
  }

  /** Index after the assignment at `at`, or the reason why it is refused. */
  private assignment(sql: SqlBytes, tokens: readonly Token[], at: number): number | string {
    let i = at;
    let word = tokens[i]?.value ?? '';
    if (word === 'SESSION' || word === 'LOCAL' || word === '@@SESSION' || word === '@@LOCAL') {
      i += tokens[i + 1]?.value === '.' ? 2 : 1;
      word = tokens[i]?.value ?? '';
    }
    if (tokens[i]?.kind !== 'word') return 'an odd SET';
    const isUser = word.startsWith('@') && !word.startsWith('@@');
    const name = word.replace(/^@+/, '');
    i += 1;
    if (tokens[i]?.value === ':') i += 1;
    if (tokens[i]?.value !== '=') return `SET ${name}`;
    const value = this.value(sql, tokens, i + 1);
    if (value === null) return `SET ${name} to something that is no plain value`;
    const field = KEPT.get(name);
    if (isUser) this.saved.set(name, value.text);
    else if (field) this.context[field] = value.text;
    else if (!IGNORED.has(name)) return `SET ${name}`;
    const next = tokens[value.next];
    if (next === undefined) return value.next;
    return next.value === ',' ? value.next + 1 : `SET ${name} to something that is no plain value`;
  }

  private value(sql: SqlBytes, tokens: readonly Token[], at: number): { text: string | null; next: number } | null {
    const token = tokens[at];
    if (token === undefined) return null;
    if (token.kind === 'word' && token.value.startsWith('@@')) {
      const isScoped = tokens[at + 1]?.value === '.';
      const name = isScoped ? (tokens[at + 2]?.value ?? '') : token.value.slice(2);
      const field = KEPT.get(name);
      return { text: field ? this.context[field] : null, next: at + (isScoped ? 3 : 1) };
    }
    if (token.kind === 'word' && token.value.startsWith('@')) {
      return { text: this.saved.get(token.value.slice(1)) ?? null, next: at + 1 };
    }
    const text = literal(sql, token);
    return text === undefined ? null : { text, next: at + 1 };
  }
}

/** A plain value that is safe to hand to the server again in quotes. */
function literal(sql: SqlBytes, token: Token): string | undefined {
  const raw = sql.slice(token.start, token.end);
  const text = token.kind === 'string' ? raw.slice(1, -1) : raw;
  if (token.kind !== 'string' && token.kind !== 'word') return undefined;
  return /^[\w+:/, .-]*$/.test(text) ? text : undefined;
}
