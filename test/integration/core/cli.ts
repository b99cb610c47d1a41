import { type CliResult, runCli } from '../../../src/cli/program.js';
import { testTerminal } from '../../../src/cli/testing.js';
import type { TestApi } from '../../support/api.js';

export interface CliOptions {
  env?: Record<string, string>;
  /** A person at a terminal types this when it is asked for something. */
  type?: string;
  /** What comes from a pipe. */
  input?: string;
}

/** The command line in this process, as whoever `api` is: no process starts, so it costs little. */
export async function cliAs(
  api: Pick<TestApi, 'url' | 'token'>,
  args: readonly string[],
  { env = {}, type, input }: CliOptions = {},
): Promise<{ code: CliResult; stdout: string; stderr: string }> {
  const terminal = testTerminal({
    tty: type !== undefined,
    env: { BACKUPD_MASTER_URL: api.url, BACKUPD_API_KEY: api.token ?? '', NO_COLOR: '1', ...env },
  });
  const { stdin } = terminal;
  if (input !== undefined && 'end' in stdin && typeof stdin.end === 'function') stdin.end(input);
  if (type !== undefined)
    terminal.stderr.on('data', (text: Buffer) => text.toString().includes(':') && stdin.push(`${type}\n`));
  const code = await runCli([...args], terminal, { serve: () => Promise.reject(new Error('not here')) });
  return { code, ...terminal.written() };
}
