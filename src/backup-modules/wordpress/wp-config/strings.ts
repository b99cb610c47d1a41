import { field, nodes, text, type Node } from './ast.js';

const SIMPLE: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  v: '\v',
  e: '\x1b',
  f: '\f',
  '\\': '\\',
  $: '$',
};

/** What a single-quoted literal's inner text means. */
export function unescapeSingle(raw: string): string {
  return raw.replaceAll(/\\([\\'])/g, '$1');
}

/** What text between double quotes (`quote` = `"`) or in a heredoc (no quote) means, as bytes; null when it is not valid. */
export function unescapeDouble(raw: string, quote: string): string | null {
  let valid = true;
  const value = raw.replaceAll(
    /\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u\{([^}]*)\}|([\s\S]))/g,
    (all: string, octal?: string, hex?: string, code?: string, char?: string) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (code !== undefined) {
        const point = /^[0-9A-Fa-f]{1,8}$/.test(code) ? Number.parseInt(code, 16) : Number.NaN;
        if (!(point <= 0x10ffff) || (point >= 0xd800 && point <= 0xdfff)) {
          valid = false;
          return '';
        }
        return Buffer.from(String.fromCodePoint(point), 'utf8').toString('latin1');
      }
      if (char === quote && quote !== '') return quote;
      return SIMPLE[char ?? ''] ?? all;
    },
  );
  return valid && !/\\u\{/.test(raw.replaceAll(/\\\\|\\u\{[^}]*\}/g, '')) ? value : null;
}

/** The value of a quoted literal from its source text; null when the source is not as expected. */
export function literalString(node: Node): string | null {
  const raw = text(node, 'raw');
  const inner = raw.startsWith('b') || raw.startsWith('B') ? raw.slice(1) : raw;
  if (inner.length < 2) return null;
  const body = inner.slice(1, -1);
  if (inner.startsWith("'") && inner.endsWith("'")) return unescapeSingle(body);
  if (inner.startsWith('"') && inner.endsWith('"')) return unescapeDouble(body, '"');
  return null;
}

/** Indentation of a heredoc's closing label, from its source text. */
function closingIndent(raw: string, label: string): string | null {
  const match = new RegExp(`(?:\\r\\n|\\n|\\r)([ \\t]*)${label}\\s*$`).exec(raw);
  return match === null ? null : (match[1] ?? '');
}

/** Takes the indentation off each line; null when a line has less (a parse error in PHP). `atStart`: text begins a line. */
function dedent(body: string, indent: string, atStart: boolean, atEnd: boolean): string | null {
  if (indent === '') return body;
  const pieces = body.split(/(\r\n|\n|\r)/);
  for (let i = 0; i < pieces.length; i += 2) {
    const line = pieces[i] ?? '';
    if (i === 0 && !atStart) continue;
    if (line.startsWith(indent)) pieces[i] = line.slice(indent.length);
    else if (/^[ \t]*$/.test(line) && (i < pieces.length - 1 || atEnd)) pieces[i] = '';
    else return null;
  }
  return pieces.join('');
}

const dropLastBreak = (body: string): string | null => {
  const match = /(?:\r\n|\n|\r)[ \t]*$/.exec(body);
  return match === null ? null : body.slice(0, match.index);
};

/** The value of a nowdoc from its source text; null when it is not as expected. */
export function nowdocString(node: Node): string | null {
  const raw = text(node, 'raw');
  const head = /^[bB]?<<<[ \t]*'([^']+)'(?:\r\n|\n|\r)/.exec(raw);
  const label = head?.[1];
  if (head === null || label === undefined) return null;
  const indent = closingIndent(raw, label);
  if (indent === null) return null;
  const body = raw.slice(head[0].length, raw.trimEnd().length - label.length);
  if (/^[ \t]*$/.test(body)) return '';
  const content = dropLastBreak(body);
  return content === null ? null : dedent(content, indent, true, true);
}

export type StringPart = { text: string } | { expression: Node };

/** The parts of an interpolated string or heredoc, literals unescaped; null when the source is not as expected. */
export function interpolationParts(node: Node): StringPart[] | null {
  const heredoc = text(node, 'type') === 'heredoc';
  const raw = text(node, 'raw');
  const parts = nodes(node, 'value');
  let indent = '';
  if (heredoc) {
    const found = closingIndent(raw, text(node, 'label'));
    if (found === null) return null;
    indent = found;
  }
  const result: StringPart[] = [];
  for (const [index, part] of parts.entries()) {
    const expression = field(part, 'expression');
    if (expression === null) return null;
    const isLiteral = expression.kind === 'string' && part['syntax'] === null;
    if (!isLiteral) {
      result.push({ expression });
      continue;
    }
    let body: string | null = text(expression, 'raw');
    const last = index === parts.length - 1;
    if (heredoc) {
      if (last) body = index === 0 && /^[ \t]*$/.test(body) ? '' : dropLastBreak(body);
      if (body !== null) body = dedent(body, indent, index === 0, last);
    }
    const value = body === null ? null : unescapeDouble(body, heredoc ? '' : '"');
    if (value === null) return null;
    result.push({ text: value });
  }
  // A first part that is a variable must stand behind the indentation the closing label asks for, else PHP refuses it.
  if (heredoc && indent !== '' && result[0] !== undefined && 'expression' in result[0]) return null;
  return result;
}
