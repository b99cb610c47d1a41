import { describe, expect, it } from 'vitest';
import { AppError } from '../common/errors/index.js';
import { Output } from './output.js';
import { testOutput, testTerminal } from './testing.js';

const error = new AppError({
  code: 'NO_STORAGE',
  kind: 'precondition',
  message: 'There is no\u001b[2J storage.',
  hint: 'Add one.',
  context: { site: 'x' },
});

const isColored = (options: Parameters<typeof testOutput>[0]): boolean =>
  testOutput(options).output.colors.isColorSupported;

describe('output', () => {
  it('colors a terminal, and nothing when NO_COLOR is set, TERM is dumb, or output is piped', () => {
    expect(isColored({ tty: true })).toBe(true);
    expect(isColored({ tty: true, env: { NO_COLOR: '1' } })).toBe(false);
    expect(isColored({ tty: true, env: { TERM: 'dumb' } })).toBe(false);
    expect(isColored({ tty: true, json: true })).toBe(false);
    expect(isColored({})).toBe(false);
    expect(isColored({ env: { FORCE_COLOR: '1' } })).toBe(true);
  });

  it('prints a table without trailing blanks, or a sentence when it is empty', () => {
    const { output, written } = testOutput();
    output.table(
      ['A', 'B'],
      [
        ['1', '2'],
        ['long', ''],
      ],
      'nothing',
    );
    output.table(['A'], [], 'nothing');
    expect(written().stdout).toBe('A     B\n1     2\nlong\nnothing\n');
  });

  it('prints only JSON on stdout with --json', () => {
    const { output, written } = testOutput({ json: true });
    output.line('for people');
    output.table(['A'], [['1']], '');
    output.data({ a: 1 });
    expect(JSON.parse(written().stdout)).toEqual({ a: 1 });
  });

  it('shows an error with hint and code, its message harmless', () => {
    const { output, written } = testOutput();
    output.error(error);
    expect(written().stderr).toBe('✖ There is no\\x1b[2J storage.\n  Add one.\n  [NO_STORAGE]\n');
  });

  it('gives programs the error as JSON', () => {
    const { output, written } = testOutput({ json: true });
    output.error(error);
    expect(JSON.parse(written().stdout)).toMatchObject({
      error: { code: 'NO_STORAGE', hint: 'Add one.', context: { site: 'x' } },
    });
  });

  it.each([
    ['y\n', true],
    ['YES\n', true],
    ['\n', false],
    ['n\n', false],
    ['yonder\n', false],
  ])('takes the answer %j as %s', async (answer, expected) => {
    const terminal = testTerminal({ tty: true });
    const asked = new Output(terminal, false).confirm('Go on?');
    terminal.stdin.push(answer);
    expect(await asked).toBe(expected);
    expect(terminal.written().stderr).toContain('Go on? [y/N] ');
  });

  it('takes the end of input as no', async () => {
    const terminal = testTerminal({ tty: true });
    const asked = new Output(terminal, false).confirm('Go on?');
    terminal.stdin.push(null);
    expect(await asked).toBe(false);
  });

  it('does not show a secret that is typed', async () => {
    const terminal = testTerminal({ tty: true });
    const asked = new Output(terminal, false).secret('Password');
    terminal.stdin.push('hunter2\n');
    expect(await asked).toBe('hunter2');
    const { stdout, stderr } = terminal.written();
    expect(stdout + stderr).not.toContain('hunter2');
  });
});
