const NEWLINE = 0x0a;

/** The lines of a text that end in it, without their newlines. */
export function* linesOf(text: Buffer): Generator<string> {
  let from = 0;
  for (let to = text.indexOf(NEWLINE); to >= 0; to = text.indexOf(NEWLINE, from)) {
    yield text.toString('utf8', from, to);
    from = to + 1;
  }
}
