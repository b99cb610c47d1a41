import type { Command } from 'commander';
import type { ApiClient } from '../api-client.js';
import type { StorageDto, StorageKindDto, StorageTestDto } from '../api-types.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode, usageError } from '../exit-codes.js';
import { bytes, printable, shortId, time } from '../format.js';
import { getStorage } from '../storages.js';
import { FULL_NEXT } from './destinations.js';
import type { Run } from './run.js';
import {
  settingsFacts,
  showKinds,
  settingsFrom,
  settingsOptions,
  unsetOption,
  type SettingsOptions,
} from './kind-settings.js';

interface AddOptions extends SettingsOptions {
  kind: string;
  default?: boolean;
}

interface EditOptions extends SettingsOptions {
  name?: string;
  default?: boolean;
  enable?: boolean;
  disable?: boolean;
}

const STORAGE = 'id, the beginning of one, or name';

/** `backupd storage …` */
export function addStorage(program: Command, run: Run): void {
  const storage = program
    .command('storage')
    .description('where backups are stored: list, show, add, edit, test, remove');
  storage
    .command('list', { isDefault: true })
    .description('list the storages')
    .action(() => run(list));
  storage
    .command('show')
    .description('show one storage; its secrets are never shown')
    .argument('<storage>', STORAGE)
    .action((text: string) => run((context) => show(context, text)));
  storage
    .command('kinds')
    .description('list the kinds of storage and their settings')
    .action(() => run(kinds));
  settingsOptions(
    storage
      .command('add')
      .description('add a storage; it is tested first')
      .argument('<name>', 'what to call it')
      .requiredOption('--kind <kind>', 'local, s3, … (`storage kinds`)')
      .option('--default', 'sites without destinations of their own store here (too)'),
  ).action((name: string, options: AddOptions) => run((context) => add(context, name, options)));
  unsetOption(
    settingsOptions(
      storage
        .command('edit')
        .alias('update')
        .description('change a storage; new settings are tested first')
        .argument('<storage>', STORAGE)
        .option('--name <name>', 'call it that')
        .option('--default', 'sites without destinations of their own store here (too)')
        .option('--no-default', 'they no longer store here')
        .option('--enable', 'take backups again')
        .option('--disable', 'take no more backups; those it has stay readable'),
    ),
  ).action((text: string, options: EditOptions) => run((context) => edit(context, text, options)));
  settingsOptions(
    storage
      .command('test')
      .description('try a storage step by step, or settings that are not saved (--kind)')
      .argument('[storage]', STORAGE)
      .option('--kind <kind>', 'try these settings instead'),
  ).action((text: string | undefined, options: SettingsOptions & { kind?: string }) =>
    run((context) => test(context, text, options)),
  );
  storage
    .command('remove')
    .description('forget a storage that holds no backups; what lies there stays')
    .argument('<storage>', STORAGE)
    .option('--yes', 'do not ask')
    .action((text: string, options: { yes?: boolean }) => run((context) => remove(context, text, options)));
}

async function list(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const found = await allStorages(await context.api());
  output.data(found);
  output.table(
    ['ID', 'NAME', 'KIND', 'WHERE', 'FREE'],
    found.map((storage) => [
      shortId(storage.id),
      printable(storage.name) +
        (storage.isDefault ? ' (default)' : '') +
        (storage.enabled ? '' : output.colors.yellow(' (disabled)')),
      storage.kind,
      printable(whereIs(storage)),
      storage.space === null ? '–' : bytes(storage.space.freeBytes),
    ]),
    'There is no storage. "backupd storage add" adds one.',
  );
  return ExitCode.Ok;
}

/** The most telling settings in one line. */
function whereIs({ settings }: StorageDto): string {
  return ['path', 'endpoint', 'bucket', 'prefix']
    .map((name) => settings[name])
    .filter((value): value is string => typeof value === 'string' && value !== '')
    .join(' ');
}

async function show(context: CommandContext, text: string): Promise<ExitCode> {
  showStorage(context, await getStorage(await context.api(), text));
  return ExitCode.Ok;
}

function showStorage({ output }: CommandContext, storage: StorageDto): void {
  output.data(storage);
  output.line(output.colors.bold(printable(storage.name)));
  output.facts([
    ['id', storage.id],
    ['kind', storage.kind],
    ['default', storage.isDefault ? 'yes' : 'no'],
    ['enabled', storage.enabled ? 'yes' : 'no'],
    ['added', time(storage.createdAt)],
    ...settingsFacts(storage.settings),
    ...(storage.space === null
      ? []
      : ([['free', `${bytes(storage.space.freeBytes)} of ${bytes(storage.space.totalBytes)}`]] as const)),
  ]);
}

