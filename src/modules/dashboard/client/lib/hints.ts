/** A hint without the sentences that tell a command of the command line: in a browser there is a button for that. */
export function forBrowser(hint: string): string {
  return hint
    .split(/(?<=[.;]) (?=[A-Z`])/)
    .filter((sentence) => !/`backupd [^`]*`/.test(sentence))
    .join(' ')
    .replace(/;$/, '.');
}
