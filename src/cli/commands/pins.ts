import type { Command } from 'commander';
import type { BackupDto } from '../api-types.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode } from '../exit-codes.js';
import { printable, shortId, time } from '../format.js';
import { getBackupId } from '../lookup.js';
import { BACKUP, OF_SITE, type OfSite } from './backup-arguments.js';
import type { Run } from './run.js';

/** `backupd backups pin|unpin|keep` */
export function addPins(backups: Command, run: Run): void {
  backups
    .command('pin')
    .description('keep a backup for ever')
    .argument('<backup>', BACKUP)
    .option(...OF_SITE)
    .option('--note <text>', 'why')
    .action((text: string, options: OfSite & { note?: string }) =>
      run((context) => change(context, text, options, { pinned: true, pinNote: options.note })),
    );
  backups
    .command('unpin')
    .description('let retention decide about a backup again')
    .argument('<backup>', BACKUP)
    .option(...OF_SITE)
    .action((text: string, options: OfSite) => run((context) => change(context, text, options, { pinned: false })));
  backups
    .command('keep')
    .description('take back a backup that retention has let go; it is pinned')
    .argument('<backup>', BACKUP)
    .option(...OF_SITE)
    .action((text: string, options: OfSite) => run((context) => keep(context, text, options)));
}

async function change(
  context: CommandContext,
  text: string,
  { site }: OfSite,
  body: { pinned: boolean; pinNote?: string | undefined },
): Promise<ExitCode> {
  const api = await context.api();
  const id = await getBackupId(api, text, site);
  return tell(context, await api.patch<BackupDto>(`/backups/${id}`, body));
}

async function keep(context: CommandContext, text: string, { site }: OfSite): Promise<ExitCode> {
  const api = await context.api();
  const id = await getBackupId(api, text, site);
  return tell(context, await api.post<BackupDto>(`/backups/${id}/keep`));
}

function tell({ output }: CommandContext, backup: BackupDto): ExitCode {
  output.data(backup);
  const note = backup.pinNote === null ? '' : `: ${printable(backup.pinNote)}`;
  const state = backup.pinned ? `pinned${note}` : 'not pinned';
  output.line(`${shortId(backup.id)} of ${printable(backup.siteName)}, ${time(backup.createdAt)}, is ${state}`);
  return ExitCode.Ok;
}
