import { spawnSync } from 'node:child_process';

const answers = (program: string, ...args: string[]): string =>
  spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).stdout ?? '';

const THERE = {
  root: () => process.getuid?.() === 0,
  php: () => answers('php', '-m').includes('pcntl'),
  my_print_defaults: () => answers('my_print_defaults', '--version') !== '',
} as const;

/**
 * Whether the host has what a test needs: for `it.runIf`. Where it must be there it is never false but an error, so that
 * no test is left out unseen: all of it in CI, programs also under `npm test`, which installs them.
 */
export function requires(need: keyof typeof THERE): boolean {
  if (THERE[need]()) return true;
  const { CI, npm_lifecycle_event: script } = globalThis.process.env;
  if ((CI ?? '') !== '' || (need !== 'root' && script === 'test'))
    throw new Error(`A test of this file needs ${need}, which is not here.`);
  return false;
}
