import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { AppError } from '../../common/errors/index.js';
import { secretKeyId } from '../../common/secret-key.js';
import type { ApiClient } from '../api-client.js';
import type {
  CatalogueDto,
  CatalogueTaskDto,
  RebuildReportDto,
  RecoveryReportDto,
  ShelvedCatalogueDto,
  StorageDto,
} from '../api-types.js';
import { followTask, showRebuild } from '../catalogue-task.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode, usageError } from '../exit-codes.js';
import { printable, time } from '../format.js';
import { askKey, askStorage, type RecoverOptions } from '../recovery-input.js';
import { getStorage } from '../storages.js';
import { showShelf } from './catalogue.js';
import type { Run } from './run.js';

/** `backupd recover` */
export function addRecover(program: Command, run: Run): void {
  program
    .command('recover')
    .description('get a lost server back, on an empty data dir, from a storage and the secret key')
    .option('--path <folder>', 'the storage is this folder of this host')
    .option('--kind <driver>', 'the kind of storage that --settings describes', 's3')
    .option('--settings <file>', "the storage's settings as JSON, with its credentials; - reads them from stdin")
    .option('--storage <name>', 'a storage that was added already')
    .option('--key-file <file>', 'the secret key: an exported one, or the old secret.key; - reads it from stdin')
    .option('--no-key', 'the secret key is lost: rebuild from the manifests')
    .option('--catalogue <key>', 'this catalogue backup instead of the newest')
    .option('-y, --yes', 'do not ask before it begins')
    .addHelpText('after', '\nThe secret key can also come from BACKUPD_SECRET_KEY. What is not given is asked for.')
    .action((options: RecoverOptions) => run((context) => recover(context, options)));
}

async function recover(context: CommandContext, options: RecoverOptions): Promise<ExitCode> {
  const { output } = context;
  if (options.settings === '-' && options.keyFile === '-')
    throw usageError('Only one of --settings and --key-file can come from stdin.');
  const api = await context.api();
  await requireEmpty(api);
  const storage = await findOrAdd(context, options);
  const key = await askKey(output, options);
  const { items } = await api.get<{ items: ShelvedCatalogueDto[] }>('/catalogue/backups', { providerId: storage.id });
  if (!output.json) showShelf(context, items);
  if (!options.key || items.length === 0 || (key === null && !items.some((item) => item.canOpen))) {
    await confirm(context, options, 'Rebuild the catalogue from the manifests of the backups?');
    return rebuild(context, storage);
  }
  const chosen = choose(items, options.catalogue, key === null ? null : secretKeyId(Buffer.from(key, 'base64')));
  await confirm(context, options, `Recover from the catalogue backup of ${time(chosen.createdAt)}?`);
  const task = await api.post<CatalogueTaskDto>('/catalogue/recover', {
    providerId: storage.id,
    key: chosen.key,
    ...(key === null ? {} : { secretKey: key }),
  });
  return report(context, await followTask<RecoveryReportDto>(context, task));
}

async function requireEmpty(api: ApiClient): Promise<void> {
  const { empty, sites, backups } = await api.get<CatalogueDto>('/catalogue');
  if (empty) return;
  throw new AppError({
    code: 'CATALOGUE_NOT_EMPTY',
    kind: 'conflict',
    message: `This backupd has a catalogue of its own already (${sites} sites, ${backups} backups).`,
    hint: 'Recover on an empty data dir (BACKUPD_DATA_DIR). To add what a storage has and the catalogue has not: `backupd catalogue rebuild --from <storage>`.',
    retry: 'never',
  });
}

/** A storage of the same name from an earlier try gets the settings given now. */
async function findOrAdd(context: CommandContext, options: RecoverOptions): Promise<StorageDto> {
  const api = await context.api();
  if (options.storage !== undefined) return getStorage(api, options.storage);
  const { kind, settings } = await askStorage(context.output, options);
  requireFolder(kind, settings['path']);
  const name = 'recovered';
  for await (const known of api.all<StorageDto>('/storage'))
    if (known.name === name && known.kind === kind) return api.patch<StorageDto>(`/storage/${known.id}`, { settings });
  return api.post<StorageDto>('/storage', { name, kind, settings, isDefault: true });
}

/** A folder that was mistyped, or whose disk is not mounted, must not be made anew. */
function requireFolder(kind: string, path: unknown): void {
  if (kind !== 'local' || typeof path !== 'string' || existsSync(path)) return;
  throw usageError(
    `There is no folder ${printable(path)} on this host.`,
    'Give the folder of the storage that has the backups; is its disk mounted?',
  );
}

