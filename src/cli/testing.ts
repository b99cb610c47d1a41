import { PassThrough } from 'node:stream';
import { Output, type Terminal } from './output.js';

/** A terminal of a test: what was written, and answers to give. */
export interface TestTerminal extends Terminal {
  readonly written: () => { stdout: string; stderr: string };
}

/** Makes one; `tty` says whether it looks like a real terminal. */
export function testTerminal(
  options: { tty?: boolean; columns?: number; env?: Record<string, string> } = {},
): TestTerminal {
  const stream = (): PassThrough & { isTTY?: boolean; columns?: number } =>
    Object.assign(new PassThrough(), options.tty === true ? { isTTY: true, columns: options.columns ?? 80 } : {});
  const [stdin, stdout, stderr] = [stream(), stream(), stream()];
  let out = '';
  let err = '';
  stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return { stdin, stdout, stderr, env: options.env ?? {}, written: () => ({ stdout: out, stderr: err }) };
}

/** An output on such a terminal. */
export function testOutput(options: Parameters<typeof testTerminal>[0] & { json?: boolean } = {}): {
  output: Output;
  written: TestTerminal['written'];
} {
  const terminal = testTerminal(options);
  return { output: new Output(terminal, options.json === true), written: terminal.written };
}
