import type { Command } from 'commander';
import { AppError, asAppError } from '../../common/errors/index.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode } from '../exit-codes.js';
import { bytes, plural, printable, shortId, time } from '../format.js';
import { getBackup } from '../lookup.js';
import { BACKUP, OF_SITE, type OfSite } from './backup-arguments.js';
import type { Run } from './run.js';

interface DeleteOptions extends OfSite {
  force?: boolean;
  yes?: boolean;
}

/** `backupd backups delete <backup>` */
export function addDelete(backups: Command, run: Run): void {
  backups
    .command('delete')
    .description('delete a backup on every storage; asks first; needs the role admin')
    .argument('<backup>', BACKUP)
    .option(...OF_SITE)
    .option('--force', "also the site's newest good one")
    .option('--yes', 'do not ask')
    .action((text: string, options: DeleteOptions) => run((context) => remove(context, text, options)));
}

async function remove(context: CommandContext, text: string, options: DeleteOptions): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const backup = await getBackup(api, text, options.site);
  const name = `${shortId(backup.id)} of ${printable(backup.siteName)}, ${time(backup.createdAt)}`;
  const places = plural(backup.copies.length, 'storage');
  if (!(await output.agreed(options.yes, 'Deleting a backup', `Delete ${name} from ${places} for ever?`))) {
    output.remark('Nothing was changed.');
    return ExitCode.Failed;
  }
  try {
    await api.delete(`/backups/${backup.id}`, options.force === true ? { force: true } : {});
  } catch (error) {
    throw asCommand(error);
  }
  output.data({ deleted: backup.id, storedBytes: backup.storedBytes });
  output.line(`Deleted ${name}.`);
  const added = `It had added ${bytes(backup.storedBytes)}; what other backups need of that stays.`;
  output.line(output.colors.dim(`  ${added} A storage that does not answer now is cleared later.`));
  return ExitCode.Ok;
}

/** The API's hint speaks of its own query; here it is an option. */
function asCommand(thrown: unknown): AppError {
  const { code, kind, message, context } = asAppError(thrown);
  const hint =
    code === 'BACKUP_NEWEST'
      ? 'Make a newer one first, or delete it all the same with --force.'
      : kind === 'forbidden'
        ? 'Deleting backups takes the role admin: use a token of that role (`backupd tokens add <name> --role admin`).'
        : undefined;
  if (hint === undefined) return asAppError(thrown);
  return new AppError({ code, kind, message, hint, ...(context === undefined ? {} : { context }) });
}
