import { asAppError, inSourceLines } from './common/errors/index.js';

/**
 * Ends the process in order at the first signal, at once at the second; in `limitSeconds` at the latest, even if something hangs: the
 * next start puts right what is left then.
 */
export function stopOnSignals(close: () => Promise<void>, limitSeconds: number): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => {
      // A second Ctrl-C: the person does not want to wait. The next start cleans up.
      if (stopping) process.exit(130);
      stopping = true;
      process.stdout.write('backupd is stopping\n');
      setTimeout(() => {
        process.stderr.write(
          `backupd did not stop within ${limitSeconds} seconds and is ended now. Its next start puts right what was left.\n`,
        );
        process.exit(1);
      }, limitSeconds * 1000).unref();
      close().then(
        () => process.exit(0),
        (error: unknown) => {
          complain(error);
          process.exit(1);
        },
      );
    });
}

/** Tells on standard error why the process ends. */
export function complain(thrown: unknown): void {
  const error = asAppError(thrown);
  const lines = [
    `backupd: ${error.message}`,
    ...(error.hint === undefined ? [] : [`  ${error.hint}`]),
    `  [${error.code}]`,
  ];
  if (error.kind === 'internal' && thrown instanceof Error) lines.push(inSourceLines(thrown.stack ?? ''));
  process.stderr.write(`${lines.join('\n')}\n`);
}
