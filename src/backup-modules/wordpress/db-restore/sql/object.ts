import {
  isSequence,
  nameOf,
  quoteNameBytes,
  splice,
  tokenize,
  type LexMode,
  type SqlBytes,
  type Token,
} from './lexer.js';

export type ObjectKind = 'view' | 'trigger' | 'function' | 'procedure' | 'package' | 'package body' | 'event';

/** A CREATE of a view or stored program, without its DEFINER. */
export interface ObjectStatement {
  kind: ObjectKind;
  name: string;
  /** Triggers only. */
  table: string | null;
  /** As the dump had it; null when it had none. */
  definer: string | null;
  sql: SqlBytes;
}

export interface ObjectNames {
  /** Table and view names of the dump to those of the target; names that stay are not in it. */
  tables: ReadonlyMap<string, string>;
  /** Database name of the dump and of the target. */
  database: { from: string; to: string };
}

/** No name changes. */
export const SAME_NAMES: ObjectNames = { tables: new Map(), database: { from: '', to: '' } };

export type ObjectResult = { ok: true; object: ObjectStatement } | { ok: false; reason: string };

const KINDS = new Map<string, ObjectKind>([
  ['VIEW', 'view'],
  ['TRIGGER', 'trigger'],
  ['FUNCTION', 'function'],
  ['PROCEDURE', 'procedure'],
  ['PACKAGE', 'package'],
  ['EVENT', 'event'],
]);
const refuse = (reason: string): ObjectResult => ({ ok: false, reason });

/**
 * Reads `CREATE … VIEW|TRIGGER|FUNCTION|PROCEDURE|EVENT` (executable comments unwrapped). DEFINER goes: the account may
 * not exist here, and naming another needs SUPER; the object then belongs to the account that loads it. Names of
 * tables that get another name are replaced wherever they stand as a whole identifier.
 */
export function parseObject(sql: SqlBytes, names: ObjectNames, mode: LexMode): ObjectResult {
  const tokens = tokenize(sql, mode);
  let at = isSequence(tokens, 0, 'CREATE') ? 1 : -1;
  if (at < 0) return refuse('no CREATE');
  if (isSequence(tokens, at, 'OR', 'REPLACE')) at += 2;
  let definer: { start: number; end: number } | null = null;
  let kind: ObjectKind | undefined;
  while (kind === undefined) {
    const token = tokens[at];
    if (token?.kind !== 'word') return refuse('a CREATE of an unknown thing');
    if (token.value === 'DEFINER') {
      const last = definerEnd(tokens, at + 1);
      definer = { start: token.start, end: tokens[last - 1]?.end ?? token.end };
      at = last;
    } else if (token.value === 'ALGORITHM') at += 3;
    else if (token.value === 'SQL') at += 3;
    else if (token.value === 'AGGREGATE') at += 1;
    else {
      kind = KINDS.get(token.value);
      if (kind === undefined) return refuse(`CREATE ${token.value}`);
      at += 1;
    }
  }
  if (kind === 'package' && isSequence(tokens, at, 'BODY')) {
    kind = 'package body';
    at += 1;
  }
  if (isSequence(tokens, at, 'IF', 'NOT', 'EXISTS')) at += 3;
  const nameToken = tokens[at];
  const rawName = nameOf(nameToken, sql);
  if (nameToken === undefined || rawName === null || tokens[at + 1]?.value === '.') {
    return refuse(`a ${kind} in another database`);
  }
  if ((kind === 'function' || kind === 'procedure') && tokens[at + 1]?.value !== '(') {
    return refuse(`a ${kind} from a library`);
  }
  const name = kind === 'view' ? (names.tables.get(rawName) ?? rawName) : rawName;
  const table = kind === 'trigger' ? triggerTable(tokens, at, sql) : null;
  if (kind === 'trigger' && table === null) return refuse('a trigger on no table or on one of another database');
  return {
    ok: true,
    object: {
      kind,
      name,
      table: table === null ? null : (names.tables.get(table) ?? table),
      definer: definer && sql.slice(definer.start, definer.end).replace(/^DEFINER\s*=\s*/i, ''),
      sql: rename(sql, tokens, names, definer),
    },
  };
}

function definerEnd(tokens: readonly Token[], at: number): number {
  let i = tokens[at]?.value === '=' ? at + 2 : at + 1;
  if (tokens[i]?.value === '(' && tokens[i + 1]?.value === ')') i += 2;
  const host = tokens[i];
  if (host?.kind === 'word' && host.value.startsWith('@')) i += host.value === '@' ? 2 : 1;
  return i;
}

function triggerTable(tokens: readonly Token[], at: number, sql: SqlBytes): string | null {
  for (let i = at + 1; i < Math.min(tokens.length, at + 12); i += 1) {
    if (isSequence(tokens, i, 'ON')) return tokens[i + 2]?.value === '.' ? null : nameOf(tokens[i + 1], sql);
  }
  return null;
}

function rename(
  sql: SqlBytes,
  tokens: readonly Token[],
  names: ObjectNames,
  definer: { start: number; end: number } | null,
): SqlBytes {
  const edits: { start: number; end: number; text: string }[] = [];
  if (definer) edits.push({ ...definer, text: '' });
  const moved = names.database.from !== names.database.to;
  tokens.forEach((token, i) => {
    if (token.kind !== 'identifier' && token.kind !== 'word') return;
    if (definer && token.start >= definer.start && token.end <= definer.end) return;
    const name = nameOf(token, sql) ?? '';
    const qualifies = tokens[i + 1]?.value === '.' && tokens[i - 1]?.value !== '.';
    const to =
      moved && qualifies && token.kind === 'identifier' && name === names.database.from
        ? names.database.to
        : names.tables.get(name);
    if (to !== undefined) edits.push({ start: token.start, end: token.end, text: quoteNameBytes(to) });
  });
  return splice(sql, edits);
}

/** The text by which two definitions of the same object are compared: DEFINER, comments' place and blanks do not count. */
export function comparableDefinition(sql: SqlBytes, mode: LexMode): string {
  const tokens = tokenize(sql, mode, true);
  const at = tokens.findIndex((token) => token.kind === 'word' && token.value === 'DEFINER');
  const head = at >= 0 && at < 8 ? [...tokens.slice(0, at), ...tokens.slice(definerEnd(tokens, at + 1))] : tokens;
  return head.map((token) => (token.kind === 'word' ? sql.slice(token.start, token.end) : token.value)).join(' ');
}
