/** What a table's definition says that matters for its rows. */
export interface TableShape {
  /** Names as in the definition, one character per byte. */
  columns: string[];
  /** Columns of the primary key; empty when there is none. */
  key: string[];
  /** Offsets of ` AUTO_INCREMENT=…` among an InnoDB table's options, if it is there (other engines copy the table to change it). */
  counter: { start: number; end: number; value: string } | null;
}

const HEAD = /^\s*CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?`(?:[^`]|``)*`\s*\(/i;
const NAME = /`((?:[^`]|``)*)`/g;
const PRIMARY = /^PRIMARY\s+KEY\s*(?:USING\s+\w+\s*)?\(/i;
const COUNTER = /^\)(?:\s*\/\*!\d+ TABLESPACE `(?:[^`]|``)*` \*\/)?\s*ENGINE=InnoDB( AUTO_INCREMENT=(\d+))(?=\s|$)/i;

/**
 * Reads a CREATE TABLE as the server prints it. Null when it is not understood: then nothing may be assumed of its rows.
 * `definition`: one character per byte.
 */
export function readTableShape(definition: string): TableShape | null {
  const head = HEAD.exec(definition);
  if (head === null) return null;
  const parts: string[] = [];
  let [at, start, depth] = [head[0].length, head[0].length, 0];
  for (;;) {
    const char = definition[at];
    if (char === undefined) return null;
    if (char === '`' || char === "'" || char === '"') {
      at = afterQuoted(definition, at, char);
      continue;
    }
    if (char === '(') depth += 1;
    const isEnd = char === ')' && depth === 0;
    if (char === ')') depth -= 1;
    if (isEnd || (char === ',' && depth === 0)) {
      parts.push(definition.slice(start, at).trim());
      start = at + 1;
    }
    if (isEnd) return { ...shapeOf(parts), counter: counterAt(definition, at) };
    at += 1;
  }
}

/** The columns that an INSERT names, in their order; null when it names none. `header`: one character per byte. */
export function insertedColumns(header: string): string[] | null {
  const list = /^INSERT INTO `(?:[^`]|``)*` \(([^]*)\) VALUES$/.exec(header)?.[1];
  return list === undefined ? null : namesIn(list);
}

function afterQuoted(text: string, from: number, quote: string): number {
  let at = from + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === '\\' && quote !== '`' ? 2 : 1;
  return at + 1;
}

function shapeOf(parts: readonly string[]): Pick<TableShape, 'columns' | 'key'> {
  const columns = parts.filter((part) => part.startsWith('`')).map((part) => namesIn(part)[0] ?? '');
  const primary = parts.find((part) => PRIMARY.test(part));
  return { columns, key: primary === undefined ? [] : namesIn(primary) };
}

function namesIn(text: string): string[] {
  return Array.from(text.matchAll(NAME), (match) => (match[1] ?? '').replaceAll('``', '`'));
}

function counterAt(definition: string, close: number): TableShape['counter'] {
  const match = COUNTER.exec(definition.slice(close));
  const [, text = '', value = ''] = match ?? [];
  if (match === null) return null;
  const end = close + match[0].length;
  return { start: end - text.length, end, value };
}
