import type { Command } from 'commander';
import type { ApiClient } from '../../api-client.js';
import type {
  ChannelTestDto,
  NotificationChannelDto,
  NotificationChannelKindDto,
} from '../../api-types-notifications.js';
import type { CommandContext } from '../../command-context.js';
import { ExitCode, usageError } from '../../exit-codes.js';
import { printable, shortId, time } from '../../format.js';
import type { Run } from '../run.js';
import {
  settingsFacts,
  showKinds,
  settingsFrom,
  settingsOptions,
  type SettingsOptions,
  unsetOption,
} from '../kind-settings.js';
import { allOf, getChannel, getKind } from './find.js';

interface EditOptions extends SettingsOptions {
  name?: string;
  enable?: boolean;
  disable?: boolean;
}

export const CHANNEL = 'id, the beginning of one, or name';
export const SEE_KINDS = '`notify channels kinds`';

/** `backupd notify channels …` and `backupd notify test` */
export function addChannels(notify: Command, run: Run): void {
  const channels = notify.command('channels').description('where news goes: list, show, kinds, add, edit, remove');
  channels
    .command('list', { isDefault: true })
    .description('list the channels')
    .action(() => run(list));
  channels
    .command('show')
    .description('show one channel; its secrets are never shown')
    .argument('<channel>', CHANNEL)
    .action((text: string) =>
      run(async (context) => showChannel(context, await getChannel(await context.api(), text))),
    );
  channels
    .command('kinds')
    .description('list the kinds of channels and their settings')
    .action(() => run(kinds));
  settingsOptions(
    channels
      .command('add')
      .description('add a channel; "notify test" tries it')
      .argument('<name>', 'what to call it')
      .requiredOption('--kind <kind>', 'email, slack, … (`notify channels kinds`)'),
    SEE_KINDS,
  ).action((name: string, options: SettingsOptions & { kind: string }) =>
    run(async (context) => showChannel(context, await addChannel(context, name, options))),
  );
  unsetOption(
    settingsOptions(
      channels
        .command('edit')
        .description('change a channel')
        .argument('<channel>', CHANNEL)
        .option('--name <name>', 'call it that')
        .option('--enable', 'send there again')
        .option('--disable', 'send nothing there'),
      SEE_KINDS,
    ),
  ).action((text: string, options: EditOptions) => run((context) => edit(context, text, options)));
  channels
    .command('remove')
    .description('forget a channel that no rule sends to')
    .argument('<channel>', CHANNEL)
    .option('--yes', 'do not ask')
    .action((text: string, options: { yes?: boolean }) => run((context) => remove(context, text, options)));
  notify
    .command('test')
    .description('send a test message now, and show what the other side answered')
    .argument('<channel>', CHANNEL)
    .action((text: string) =>
      run(async (context) => testChannel(context, await getChannel(await context.api(), text))),
    );
}

/** Adds a channel; secrets that must be there are asked for where there is a person. */
export async function addChannel(
  context: CommandContext,
  name: string,
  options: SettingsOptions & { kind: string },
): Promise<NotificationChannelDto> {
  const api = await context.api();
  const kind = await getKind(api, options.kind);
  const settings = await settingsFrom(context.output, kind, options, { ask: true });
  return api.post<NotificationChannelDto>('/notifications/channels', { name, kind: kind.kind, settings });
}

/** Sends a test message and shows what came of it. */
async function testChannel(context: CommandContext, channel: NotificationChannelDto): Promise<ExitCode> {
  const result = await sendTest(await context.api(), channel);
  context.output.data(result);
  return showTest(context, channel, result);
}

export const sendTest = (api: ApiClient, { id }: NotificationChannelDto): Promise<ChannelTestDto> =>
  api.post<ChannelTestDto>(`/notifications/channels/${id}/test`);

export function showTest(
  { output }: Pick<CommandContext, 'output'>,
  channel: NotificationChannelDto,
  result: ChannelTestDto,
): ExitCode {
  const name = printable(channel.name);
  if (result.error === null) output.line(`${output.colors.green('✔')} ${name} took it in ${result.durationMs} ms`);
  else {
    output.line(`${output.colors.red('✖')} ${name}: ${printable(result.error.message)}`);
    if (result.error.hint !== null) output.line(`  ${printable(result.error.hint)}`);
  }
  if (result.response !== null) output.line(`  its answer: ${printable(result.response)}`);
  return result.ok ? ExitCode.Ok : ExitCode.Failed;
}

async function list(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const found = await allOf<NotificationChannelDto>(await context.api(), '/notifications/channels');
  output.data(found);
  output.table(
    ['ID', 'NAME', 'KIND', 'WHERE'],
    found.map((channel) => [
      shortId(channel.id),
      printable(channel.name) + (channel.enabled ? '' : output.colors.yellow(' (disabled)')),
      channel.kind,
      printable(whereIs(channel)),
    ]),
    'There is no channel: nobody is told anything. "backupd notify setup" makes one.',
  );
  return ExitCode.Ok;
}

/** The most telling settings in one line; secrets are `***` already. */
const whereIs = ({ settings }: NotificationChannelDto): string =>
  ['to', 'host', 'chatId', 'server', 'url']
    .map((name) => settings[name])
    .filter((value): value is string => typeof value === 'string' && value !== '')
    .join(' ');

function showChannel({ output }: CommandContext, channel: NotificationChannelDto): ExitCode {
  output.data(channel);
  output.line(output.colors.bold(printable(channel.name)));
  output.facts([
    ['id', channel.id],
    ['kind', channel.kind],
    ['enabled', channel.enabled ? 'yes' : 'no'],
    ['added', time(channel.createdAt)],
    ...settingsFacts(channel.settings),
  ]);
  return ExitCode.Ok;
}

async function kinds(context: CommandContext): Promise<ExitCode> {
  showKinds(
    context.output,
    await (await context.api()).get<NotificationChannelKindDto[]>('/notifications/channels/kinds'),
  );
  return ExitCode.Ok;
}

async function edit(context: CommandContext, text: string, options: EditOptions): Promise<ExitCode> {
  if (options.enable === true && options.disable === true) throw usageError('Either --enable or --disable.');
  const api = await context.api();
  const channel = await getChannel(api, text);
  const settings = await settingsFrom(context.output, await getKind(api, channel.kind), options, { ask: false });
  const body = {
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.enable === true ? { enabled: true } : {}),
    ...(options.disable === true ? { enabled: false } : {}),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
  };
  if (Object.keys(body).length === 0)
    throw usageError('Nothing to change was given.', 'See "backupd notify channels edit --help".');
  return showChannel(context, await api.patch<NotificationChannelDto>(`/notifications/channels/${channel.id}`, body));
}

async function remove(context: CommandContext, text: string, options: { yes?: boolean }): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const channel = await getChannel(api, text);
  const question = `Forget the channel ${printable(channel.name)} (${channel.kind})?`;
  if (!(await output.agreed(options.yes, 'Removing a channel', question))) return ExitCode.Failed;
  await api.delete(`/notifications/channels/${channel.id}`);
  output.data({ removed: channel.id });
  output.line(`${printable(channel.name)} is forgotten`);
  return ExitCode.Ok;
}