async function kinds(context: CommandContext): Promise<ExitCode> {
  showKinds(context.output, await (await context.api()).get<StorageKindDto[]>('/storage/kinds'));
  return ExitCode.Ok;
}

async function add(context: CommandContext, name: string, options: AddOptions): Promise<ExitCode> {
  const api = await context.api();
  const kind = await getKind(api, options.kind);
  const settings = await settingsFrom(context.output, kind, options, { ask: true });
  const body = { name, kind: kind.kind, settings, ...(options.default === true ? { isDefault: true } : {}) };
  const added = await api.post<StorageDto>('/storage', body);
  showStorage(context, added);
  if (added.isDefault) remarkDefault(context);
  return ExitCode.Ok;
}

async function edit(context: CommandContext, text: string, options: EditOptions): Promise<ExitCode> {
  if (options.enable === true && options.disable === true) throw usageError('Either --enable or --disable.');
  const api = await context.api();
  const storage = await getStorage(api, text);
  const settings = await settingsFrom(context.output, await getKind(api, storage.kind), options, { ask: false });
  const body = {
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.default === undefined ? {} : { isDefault: options.default }),
    ...(options.enable === true ? { enabled: true } : {}),
    ...(options.disable === true ? { enabled: false } : {}),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
  };
  if (Object.keys(body).length === 0)
    throw usageError('Nothing to change was given.', 'See "backupd storage edit --help".');
  const edited = await api.patch<StorageDto>(`/storage/${storage.id}`, body);
  showStorage(context, edited);
  if (edited.isDefault && !storage.isDefault) remarkDefault(context);
  return ExitCode.Ok;
}

function remarkDefault({ output }: CommandContext): void {
  output.remark(`The next backup of each site without destinations of its own is ${FULL_NEXT}`);
}

async function test(
  context: CommandContext,
  text: string | undefined,
  options: SettingsOptions & { kind?: string },
): Promise<ExitCode> {
  if ((text === undefined) === (options.kind === undefined))
    throw usageError('Name a storage, or give --kind and settings to try.');
  const api = await context.api();
  if (options.kind !== undefined) {
    const kind = await getKind(api, options.kind);
    const settings = await settingsFrom(context.output, kind, options, { ask: true });
    return showTest(context, await api.post<StorageTestDto>('/storage/test', { kind: kind.kind, settings }));
  }
  const { id } = await getStorage(api, text ?? '');
  return showTest(context, await api.post<StorageTestDto>(`/storage/${id}/test`));
}

function showTest({ output }: CommandContext, result: StorageTestDto): ExitCode {
  output.data(result);
  for (const { name, status, error } of result.steps) {
    if (status === 'ok') output.line(`${output.colors.green('✔')} ${printable(name)}`);
    else if (error === null) output.line(output.colors.dim(`– ${printable(name)} (not tried)`));
    else {
      output.line(`${output.colors.red('✖')} ${printable(name)}: ${printable(error.message)}`);
      if (error.hint !== null) output.line(`  ${printable(error.hint)}`);
    }
  }
  return result.ok ? ExitCode.Ok : ExitCode.Failed;
}

async function remove(context: CommandContext, text: string, options: { yes?: boolean }): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const storage = await getStorage(api, text);
  const question = `Forget ${printable(storage.name)} (${printable(whereIs(storage))})?`;
  if (!(await output.agreed(options.yes, 'Removing a storage', question))) return ExitCode.Failed;
  await api.delete(`/storage/${storage.id}`);
  output.data({ removed: storage.id });
  output.line(`${printable(storage.name)} is forgotten; what lies there stays`);
  return ExitCode.Ok;
}

async function allStorages(api: ApiClient): Promise<StorageDto[]> {
  const found: StorageDto[] = [];
  for await (const storage of api.all<StorageDto>('/storage')) found.push(storage);
  return found;
}

async function getKind(api: ApiClient, text: string): Promise<StorageKindDto> {
  const all = await api.get<StorageKindDto[]>('/storage/kinds');
  const found = all.find(({ kind }) => kind === text);
  if (found !== undefined) return found;
  throw usageError(
    `There is no kind of storage "${printable(text)}".`,
    `There are: ${all.map(({ kind }) => kind).join(', ')}.`,
  );
}
