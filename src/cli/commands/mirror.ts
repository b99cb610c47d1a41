import type { Command } from 'commander';
import type { MirrorDto, MirrorRestoreDto, MirrorSyncDto, MirrorTestDto } from '../api-types.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode, usageError } from '../exit-codes.js';
import { plural, printable, time } from '../format.js';
import { secretFile } from '../secret-file.js';
import type { Run } from './run.js';

interface SetOptions {
  account?: string;
  database?: string;
  server?: string;
  baseUrl?: string;
  tokenFile?: string;
  enable?: boolean;
  disable?: boolean;
}

/** Options of a restore from the mirror; `backupd catalogue rebuild --from d1` takes the same. */
export interface MirrorRestoreOptions {
  server?: string;
  withoutKey?: boolean;
}

/** `backupd mirror …` */
export function addMirror(program: Command, run: Run): void {
  const mirror = program
    .command('mirror')
    .description('the off-site mirror of the catalogue in Cloudflare D1: show, add, edit, test, sync, restore, remove');
  mirror
    .command('show', { isDefault: true })
    .alias('status')
    .description('where it is and whether it is up to date')
    .action(() => run(status));
  whereOptions(mirror.command('add').description('set it up')).action((options: SetOptions) =>
    run((context) => add(context, options)),
  );
  whereOptions(mirror.command('edit').alias('set').description('change it; what is not given stays'))
    .option('--enable', 'send changes')
    .option('--disable', 'send nothing for now')
    .action((options: SetOptions) => run((context) => edit(context, options)));
  mirror
    .command('test')
    .description('try token and database: write, read and delete a row')
    .action(() => run(test));
  mirror
    .command('sync')
    .description('send what is missing now, and count what is there')
    .option('--force', 'also when nearly everything would go from the mirror')
    .action((options: { force?: boolean }) => run((context) => sync(context, options)));
  mirror
    .command('restore')
    .description('bring the catalogue back from the mirror, into an empty one')
    .option('--server <name>', 'whose; that of the settings when not given')
    .option('--without-key', 'although this secret.key does not open the credentials: they must be entered again')
    .action((options: MirrorRestoreOptions) => run((context) => restoreFromMirror(context, options)));
  mirror
    .command('remove')
    .description('forget the mirror; what is in D1 stays there')
    .option('--yes', 'do not ask')
    .action((options: { yes?: boolean }) => run((context) => remove(context, options)));
}

function whereOptions(command: Command): Command {
  return command
    .option('--account <id>', "the account's id at Cloudflare")
    .option('--database <id>', "the database's id")
    .option('--token-file <file>', 'a file with the API token, - for the input; asked for when none is known yet')
    .option('--server <name>', 'names this server among those that share the database')
    .option('--base-url <url>', "another address of Cloudflare's API");
}

async function status(context: CommandContext): Promise<ExitCode> {
  return show(context, await (await context.api()).get<MirrorDto>('/mirror'));
}

function show({ output }: CommandContext, mirror: MirrorDto): ExitCode {
  output.data(mirror);
  const { status: state } = mirror;
  if (!mirror.configured || state === null) {
    output.line('There is no mirror. "backupd mirror add" sets one up.');
    return ExitCode.Ok;
  }
  output.facts([
    ['account', printable(mirror.accountId ?? '')],
    ['database', printable(mirror.databaseId ?? '')],
    ['server', printable(mirror.serverId ?? '')],
    ['sends', mirror.enabled === true ? 'yes' : 'no (switched off)'],
    ['last success', time(state.lastSuccessAt)],
    ['behind since', state.behindSince === null ? 'not behind' : time(state.behindSince)],
    ['rows waiting', state.rowsWaiting === null ? 'many' : String(state.rowsWaiting)],
    ['rows sent', `${state.rowsSent}, deleted ${state.rowsDeleted}`],
  ]);
  const { lastError } = state;
  if (lastError === null) return ExitCode.Ok;
  output.line(`${output.colors.yellow('!')} ${time(lastError.at)} ${printable(lastError.message)} [${lastError.code}]`);
  if (lastError.hint !== null) output.line(`  ${printable(lastError.hint)}`);
  return ExitCode.Warnings;
}

