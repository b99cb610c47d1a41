import { Command, CommanderError, Help } from 'commander';
import { asAppError } from '../common/errors/index.js';
import { version } from '../common/version.js';
import { CommandContext } from './command-context.js';
import { addAudit } from './commands/audit.js';
import { addAlarms } from './commands/alarms.js';
import { addBackup } from './commands/backup.js';
import { addBrowse } from './commands/browse.js';
import { addCatalogue } from './commands/catalogue.js';
import { addDiff } from './commands/diff.js';
import { addHooks } from './commands/hooks.js';
import { addJobs } from './commands/jobs.js';
import { addMirror } from './commands/mirror.js';
import { addNodes } from './commands/nodes/index.js';
import { addNode } from './commands/node.js';
import { addNotify } from './commands/notify/index.js';
import { addRecover } from './commands/recover.js';
import { addQuota } from './commands/quota.js';
import { addProof } from './commands/proof.js';
import { addReconcile } from './commands/reconcile.js';
import { addRestore } from './commands/restore.js';
import { addRetention } from './commands/retention.js';
import type { Run } from './commands/run.js';
import { addScan } from './commands/scan.js';
import { addSchedule } from './commands/schedule.js';
import { addSecrets } from './commands/secrets.js';
import { addServer } from './commands/server.js';
import { addSites } from './commands/sites.js';
import { addStorage } from './commands/storage.js';
import { addTokens } from './commands/tokens.js';
import { addUsers } from './commands/users.js';
import { ExitCode, exitCodeOf } from './exit-codes.js';
import { Output, type Terminal } from './output.js';

export interface CliOptions {
  /** Runs the server in this process until it is stopped. */
  serve: () => Promise<unknown>;
  /** Told of the running command's context, for signals. */
  onContext?: (context: CommandContext) => void;
}

/** What a call of the command line ends with; `serving` = the process now is a server and ends by itself. */
export type CliResult = ExitCode | 'serving';

/** Runs the command line. Never throws: errors are shown and become the exit code. */
export async function runCli(args: readonly string[], terminal: Terminal, options: CliOptions): Promise<CliResult> {
  const output = new Output(terminal, args.includes('--json'));
  const context = new CommandContext(output);
  options.onContext?.(context);
  let result: CliResult = ExitCode.Ok;
  const run: Run = async (work) => {
    result = await work(context);
  };
  const program = buildProgram(terminal, run);
  program
    .command('serve')
    .description('run the server: API, catalogue and jobs')
    .action(async () => {
      await options.serve();
      result = 'serving';
    });
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) result = error.exitCode === 0 ? ExitCode.Ok : ExitCode.Usage;
    else if (context.interrupted.aborted) result = ExitCode.Interrupted;
    else {
      output.error(asAppError(error));
      result = exitCodeOf(error);
    }
  }
  try {
    await context.close();
  } catch (error) {
    output.error(asAppError(error));
    if (result === ExitCode.Ok) result = ExitCode.Failed;
  }
  return result;
}

function buildProgram(terminal: Terminal, run: Run): Command {
  const program = new Command('backupd')
    .description('Backs up and restores the WordPress sites of this host.')
    .version(version)
    .option('--json', 'print JSON, for programs')
    .configureHelp({
      // Aliases are verbs of before, for scripts: not shown.
      subcommandTerm: (command) => withoutAlias(command, plainHelp.subcommandTerm(command)),
      commandUsage: (command) => withoutAlias(command, plainHelp.commandUsage(command)),
    })
    .showHelpAfterError('(--help shows the commands; behind a command, what it takes)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    .addHelpText(
      'after',
      `
It talks to the backupd that runs on this host, to the one that BACKUPD_MASTER_URL and BACKUPD_API_KEY name, or
starts one for the command. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done with warnings.

Examples:
  backupd scan /var/www
  backupd backup /var/www/example.com --wait
  backupd restore latest --site example.com --dry-run`,
    );
  addScan(program, run);
  addSites(program, run);
  addBackup(program, run);
  addRestore(program, run);
  addBrowse(program, run);
  addDiff(program, run);
  addRetention(program, run);
  addQuota(program, run);
  addSchedule(program, run);
  addJobs(program, run);
  addMirror(program, run);
  addNodes(program, run);
  addNode(program, run);
  addNotify(program, run);
  addStorage(program, run);
  addCatalogue(program, run);
  addRecover(program, run);
  addSecrets(program, run);
  addProof(program, run);
  addReconcile(program, run);
  addHooks(program, run);
  addUsers(program, run);
  addTokens(program, run);
  addAudit(program, run);
  addAlarms(program, run);
  addServer(program, run);
  for (const command of allCommands(program)) {
    command.exitOverride().copyInheritedSettings(program);
    if (command !== program) command.option('--json', 'print JSON, for programs');
  }
  return program;
}

const plainHelp = new Help();

function withoutAlias(command: Command, text: string): string {
  const alias = command.alias() as string | undefined;
  return alias === undefined ? text : text.replace(`${command.name()}|${alias}`, command.name());
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}
