/** The text as one word of a shell, for commands that messages suggest: what a folder is called must not become a command of its own. */
export function shellWord(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
