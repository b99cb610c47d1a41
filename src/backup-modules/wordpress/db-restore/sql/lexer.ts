/**
 * SQL text here is a "byte string": one character per byte (latin1), so that nothing is changed by decoding whatever
 * the character set of the dump is. Only ASCII bytes carry meaning in the character sets a dump may have.
 */
export type SqlBytes = string;

/** The parts of sql_mode that change where a token ends. */
export interface LexMode {
  ansiQuotes: boolean;
  noBackslashEscapes: boolean;
}

export const PLAIN_MODE: LexMode = { ansiQuotes: false, noBackslashEscapes: false };

export type TokenKind = 'word' | 'identifier' | 'string' | 'comment' | 'punctuation';

export interface Token {
  kind: TokenKind;
  start: number;
  end: number;
  /** Word: upper case. Identifier: unquoted. Otherwise as written. */
  value: string;
}

const WORD = /[\w$@\u0080-\u00ff]+/y;
const SPACE = /\s+/y;
const LINE_COMMENT = /(?:#|--(?=\s|$))[^\n]*/y;

/** End of a quoted run that starts at `start`; the text's length when it never closes. */
export function endOfQuoted(text: SqlBytes, start: number, mode: LexMode): number {
  const quote = text[start];
  const escapes = quote !== '`' && !mode.noBackslashEscapes && !(quote === '"' && mode.ansiQuotes);
  for (let i = start + 1; i < text.length; i += 1) {
    const c = text[i];
    if (c === '\\' && escapes) i += 1;
    else if (c === quote) {
      if (text[i + 1] === quote) i += 1;
      else return i + 1;
    }
  }
  return text.length;
}

function readAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

/** Length of a plain comment at `at`, or 0. Executable comments must be unwrapped before (see unwrap.ts). */
export function commentLength(text: SqlBytes, at: number): number {
  const c = text[at];
  if (c === '/' && text[at + 1] === '*') {
    const close = text.indexOf('*/', at + 2);
    return (close < 0 ? text.length : close + 2) - at;
  }
  if (c === '#' || c === '-') return readAt(LINE_COMMENT, text, at)?.length ?? 0;
  return 0;
}

/** All tokens but white space. Comments are left out unless asked for. */
export function tokenize(text: SqlBytes, mode: LexMode = PLAIN_MODE, withComments = false): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const space = readAt(SPACE, text, at);
    if (space !== null) {
      at += space.length;
      continue;
    }
    const token = tokenAt(text, at, mode);
    if (token.kind !== 'comment' || withComments) tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function tokenAt(text: SqlBytes, at: number, mode: LexMode): Token {
  const comment = commentLength(text, at);
  if (comment > 0) return { kind: 'comment', start: at, end: at + comment, value: text.slice(at, at + comment) };
  const c = text.charAt(at);
  if (c === '`' || c === "'" || c === '"') {
    const end = endOfQuoted(text, at, mode);
    const isIdentifier = c === '`' || (c === '"' && mode.ansiQuotes);
    const raw = text.slice(at, end);
    const value = isIdentifier ? raw.slice(1, -1).replaceAll(c + c, c) : raw;
    return { kind: isIdentifier ? 'identifier' : 'string', start: at, end, value };
  }
  const word = readAt(WORD, text, at);
  if (word !== null) return { kind: 'word', start: at, end: at + word.length, value: word.toUpperCase() };
  return { kind: 'punctuation', start: at, end: at + 1, value: c };
}

/** Whether the tokens from `index` on are these words (or punctuation), in a row. */
export function isSequence(tokens: readonly Token[], index: number, ...values: string[]): boolean {
  return values.every((value, i) => {
    const token = tokens[index + i];
    return token !== undefined && (token.kind === 'word' || token.kind === 'punctuation') && token.value === value;
  });
}

/** The name a token stands for: a quoted identifier or a bare word as written; null when it is neither. */
export function nameOf(token: Token | undefined, text: SqlBytes): string | null {
  if (token === undefined) return null;
  const raw =
    token.kind === 'identifier' ? token.value : token.kind === 'word' ? text.slice(token.start, token.end) : null;
  return raw === null ? null : decodeName(raw);
}

/** A name in byte form as text (names are stored as UTF-8 in a dump). */
export function decodeName(bytes: SqlBytes): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** A name quoted for SQL, as text. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A name quoted for SQL, in byte form. */
export function quoteNameBytes(name: string): SqlBytes {
  return toBytes(quoteName(name));
}

/** Text in byte form. */
export function toBytes(text: string): SqlBytes {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Replaces `[start, end)` runs of a text; they must not overlap. */
export function splice(text: string, edits: readonly { start: number; end: number; text: string }[]): string {
  let result = '';
  let at = 0;
  for (const edit of [...edits].toSorted((a, b) => a.start - b.start)) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}