/** The catalogue backup that is asked for, else the newest that the given key opens (or that this host has a key for). */
function choose(
  items: readonly ShelvedCatalogueDto[],
  wanted: string | undefined,
  keyId: string | null,
): ShelvedCatalogueDto {
  const opens = (item: ShelvedCatalogueDto): boolean => item.canOpen || (keyId !== null && item.keyId === keyId);
  const found = items.find((item) => (wanted === undefined ? opens(item) : item.key === wanted));
  if (found !== undefined && opens(found)) return found;
  const sealers = [...new Set(items.flatMap((item) => item.keyId ?? []))];
  if (keyId !== null && sealers.length > 0)
    throw new AppError({
      code: 'SECRET_KEY_WRONG',
      kind: 'precondition',
      message: `The key that was given (${keyId}) opens ${wanted === undefined ? 'none of the catalogue backups there' : 'not that catalogue backup'}: they were sealed with ${sealers.join(', ')}.`,
      hint: 'Give that key, or rebuild from the manifests without one: --no-key.',
      retry: 'never',
    });
  throw new AppError({
    code: 'CATALOGUE_BACKUP_NOT_FOUND',
    kind: 'not-found',
    message:
      wanted === undefined
        ? 'All catalogue backups there are damaged.'
        : `There is no catalogue backup ${printable(wanted)}.`,
    hint: 'Choose one of the list, or rebuild from the manifests with --no-key.',
    retry: 'never',
  });
}

async function confirm({ output }: CommandContext, options: RecoverOptions, question: string): Promise<void> {
  if (!(await output.agreed(options.yes, 'A recovery', question))) throw usageError('Nothing was changed.');
}

async function rebuild(context: CommandContext, storage: StorageDto): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const task = await api.post<CatalogueTaskDto>('/catalogue/rebuild', { providerId: storage.id });
  const rebuilt = await followTask<RebuildReportDto>(context, task);
  output.data({ rebuilt });
  if (rebuilt.backups.adopted + rebuilt.backups.known === 0)
    throw new AppError({
      code: 'NOTHING_TO_RECOVER',
      kind: 'not-found',
      message: `"${printable(storage.name)}" has no backup that could be brought back.`,
      hint: 'Is it the right folder, bucket and prefix? `backupd storage show recovered` tells what was looked at.',
      retry: 'never',
    });
  output.line(`Rebuilt from the manifests on ${printable(storage.name)}:`);
  showRebuild(context, rebuilt);
  output.line();
  output.line('Not in manifests, so lost: other storages and their credentials, API tokens, settings, quotas,');
  output.line('database passwords of sites that were entered by hand, pins, and the history of jobs.');
  nextSteps(context);
  return ExitCode.Warnings;
}

function report(context: CommandContext, recovered: RecoveryReportDto): ExitCode {
  const { output } = context;
  const { rows, providers, unreadableSecrets } = recovered;
  output.data({ recovered });
  output.line(`Recovered as of ${time(recovered.createdAt)}:`);
  output.facts([
    ['sites', String(rows['site'] ?? 0)],
    ['backups', String(rows['backup'] ?? 0)],
    ['storages', String(rows['storage_provider'] ?? 0)],
    ['API tokens', String(rows['api_token'] ?? 0)],
  ]);
  let isClean = unreadableSecrets === 0;
  for (const { name, rebuilt, error } of providers) {
    output.line(`Compared with ${printable(name)}:`);
    if (rebuilt === null) {
      isClean = false;
      output.line(`  it does not answer: ${printable(error?.message ?? '')}`);
    } else if (showRebuild(context, rebuilt)) isClean = false;
  }
  if (unreadableSecrets > 0)
    output.line(`${unreadableSecrets} stored credentials were sealed with yet another key: enter them again.`);
  nextSteps(context);
  return isClean ? ExitCode.Ok : ExitCode.Warnings;
}

function nextSteps({ output }: CommandContext): void {
  output.line();
  output.line('What next:');
  output.line('  backupd sites                                    what there is');
  output.line(
    '  backupd restore latest --site <site> --dry-run   what a restore would do; without --dry-run it is done',
  );
  output.line('  backupd doctor                                   storages that are gone, programs that are missing');
  output.line('  backupd secrets export <file>                    keep the secret key where this server is not');
}
