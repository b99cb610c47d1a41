/** The part of hooks that runs a command: without a database, so that a node has it too. */
export { type CommandOptions, type HookTry, runCommand } from '../hook-command.js';
export { hookEnvironment, type HookFacts } from '../hook-facts.js';
