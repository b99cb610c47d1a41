/**
 * A JavaScript pattern equal to a PHP one, for the plain patterns configurations use (literals, classes, one or two
 * repeats, anchors). Null for everything else: no groups, no alternatives, nothing that could take long.
 */
export function safePattern(pattern: string): RegExp | null {
  const delimiter = pattern.charAt(0);
  if (!/^[/#~!@%|]$/.test(delimiter)) return null;
  const end = pattern.lastIndexOf(delimiter);
  const flags = pattern.slice(end + 1);
  const body = pattern.slice(1, end);
  if (end < 1 || body.length > 200 || !/^i?$/.test(flags) || !/^[\x20-\x7e]*$/.test(body)) return null;
  let result = '';
  let repeats = 0;
  let quantifiable = false;
  for (let i = 0; i < body.length;) {
    const rest = body.slice(i);
    const token =
      /^\[\^?\]?(?:\\[^a-zA-Z0-9]|\\[dw]|[^\]\\[])*\]/.exec(rest)?.[0] ??
      /^\\(?:[^a-zA-Z0-9]|[dw])/.exec(rest)?.[0] ??
      rest.charAt(0);
    if (token.startsWith('[')) {
      if (token.length < 3 || /^\[\^?\]/.test(token)) return null;
      result += token;
      quantifiable = true;
    } else if (token === '^' || token === '$') {
      if (token === '^' ? i !== 0 : i !== body.length - 1) return null;
      result += token === '^' ? '^' : '(?=\\n?(?![\\s\\S]))';
      quantifiable = false;
    } else if ('*+?'.includes(token)) {
      if (!quantifiable || ++repeats > 2) return null;
      result += token;
      quantifiable = false;
    } else if (token === '.') {
      result += '[^\\n]';
      quantifiable = true;
    } else if (token.startsWith('\\') ? token.length === 2 : /^[A-Za-z0-9 _:/@#~!%&=;,"'<>`-]$/.test(token)) {
      result +=
        token.startsWith('\\') && /[^a-zA-Z0-9]/.test(token.charAt(1))
          ? `\\x${token.charCodeAt(1).toString(16).padStart(2, '0')}`
          : token;
      quantifiable = true;
    } else return null;
    i += token.length;
  }
  try {
    return new RegExp(result, `g${flags}`);
  } catch {
    return null;
  }
}
