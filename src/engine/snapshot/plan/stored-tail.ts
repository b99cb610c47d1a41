const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACE = 0x7d;
const ZERO = 0x30;
const USER = Buffer.from(',"user":"');
const GROUP = Buffer.from(',"group":"');
const SHA256 = Buffer.from(',"sha256":"');
const AFTER_SHA256 = 64 + 1;
const LOCATION = Buffer.from(',"in":{"bundle":');

/** The line has more in it than usual (or less): parse it. */
export const UNUSUAL = -2;
/** The entry has no stored bytes. */
export const NO_CONTENT = -1;

/**
 * Which bundle has the content of a file, read from the end of its line (`line[from, end)`, after `dev`) where that is as
 * most are: owner's names, checksum, place. Never wrong: whatever else is there (extended attributes, holes, `changed`) is UNUSUAL.
 */
export function bundleOfTail(line: Buffer, from: number, end: number): number {
  const user = skipText(line, from, end, USER);
  const group = skipText(line, user, end, GROUP);
  if (!startsWith(line, group, SHA256)) return UNUSUAL;
  const after = group + SHA256.length + AFTER_SHA256;
  if (after === end - 1 && line[after] === BRACE) return NO_CONTENT;
  if (!startsWith(line, after, LOCATION) || line[end - 1] !== BRACE || line[end - 2] !== BRACE) return UNUSUAL;
  let bundle = 0;
  let at = after + LOCATION.length;
  for (let byte = line[at] ?? 0; byte !== COMMA; byte = line[at] ?? 0) {
    const digit = byte - ZERO;
    if (digit < 0 || digit > 9) return UNUSUAL;
    bundle = bundle * 10 + digit;
    at += 1;
  }
  return bundle;
}

/** Where a field with a plain text ends, or `from` when the field is not there. */
function skipText(line: Buffer, from: number, end: number, field: Buffer): number {
  if (!startsWith(line, from, field)) return from;
  for (let at = from + field.length; at < end; at += 1) {
    if (line[at] === QUOTE) return at + 1;
    if (line[at] === BACKSLASH) return from;
  }
  return from;
}

function startsWith(line: Buffer, at: number, text: Buffer): boolean {
  for (let i = 0; i < text.length; i += 1) if (line[at + i] !== text[i]) return false;
  return true;
}
