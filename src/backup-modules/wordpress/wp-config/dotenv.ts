/** Entries of a `.env` file in order; value null = named without `=`. Or why the file can't be read as phpdotenv would. */
export type DotenvResult = { ok: true; entries: [string, string | null][] } | { ok: false; line: number };

/** Looks a variable up for `${NAME}`; null = unknown, undefined = not set. */
export type DotenvLookup = (name: string) => string | null | undefined;

/**
 * Reads `.env` text as vlucas/phpdotenv 5 does: comments, `export`, quotes, escapes, several-line double-quoted values,
 * `${NAME}` of earlier entries. Works on binary text. A value that needs an unknown variable is left out of `known`.
 */
export function parseDotenv(source: string, lookup: DotenvLookup): DotenvResult & { unknown?: Set<string> } {
  const entries: [string, string | null][] = [];
  const unknown = new Set<string>();
  const earlier = new Map<string, string | null>();
  const lines = source.split(/\r\n|\n|\r/);
  for (let i = 0; i < lines.length; i++) {
    const number = i + 1;
    let line = lines[i] ?? '';
    if (line.includes('="') && !closes(line, true)) {
      const buffer = [line];
      let closed = false;
      while (!closed && i + 1 < lines.length) {
        const next = lines[++i] ?? '';
        buffer.push(next);
        closed = closes(next, false);
      }
      if (!closed) break; // phpdotenv drops an entry that never closes
      line = buffer.join('\n');
    }
    const trimmed = phpTrim(line);
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const at = line.indexOf('=');
    const name = nameOf(phpTrim(at < 0 ? line : line.slice(0, at)));
    if (name === null) return { ok: false, line: number };
    if (at < 0) {
      entries.push([name, null]);
      continue;
    }
    const value = valueOf(phpTrim(line.slice(at + 1)), (other) =>
      earlier.has(other) ? earlier.get(other) : lookup(other),
    );
    if (value === undefined) return { ok: false, line: number };
    if (value === null) unknown.add(name);
    else unknown.delete(name);
    entries.push([name, value ?? '']);
    earlier.set(name, value);
  }
  return { ok: true, entries, unknown };
}

const phpTrim = (text: string): string => text.replace(/^[ \t\n\r\0\v]+/, '').replace(/[ \t\n\r\0\v]+$/, '');

/** Whether a line holds the closing quote of a double-quoted value. */
function closes(line: string, started: boolean): boolean {
  if (line === '"') return true;
  const count = [...line.replaceAll('\\\\', '').matchAll(/(?=([^\\]"))/g)].length;
  return started ? count > 1 : count >= 1;
}

function nameOf(raw: string): string | null {
  let name = raw;
  if (name.length > 8 && /^export[ \t\n\r\v\f]/.test(name)) name = name.slice(6).replace(/^[ \t\n\r\0\v]+/, '');
  if (name.length > 2 && /^(?:"[^]*"|'[^]*')$/.test(name)) name = name.slice(1, -1);
  return /^[A-Za-z0-9_.]+$/.test(name) ? name : null;
}

const ESCAPES: Readonly<Record<string, string>> = {
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  '\\': '\\',
  $: '$',
};

/** The value; null when it needs an unknown variable; undefined when phpdotenv would refuse it. */
function valueOf(raw: string, lookup: DotenvLookup): string | null | undefined {
  if (raw === '') return '';
  const quote = raw.charAt(0);
  if (quote === "'") {
    const end = raw.indexOf("'", 1);
    return end < 0 || !onlyComment(raw.slice(end + 1)) ? undefined : raw.slice(1, end);
  }
  if (quote !== '"') {
    if (quote === '#') return '';
    const match = /^[^\s#]*/.exec(raw);
    const text = match?.[0] ?? '';
    if (!onlyComment(raw.slice(text.length))) return undefined;
    return resolve(
      text.split('').map((char) => ({ char, variable: char === '$' })),
      lookup,
    );
  }
  const output: { char: string; variable: boolean }[] = [];
  for (let i = 1; i < raw.length; i++) {
    const char = raw.charAt(i);
    if (char === '"') return onlyComment(raw.slice(i + 1)) ? resolve(output, lookup) : undefined;
    if (char !== '\\') {
      output.push({ char, variable: char === '$' });
      continue;
    }
    const escaped = ESCAPES[raw.charAt(++i)];
    if (escaped === undefined) return undefined;
    output.push({ char: escaped, variable: false });
  }
  return undefined;
}

const onlyComment = (rest: string): boolean => /^(?:\s*|\s*#[^]*)$/.test(rest);

/** Puts `${NAME}` in place; one that is not set stays as it is written. */
function resolve(output: readonly { char: string; variable: boolean }[], lookup: DotenvLookup): string | null {
  const text = output.map((piece) => piece.char).join('');
  let result = '';
  for (let i = 0; i < text.length; i++) {
    const match = output[i]?.variable === true ? /^\$\{([A-Za-z0-9_.]+)\}/.exec(text.slice(i, i + 300)) : null;
    if (match?.[1] === undefined) {
      result += text.charAt(i);
      continue;
    }
    const value = lookup(match[1]);
    if (value === null) return null;
    result += value ?? match[0];
    i += match[0].length - 1;
  }
  return result;
}
