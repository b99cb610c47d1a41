import type { CommandContext } from '../command-context.js';
import type { ExitCode } from '../exit-codes.js';

/** Runs a command's work and keeps its exit code; what it throws is shown by the caller. */
export type Run = (work: (context: CommandContext) => Promise<ExitCode>) => Promise<void>;
