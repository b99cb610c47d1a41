import type { CommandContext } from './command-context.js';
import { runCli } from './program.js';

/** The command line's process: see `backupd --help`. */
let context: CommandContext | null = null;
const interrupt = (): void => context?.interrupt();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
// A reader that closed our output early (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});

const result = await runCli(
  process.argv.slice(2),
  { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env },
  {
    onContext: (made) => {
      context = made;
    },
    serve: () => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, interrupt);
      return import('../main.js');
    },
  },
);
if (result !== 'serving') {
  process.exitCode = result;
  // Nothing is left to do; an open keep-alive connection must not hold the prompt back.
  process.stdout.write('', () => process.exit(result));
}
