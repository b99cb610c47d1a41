import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import type TableClass from 'cli-table3';
import pc from 'picocolors';
import type { AppError } from '../common/errors/index.js';
import { usageError } from './exit-codes.js';
import { printable } from './format.js';

/** Where the command line writes to and reads from; tests give their own. */
export interface Terminal {
  stdin: Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };
  stdout: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  env: Readonly<Record<string, string | undefined>>;
}

type Colors = ReturnType<typeof pc.createColors>;

/** Tables and sentences for people on stdout, or JSON for programs; remarks and progress on stderr. */
export class Output {
  readonly colors: Colors;

  constructor(
    readonly terminal: Terminal,
    readonly json: boolean,
  ) {
    const { env, stdout } = terminal;
    const wanted = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
    const refused = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
    this.colors = pc.createColors(!json && !refused && (wanted || stdout.isTTY === true));
  }

  /** Whether a person can be asked. */
  get canAsk(): boolean {
    return this.terminal.stdin.isTTY === true && this.terminal.stderr.isTTY === true;
  }

  /** A line of the result; not with --json. */
  line(text = ''): void {
    if (!this.json) this.terminal.stdout.write(`${text}\n`);
  }

  /** A remark: goes to stderr, so that results can be piped. */
  remark(text: string): void {
    this.terminal.stderr.write(`${text}\n`);
  }

  /** The result for programs: one JSON document. */
  data(value: unknown): void {
    if (this.json) this.terminal.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** One line of a result that comes bit by bit: NDJSON for programs. */
  datum(value: unknown): void {
    if (this.json) this.terminal.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** A table for people; a sentence when it is empty. */
  table(head: readonly string[], rows: readonly (readonly string[])[], ifEmpty: string): void {
    if (this.json) return;
    if (rows.length === 0) {
      this.line(ifEmpty);
      return;
    }
    // Loaded only here: most of its time a command that shows no table would wait for it.
    const Table: typeof TableClass = createRequire(import.meta.url)('cli-table3');
    const table = new Table({
      head: head.map((title) => this.colors.bold(title)),
      chars: BORDERLESS,
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    });
    for (const row of rows) table.push([...row]);
    this.terminal.stdout.write(`${trimLines(table.toString())}\n`);
  }

  /** Names and values, one a line. */
  facts(pairs: readonly (readonly [string, string])[]): void {
    const width = Math.max(0, ...pairs.map(([name]) => name.length));
    for (const [name, value] of pairs) this.line(`  ${this.colors.dim(name.padEnd(width))}  ${value}`);
  }

  /** An error: message, hint, code. As JSON for programs. */
  error(error: AppError): void {
    if (this.json) {
      const { code, message, hint, context } = error;
      this.terminal.stdout.write(`${JSON.stringify({ error: { code, message, hint: hint ?? null, context } })}\n`);
      return;
    }
    this.remark(`${this.colors.red('✖')} ${multiline(error.message)}`);
    if (error.hint !== undefined) this.remark(`  ${multiline(error.hint)}`);
    this.remark(this.colors.dim(`  [${error.code}]`));
  }

  /** Asks yes or no; no unless the answer begins with y. */
  async confirm(question: string): Promise<boolean> {
    const answer = await this.ask(`${question} [y/N] `, false);
    return /^y(es)?$/i.test(answer.trim());
  }

  /** Whether the person agrees; `yes` says so beforehand. With nobody to ask, what asks first is refused. */
  async agreed(yes: boolean | undefined, act: string, question: string): Promise<boolean> {
    if (yes === true) return true;
    if (!this.canAsk) throw usageError(`${act} asks first.`, 'Give --yes when there is nobody to ask.');
    return this.confirm(question);
  }

  /** Asks for a line of text. */
  async question(text: string): Promise<string> {
    return (await this.ask(`${text}: `, false)).trim();
  }

  /** Asks for a secret, which is not shown. */
  secret(question: string): Promise<string> {
    return this.ask(`${question}: `, true);
  }

  private async ask(question: string, hidden: boolean): Promise<string> {
    const { createInterface } = await import('node:readline/promises');
    const { stdin, stderr } = this.terminal;
    // With an output the reader shows the question itself; a secret's reader has none, so that nothing is echoed.
    if (hidden) stderr.write(question);
    const reader = createInterface({ input: stdin, ...(hidden ? { terminal: true } : { output: stderr }) });
    const interrupted = new Promise<string>((resolve) => reader.once('SIGINT', () => resolve('')));
    const closed = new Promise<string>((resolve) => reader.once('close', () => resolve('')));
    try {
      return await Promise.race([reader.question(hidden ? '' : question), interrupted, closed]);
    } finally {
      reader.close();
      if (hidden) stderr.write('\n');
    }
  }
}

/** Terminal-safe text that keeps its line ends. */
function multiline(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

const trimLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');

const BORDERLESS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
