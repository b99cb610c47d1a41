import { AppError, asAppError } from '../common/errors/index.js';
import { isFinal, type JobDto } from './api-types.js';

/** What the command line ends with. */
export const ExitCode = {
  Ok: 0,
  Failed: 1,
  Usage: 2,
  /** Done, but there are warnings that a person should read. */
  Warnings: 3,
  /** Ctrl-C, as shells count it. */
  Interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** A fault in how the command was called. */
export function usageError(message: string, hint?: string): AppError {
  return new AppError({
    code: 'COMMAND_USAGE',
    kind: 'usage',
    message,
    retry: 'never',
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The exit code for an error. */
export function exitCodeOf(error: unknown): ExitCode {
  return asAppError(error).kind === 'usage' ? ExitCode.Usage : ExitCode.Failed;
}

/** The exit code for a job as it is now. */
export function exitCodeOfJob(job: JobDto): ExitCode {
  if (!isFinal(job)) return ExitCode.Ok;
  if (job.status !== 'completed') return ExitCode.Failed;
  return job.warningCount > 0 ? ExitCode.Warnings : ExitCode.Ok;
}
