/** One line of a configuration file. */
export interface ConfigLine {
  name: string;
  value: string;
  line: number;
}

/**
 * Reads `NAME=value` lines: blank lines and `#` comments are skipped, `export ` in front is allowed, a value may stand in
 * single or double quotes, white space around name and value is dropped. A `#` inside a value belongs to the value.
 */
export function parseConfigFile(text: string): { lines: ConfigLine[]; faults: string[] } {
  const lines: ConfigLine[] = [];
  const faults: string[] = [];
  const seen = new Map<string, number>();
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const line = index + 1;
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) continue;
    const match = /^(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(content);
    const name = match?.[1];
    if (match === null || name === undefined) {
      // The line itself is not shown: it may hold a secret.
      faults.push(`line ${line}: is not NAME=value`);
      continue;
    }
    const earlier = seen.get(name);
    if (earlier !== undefined) faults.push(`line ${line}: ${name} was already set in line ${earlier}`);
    seen.set(name, line);
    lines.push({ name, value: unquote(match[2] ?? ''), line });
  }
  return { lines, faults };
}

function unquote(value: string): string {
  const quoted = /^(["'])(.*)\1$/.exec(value);
  return quoted?.[2] ?? value;
}