async function add(context: CommandContext, options: SetOptions): Promise<ExitCode> {
  const { configured } = await (await context.api()).get<MirrorDto>('/mirror');
  if (configured) throw usageError('There is a mirror already.', '"backupd mirror edit" changes it.');
  return edit(context, options);
}

async function edit(context: CommandContext, options: SetOptions): Promise<ExitCode> {
  if (options.enable === true && options.disable === true) throw usageError('Either --enable or --disable.', '');
  const api = await context.api();
  const apiToken = await tokenOf(context, options, (await api.get<MirrorDto>('/mirror')).configured);
  const mirror = await api.put<MirrorDto>('/mirror', {
    ...(options.account === undefined ? {} : { accountId: options.account }),
    ...(options.database === undefined ? {} : { databaseId: options.database }),
    ...(options.server === undefined ? {} : { serverId: options.server }),
    ...(options.baseUrl === undefined ? {} : { baseUrl: options.baseUrl }),
    ...(options.enable === true ? { enabled: true } : {}),
    ...(options.disable === true ? { enabled: false } : {}),
    ...(apiToken === undefined ? {} : { apiToken }),
  });
  const code = show(context, mirror);
  if (!context.output.json) context.output.remark(context.output.colors.dim('  try it: backupd mirror test'));
  return code;
}

/** From the file; asked for the first time; never an argument, which others on the host can see. */
async function tokenOf({ output }: CommandContext, options: SetOptions, isSet: boolean): Promise<string | undefined> {
  if (options.tokenFile !== undefined) {
    return (await secretFile(options.tokenFile, output)).trim();
  }
  if (isSet) return undefined;
  const token = output.canAsk ? (await output.secret('API token of Cloudflare')).trim() : '';
  if (token === '') throw usageError('An API token is needed.', 'Give --token-file, or type it.');
  return token;
}

async function test(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const answer = await (await context.api()).post<MirrorTestDto>('/mirror/test');
  output.data(answer);
  output.line(`${output.colors.green('✔')} writing, reading and deleting works (${answer.durationMs} ms)`);
  if (answer.servers.length > 0) output.line(`  it has: ${answer.servers.map(printable).join(', ')}`);
  return ExitCode.Ok;
}

async function sync(context: CommandContext, options: { force?: boolean }): Promise<ExitCode> {
  const { output } = context;
  const answer = await (await context.api()).post<MirrorSyncDto>('/mirror/sync', { force: options.force === true });
  output.data(answer);
  output.line(`${output.colors.green('✔')} ${plural(answer.sent, 'row')} sent, ${answer.deleted} deleted`);
  if (answer.tooLarge === 0) return ExitCode.Ok;
  output.line(`${output.colors.yellow('!')} ${plural(answer.tooLarge, 'row')} too large for D1 left out`);
  return ExitCode.Warnings;
}

/** Brings the catalogue back from the mirror that is set. Also for `backupd catalogue rebuild --from d1`. */
export async function restoreFromMirror(context: CommandContext, options: MirrorRestoreOptions): Promise<ExitCode> {
  const { output } = context;
  const answer = await (
    await context.api()
  ).post<MirrorRestoreDto>('/mirror/restore', {
    ...(options.server === undefined ? {} : { serverId: options.server }),
    withoutKey: options.withoutKey === true,
  });
  output.data(answer);
  output.line(`${output.colors.green('✔')} the catalogue of "${printable(answer.serverId)}" is back`);
  output.table(
    ['TABLE', 'ROWS'],
    answer.rows.map(({ table, rows }) => [table, String(rows)]),
    'There was nothing.',
  );
  for (const note of answer.notes) output.line(`${output.colors.yellow('!')} ${printable(note)}`);
  return answer.notes.length > 0 ? ExitCode.Warnings : ExitCode.Ok;
}

async function remove(context: CommandContext, options: { yes?: boolean }): Promise<ExitCode> {
  const { output } = context;
  if (!(await output.agreed(options.yes, 'Removing the mirror', 'Forget the mirror? Its rows in D1 stay.')))
    return ExitCode.Failed;
  await (await context.api()).delete('/mirror');
  output.data({ removed: true });
  output.line('The mirror is forgotten; its rows in D1 stay.');
  return ExitCode.Ok;
}
