import { describe, expect, it } from 'vitest';
import { ExitCode } from './exit-codes.js';
import { runCli } from './program.js';
import { testTerminal } from './testing.js';

async function help(...command: string[]): Promise<string> {
  const terminal = testTerminal();
  const code = await runCli([...command, '--help'], terminal, { serve: () => Promise.reject(new Error('not here')) });
  expect(code).toBe(ExitCode.Ok);
  return terminal.written().stdout;
}

describe('the words of the command line', () => {
  it.each([
    [['storage'], 'edit [options] <storage>'],
    [['mirror'], 'edit [options]'],
    [['proof'], 'edit [options]'],
    [['sites'], 'edit [options] <site>'],
  ])('%s is changed with edit; no verb of before is shown', async (command, shown) => {
    const text = await help(...command);
    expect(text).toContain(shown);
    expect(text).not.toMatch(/\||\bupdate\b|\bstatus\b/);
    expect(await help(...command, 'edit')).toMatch(/^Usage: backupd \w+ edit \[options\]/);
  });

  it.each([
    [['storage', 'update'], 'storage edit'],
    [['mirror', 'set'], 'mirror edit'],
    [['mirror', 'status'], 'mirror show'],
    [['proof', 'set'], 'proof edit'],
    [['catalogue', 'status'], 'catalogue show'],
  ])('%s still works', async (command, now) => expect(await help(...command)).toContain(`Usage: backupd ${now}`));

  it.each(['reconcile', 'storage', 'quota', 'proof', 'repair'])('%s says storage, never provider', async (command) =>
    expect(await help(command)).not.toMatch(/provider/i),
  );
});
