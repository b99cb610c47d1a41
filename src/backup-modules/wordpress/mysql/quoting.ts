/** A table, column or database name for SQL text: `` `a``b` ``. Any character but NUL, which no name can hold. */
export function quoteIdentifier(name: string): string {
  if (name.includes('\0')) throw new RangeError('An SQL identifier cannot hold a NUL character.');
  return `\`${name.replaceAll('`', '``')}\``;
}

/** `` `db`.`table` `` */
export function quoteQualified(database: string, name: string): string {
  return `${quoteIdentifier(database)}.${quoteIdentifier(name)}`;
}

const escapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\n': '\\n',
  '\r': '\\r',
  '\u001a': '\\Z',
  "'": "\\'",
  '"': '\\"',
  '\\': '\\\\',
};

/** A string literal with its quotes, for sessions without NO_BACKSLASH_ESCAPES. */
export function quoteString(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the characters to escape
  return `'${text.replaceAll(/[\0\n\r\u001a'"\\]/g, (c) => escapes[c] ?? c)}'`;
}

/** The text as a LIKE pattern that matches only itself (`_`, `%` and `\` escaped). Still to be quoted as a string. */
export function escapeLike(text: string): string {
  return text.replaceAll(/[\\_%]/g, String.raw`\$&`);
}

/** The name between backticks (or double quotes) at the start of `text`, or the bare word; null when there is none. */
export function readIdentifier(text: string): { name: string; length: number } | null {
  if (text.startsWith('`')) {
    const match = /^`((?:[^`]|``)*)`/.exec(text);
    return match ? { name: (match[1] ?? '').replaceAll('``', '`'), length: match[0].length } : null;
  }
  const quoted = /^"((?:[^"]|"")*)"/.exec(text);
  if (quoted) return { name: (quoted[1] ?? '').replaceAll('""', '"'), length: quoted[0].length };
  const word = /^[^\s`'"(),;*]+/.exec(text);
  return word ? { name: word[0], length: word[0].length } : null;
}
