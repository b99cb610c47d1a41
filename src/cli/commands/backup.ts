import type { Command } from 'commander';
import { asAppError } from '../../common/errors/index.js';
import type { BackupDto, JobDto, SiteDto } from '../api-types.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode } from '../exit-codes.js';
import { copyText, hasBadCopy, lacksWholeCopy } from '../copy-health.js';
import { bytes, count, printable, shortIds, time } from '../format.js';
import { asPath, findSite, getBackupId, getSite, looksLikePath } from '../lookup.js';
import { getStorage } from '../storages.js';
import { wholeNumber } from './arguments.js';
import { BACKUP, OF_SITE, type OfSite } from './backup-arguments.js';
import { addDelete } from './delete-backup.js';
import { addPins } from './pins.js';
import type { Run } from './run.js';

interface BackupOptions {
  wait?: boolean;
  priority?: number;
  full?: boolean;
  reread?: boolean;
}

interface CopyOptions extends OfSite {
  to: string;
  wait?: boolean;
}

/** `backupd backup <site|path>`, `backupd backups [site]`, `backupd backups copy|delete <backup>` and `backupd repair <site>` */
export function addBackup(program: Command, run: Run): void {
  program
    .command('backup')
    .description('back up a site now; a path that is not registered yet is registered first')
    .argument('<site>', 'id, name, address or path of a site')
    .option('--wait', 'wait for the end, with progress')
    .option('--full', 'store everything anew, compared with no earlier backup')
    .option('--reread', 'read every file, also what looks unchanged')
    .option('--priority <n>', 'higher ones go first', wholeNumber)
    .action((text: string, options: BackupOptions) => run((context) => backUp(context, text, options)));
  const backups = program.command('backups').description('the backups: list, copy, pin, unpin, keep, delete');
  backups
    .command('list', { isDefault: true })
    .description('list the backups')
    .argument('[site]', 'only of this site: id, name, address or path')
    .option('--limit <n>', 'how many, newest first', wholeNumber, 50)
    .action((text: string | undefined, options: { limit: number }) => run((context) => list(context, text, options)));
  addPins(backups, run);
  addDelete(backups, run);
  backups
    .command('copy')
    .description('copy a backup to one more storage')
    .argument('<backup>', BACKUP)
    .requiredOption('--to <storage>', 'its name or id')
    .option(...OF_SITE)
    .option('--wait', 'wait for the end, with progress')
    .action((text: string, options: CopyOptions) => run((context) => copyTo(context, text, options)));
  program
    .command('repair')
    .description('copy what is missing or damaged in one storage from another one that has it whole')
    .argument('<site>', 'id, name, address or path of a site')
    .option('--wait', 'wait for the end, with progress')
    .action((text: string, options: { wait?: boolean }) => run((context) => repair(context, text, options)));
}

async function copyTo(context: CommandContext, text: string, options: CopyOptions): Promise<ExitCode> {
  const api = await context.api();
  const id = await getBackupId(api, text, options.site);
  const { id: providerId } = await getStorage(api, options.to);
  return context.finish(await api.post<JobDto>(`/backups/${id}/copies`, { providerId }), options.wait === true);
}

async function repair(context: CommandContext, text: string, options: { wait?: boolean }): Promise<ExitCode> {
  const api = await context.api();
  const site = await getSite(api, text);
  let job: JobDto;
  try {
    job = await api.post<JobDto>(`/sites/${site.id}/repair`);
  } catch (error) {
    const { code, message, hint } = asAppError(error);
    if (code !== 'NOTHING_TO_REPAIR') throw error;
    context.output.data({ nothingToRepair: true, message });
    context.output.line(`${context.output.colors.green('✔')} Nothing to repair. ${message}`);
    if (hint !== undefined) context.output.line(context.output.colors.dim(`  ${hint}`));
    return ExitCode.Ok;
  }
  return context.finish(job, options.wait === true);
}

async function backUp(context: CommandContext, text: string, options: BackupOptions): Promise<ExitCode> {
  const api = await context.api();
  const site = await siteOrRegister(context, text);
  const { priority, full, reread } = options;
  const job = await api.post<JobDto>(`/sites/${site.id}/backups`, { priority, full, reread });
  return context.finish(job, options.wait === true);
}

async function siteOrRegister(context: CommandContext, text: string): Promise<SiteDto> {
  const api = await context.api();
  const known = await findSite(api, text);
  if (known !== null) return known;
  if (!looksLikePath(text)) return getSite(api, text);
  const site = await api.post<SiteDto>('/sites', { path: asPath(text) });
  context.output.remark(`Registered ${printable(site.name)} (${printable(site.path)}).`);
  return site;
}

async function list(context: CommandContext, text: string | undefined, options: { limit: number }): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const site = text === undefined ? null : await getSite(api, text);
  const found: BackupDto[] = [];
  for await (const backup of api.all<BackupDto>('/backups', site === null ? {} : { siteId: site.id })) {
    if (found.length >= options.limit) break;
    found.push(backup);
  }
  output.data(found);
  const idOf = shortIds(found);
  output.table(
    ['ID', 'SITE', 'TAKEN', 'FILES', 'SIZE', 'DATABASE', 'STORED', 'COPIES'],
    found.map((backup) => [
      idOf(backup.id) + marksOf(backup, output),
      printable(backup.siteName),
      time(backup.createdAt),
      count(backup.fileCount),
      bytes(backup.sourceBytes),
      bytes(backup.databaseBytes),
      bytes(backup.storedBytes),
      copiesOf(backup, output),
    ]),
    'There is no backup yet. "backupd backup <site>" takes one.',
  );
  const legend = MARKS.filter(({ isOn }) => found.some(isOn)).map(({ mark, means }) => `${mark} ${means}`);
  if (legend.length > 0) output.line(output.colors.dim(legend.join(', ')));
  return ExitCode.Ok;
}

function copiesOf(backup: BackupDto, { colors }: CommandContext['output']): string {
  const isLost = lacksWholeCopy(backup);
  const copies = backup.copies.map((copy) => {
    const text = copyText(copy);
    return hasBadCopy({ ...backup, copies: [copy] }) ? colors.red(text) : text;
  });
  return `${isLost ? `${colors.bold(colors.red('NO WHOLE COPY'))} ` : ''}${copies.join(', ')}`;
}

function marksOf(backup: BackupDto, { colors }: CommandContext['output']): string {
  const marks = MARKS.filter(({ isOn }) => isOn(backup)).map(({ mark, color }) => colors[color](mark));
  return marks.length === 0 ? '' : ` ${marks.join('')}`;
}

const warningsOf = (backup: BackupDto): number =>
  Array.isArray(backup.warnings) ? backup.warnings.length : backup.warnings;

/** What may stand behind the id of a backup; a line under the table explains those that do. */
const MARKS: readonly {
  mark: string;
  color: 'red' | 'yellow' | 'green';
  means: string;
  isOn: (backup: BackupDto) => boolean;
}[] = [
  { mark: '##', color: 'red', means: 'no copy is whole', isOn: lacksWholeCopy },
  {
    mark: '#',
    color: 'red',
    means: 'a copy is damaged or missing ("backupd repair <site>")',
    isOn: (backup) => hasBadCopy(backup) && !lacksWholeCopy(backup),
  },
  { mark: '!', color: 'yellow', means: 'taken with warnings', isOn: (backup) => warningsOf(backup) > 0 },
  { mark: '*', color: 'green', means: 'pinned', isOn: ({ pinned }) => pinned },
  { mark: '×', color: 'red', means: 'let go by retention', isOn: ({ expiresAt }) => expiresAt !== null },
];
