import { spawnSync } from 'node:child_process';

const answers = (program: string, ...args: string[]): string =>
  spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).stdout ?? '';

const isRoot = (): boolean => process.getuid?.() === 0;

/** Whether network namespaces can be made: root, iproute2, and a kernel (or container) that lets us. */
function makesNamespaces(): boolean {
  const name = `bkd-probe-${process.pid}`;
  if (!isRoot() || spawnSync('ip', ['netns', 'add', name], { stdio: 'ignore' }).status !== 0) return false;
  return spawnSync('ip', ['netns', 'delete', name], { stdio: 'ignore' }).status === 0;
}

const THERE = {
  root: isRoot,
  netns: makesNamespaces,
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
  // Nobody installs root, and what only root can have.
  const isForRoot = need === 'root' || need === 'netns';
  if ((CI ?? '') !== '' || (script === 'test' && (isRoot() || !isForRoot)))
    throw new Error(`A test of this file needs ${need}, which is not here.`);
  return false;
}
