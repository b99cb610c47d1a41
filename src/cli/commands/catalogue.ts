import type { Command } from 'commander';
import type {
  CatalogueBackupReportDto,
  CatalogueDto,
  CatalogueTaskDto,
  RebuildReportDto,
  ShelvedCatalogueDto,
} from '../api-types.js';
import { followTask, showRebuild } from '../catalogue-task.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode } from '../exit-codes.js';
import { bytes, printable, time } from '../format.js';
import { getStorage } from '../storages.js';
import { restoreFromMirror } from './mirror.js';
import type { Run } from './run.js';

/** `backupd catalogue …` */
export function addCatalogue(program: Command, run: Run): void {
  const catalogue = program
    .command('catalogue')
    .description('what backupd knows of sites and backups: its own backup, and how it is rebuilt from a storage');
  catalogue
    .command('show', { isDefault: true })
    .alias('status')
    .description('what the catalogue has, and when it was last backed up')
    .action(() => run(status));
  catalogue
    .command('backup')
    .description('back the catalogue and the configuration up now, sealed, to every storage')
    .action(() => run(backUp));
  catalogue
    .command('backups')
    .description('list the catalogue backups on a storage')
    .requiredOption('--on <storage>', 'name or id of the storage')
    .action((options: { on: string }) => run((context) => list(context, options.on)));
  catalogue
    .command('rebuild')
    .description('add the sites and backups that a storage has and the catalogue has not')
    .requiredOption(
      '--from <storage>',
      'name or id of the storage; d1 = the mirror in Cloudflare D1, into an empty catalogue',
    )
    .option('--server <name>', 'with d1: the server whose rows they are, when there are several')
    .option('--without-key', 'with d1: also when the stored credentials can not be opened with the key of this host')
    .action((options: { from: string; server?: string; withoutKey?: boolean }) =>
      run((context) => (options.from === 'd1' ? restoreFromMirror(context, options) : rebuild(context, options.from))),
    );
}

async function status(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const state = await (await context.api()).get<CatalogueDto>('/catalogue');
  output.data(state);
  output.facts([
    ['sites', String(state.sites)],
    ['backups', String(state.backups)],
    ['last backed up', state.lastBackupAt === null ? 'never' : time(state.lastBackupAt)],
    ['last task', state.task === null ? 'none' : `${state.task.kind}, ${state.task.status}`],
  ]);
  return ExitCode.Ok;
}

async function backUp(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const task = await (await context.api()).post<CatalogueTaskDto>('/catalogue/backups');
  const report = await followTask<CatalogueBackupReportDto>(context, task);
  output.data(report);
  output.line(`The catalogue is backed up: ${bytes(report.size)} on ${report.stored.map(printable).join(', ')}`);
  output.line(`  sealed with the key ${report.keyId}; keep a copy of that elsewhere (backupd secrets export)`);
  for (const { provider, message } of report.failed)
    output.remark(`! not on ${printable(provider)}: ${printable(message)}`);
  return report.failed.length > 0 ? ExitCode.Warnings : ExitCode.Ok;
}

async function list(context: CommandContext, storage: string): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const { id } = await getStorage(api, storage);
  const { items } = await api.get<{ items: ShelvedCatalogueDto[] }>('/catalogue/backups', { providerId: id });
  output.data(items);
  showShelf(context, items);
  return ExitCode.Ok;
}

/** The catalogue backups of a storage as a table. */
export function showShelf({ output }: CommandContext, items: readonly ShelvedCatalogueDto[]): void {
  output.table(
    ['MADE', 'HOST', 'SIZE', 'SEALED WITH', 'KEY'],
    items.map((item) => [
      time(item.createdAt),
      printable(item.host ?? '?'),
      bytes(item.size),
      item.keyId === null ? 'damaged' : `${item.keyId}${item.canOpen ? '' : ' (not here)'}`,
      item.key,
    ]),
    'There is no catalogue backup.',
  );
}

async function rebuild(context: CommandContext, storage: string): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const { id, name } = await getStorage(api, storage);
  const task = await api.post<CatalogueTaskDto>('/catalogue/rebuild', { providerId: id });
  const report = await followTask<RebuildReportDto>(context, task);
  output.data(report);
  output.line(`From ${printable(name)}:`);
  return showRebuild(context, report) ? ExitCode.Warnings : ExitCode.Ok;
}
