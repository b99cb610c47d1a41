/** Entries of this bundle get their offset moved by so many bytes. */
export interface LocationShift {
  bundle: number;
  by: number;
}

/** The entry's line with its place in the bundle moved; the same line when it has none there. Nothing is parsed. */
export function shiftLocation(line: string, { bundle, by }: LocationShift): string {
  // No such text can be within a JSON string: every quote in one has a backslash before it.
  const mark = `"in":{"bundle":${bundle},"offset":`;
  const at = line.lastIndexOf(mark);
  if (at < 0 || by === 0) return line;
  const from = at + mark.length;
  const to = line.indexOf(',', from);
  return `${line.slice(0, from)}${Number(line.slice(from, to)) + by}${line.slice(to)}`;
}
