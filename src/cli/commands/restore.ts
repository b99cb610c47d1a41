import type { Command } from 'commander';
import { AppError } from '../../common/errors/index.js';
import type { ApiClient } from '../api-client.js';
import type { BackupDto, JobDto, RestorePreviewDto, SiteDto } from '../api-types.js';
import type { CommandContext } from '../command-context.js';
import { lacksWholeCopy, NO_WHOLE_COPY_MEANS, noWholeCopyText } from '../copy-health.js';
import { ExitCode, usageError } from '../exit-codes.js';
import { bytes, count, plural, printable, time } from '../format.js';
import { hostId, pathOn, SELF } from '../hosts.js';
import { getBackup } from '../lookup.js';
import { collect } from './arguments.js';
import { secretFile } from '../secret-file.js';
import type { Run } from './run.js';

interface RestoreOptions {
  site?: string;
  to?: string;
  node?: string;
  only?: string;
  path?: string[];
  keepExtra?: boolean;
  delta?: boolean;
  database?: string;
  dbUser?: string;
  dbHost?: string;
  dbPrefix?: string;
  dbPasswordFile?: string;
  dbPasswordEnv?: string;
  adminDbUser?: string;
  adminDbHost?: string;
  adminDbPasswordFile?: string;
  adminDbPasswordEnv?: string;
  dryRun?: boolean;
  yes?: boolean;
  wait: boolean;
}

interface VerifyOptions {
  site?: string;
  quick?: boolean;
  onNode?: boolean;
  wait: boolean;
}

/** `backupd restore <backup|latest>` and `backupd verify <backup|latest>` */
export function addRestore(program: Command, run: Run): void {
  program
    .command('restore')
    .description('restore a site from a backup; shows what would change and asks first')
    .argument('<backup>', '"latest", an id, or the beginning of one')
    .option('--site <site>', 'the site of "latest": id, name, address or path')
    .option('--to <folder>', 'restore the files into this folder (default: where the site is)')
    .option(
      '--node <node>',
      'on this host: name or id of a node, "self" for the master\'s own (default: where the site is)',
    )
    .option('--only <part>', '"files" or "database"')
    .option('--path <path>', 'only this path below the site, e.g. wp-content/uploads/2024 (repeatable)', collect)
    .option('--keep-extra', 'keep files that are not in the backup')
    .option('--delta', 'fetch and write only the files that differ from those on disk')
    .option('--database <name>', 'restore into this database (default: the one the site names)')
    .option('--db-user <user>', 'its account')
    .option('--db-host <host>', "its server, in WordPress's form (default: localhost)")
    .option('--db-prefix <prefix>', 'table prefix there')
    .option('--db-password-file <file>', 'file with its password')
    .option('--db-password-env <name>', 'environment variable with its password (default: it is asked for)')
    .option('--admin-db-user <user>', 'an account that may create the database and its account')
    .option('--admin-db-host <host>', 'its server')
    .option('--admin-db-password-file <file>', "file with the admin account's password")
    .option('--admin-db-password-env <name>', "environment variable with the admin account's password")
    .option('--dry-run', 'only show what would change')
    .option('--yes', 'do not ask')
    .option('--no-wait', 'do not wait for the end')
    .action((text: string, options: RestoreOptions) => run((context) => restore(context, text, options)));
  program
    .command('verify')
    .description('check that a backup is whole')
    .argument('<backup>', '"latest", an id, or the beginning of one')
    .option('--site <site>', 'the site of "latest": id, name, address or path')
    .option('--quick', 'only that it is there with the right sizes; else every byte is read')
    .option('--on-node', 'have the node that the site is on read it, not the master')
    .option('--no-wait', 'do not wait for the end')
    .action((text: string, options: VerifyOptions) => run((context) => verify(context, text, options)));
}

async function restore(context: CommandContext, text: string, options: RestoreOptions): Promise<ExitCode> {
  const { output } = context;
  if (options.only !== undefined && options.only !== 'files' && options.only !== 'database')
    throw usageError(`--only is "files" or "database", not "${printable(options.only)}".`);
  if (options.only === 'database' && options.path !== undefined)
    throw usageError('--path chooses files: it does not go with --only database.');
  if (options.only === 'database' && options.to !== undefined)
    throw usageError('--to is for files: it does not go with --only database.', 'Use --database for another database.');
  if (options.only === 'database' && options.delta === true)
    throw usageError('--delta is for files: it does not go with --only database.');
  const isPlain = options.yes === true || options.dryRun === true;
  if (!isPlain && !output.canAsk)
    throw usageError(
      'A restore shows what would change and asks first; there is nobody to ask.',
      'Look with --dry-run, then give --yes.',
    );
  const request = await requestOf(context, options);
  const api = await context.api();
  const backup = await getBackup(api, text, options.site);
  Object.assign(request, await targetOf(api, backup, options));
  const isLost = lacksWholeCopy(backup);
  // Also with --yes and --json, and before anything is read: reading may fail for it.
  if (isLost) {
    output.remark(output.colors.bold(output.colors.red(`✖ ${noWholeCopyText(backup)}`)));
    output.remark(`  ${NO_WHOLE_COPY_MEANS}`);
  }
  if (options.dryRun === true || !isPlain) {
    const preview = await api.post<RestorePreviewDto>(`/backups/${backup.id}/restore`, { ...request, dryRun: true });
    output.data(preview);
    showPreview(context, backup, preview);
    if (options.dryRun === true) return isLost ? ExitCode.Warnings : ExitCode.Ok;
    if (!(await output.confirm(isLost ? 'No copy is whole, and the restore may fail. Go on?' : 'Go on?'))) {
      output.remark('Nothing was changed.');
      return ExitCode.Failed;
    }
  }
  const job = await api.post<JobDto>(`/backups/${backup.id}/restore`, request);
  return context.finish(job, options.wait);
}

async function requestOf(context: CommandContext, options: RestoreOptions): Promise<Record<string, unknown>> {
  const request: Record<string, unknown> = {};
  if (options.only !== undefined) request['what'] = options.only;
  else if (options.path !== undefined) request['what'] = 'files';
  if (options.path !== undefined) request['paths'] = options.path.map((path) => path.replace(/^(\.?\/)+|\/+$/g, ''));
  if (options.keepExtra === true) request['extraFiles'] = 'keep';
  if (options.delta === true) request['delta'] = true;
  if (options.database === undefined) {
    if (options.dbUser ?? options.dbHost ?? options.dbPrefix ?? options.dbPasswordFile ?? options.dbPasswordEnv)
      throw usageError('The --db-… options describe the database of --database: give it too.');
  } else {
    if (options.dbUser === undefined) throw usageError('--database needs --db-user.');
    request['targetDatabase'] = {
      name: options.database,
      user: options.dbUser,
      password: await secret(context, `Password of ${options.dbUser}`, options.dbPasswordFile, options.dbPasswordEnv),
      ...(options.dbHost === undefined ? {} : { host: options.dbHost }),
      ...(options.dbPrefix === undefined ? {} : { prefix: options.dbPrefix }),
    };
  }
  if (options.adminDbUser !== undefined)
    request['adminDatabase'] = {
      user: options.adminDbUser,
      password: await secret(
        context,
        `Password of ${options.adminDbUser}`,
        options.adminDbPasswordFile,
        options.adminDbPasswordEnv,
      ),
      ...(options.adminDbHost === undefined ? {} : { host: options.adminDbHost }),
    };
  return request;
}

/** The host and the folder; a folder on another host is taken as it is written. */
async function targetOf(
  api: ApiClient,
  { siteId }: BackupDto,
  { node, to }: RestoreOptions,
): Promise<{ nodeId?: string; targetPath?: string }> {
  const nodeId = node === undefined ? {} : { nodeId: (await hostId(api, node)) ?? SELF };
  if (to === undefined) return nodeId;
  const host = nodeId.nodeId ?? (await hostOfSite(api, siteId));
  return { ...nodeId, targetPath: pathOn(host === SELF ? null : host, to) };
}

async function hostOfSite(api: ApiClient, siteId: string): Promise<string> {
  try {
    return (await api.get<SiteDto>(`/sites/${siteId}`)).nodeId ?? SELF;
  } catch (error) {
    if (error instanceof AppError && error.code === 'SITE_NOT_FOUND') return SELF;
    throw error;
  }
}

/** A password: from a file, from the environment, or asked for; never an argument, which others on the host can read. */
async function secret(
  context: CommandContext,
  question: string,
  file: string | undefined,
  variable: string | undefined,
): Promise<string> {
  if (file !== undefined) return secretFile(file, context.output);
  if (variable !== undefined) {
    const value = context.output.terminal.env[variable];
    if (value === undefined) throw usageError(`The environment variable ${variable} is not set.`);
    return value;
  }
  if (context.output.canAsk) return context.output.secret(question);
  throw usageError(
    `${question}: there is nobody to ask.`,
    'Give it with --db-password-file / --db-password-env (or --admin-db-password-…).',
  );
}

function showPreview(context: CommandContext, backup: BackupDto, preview: RestorePreviewDto): void {
  const { output } = context;
  const { colors } = output;
  output.line(colors.bold(`Restore of ${printable(backup.siteName)} as of ${time(backup.createdAt)}`));
  const { files, database } = preview;
  if (files !== null) {
    output.line(`  files in ${printable(preview.targetPath)}`);
    const parts = [
      `${count(files.create)} new`,
      `${count(files.replace)} replaced`,
      `${count(files.unchanged)} unchanged`,
      files.delete > 0 ? colors.red(`${count(files.delete)} deleted`) : '0 deleted',
    ];
    output.line(`    ${parts.join(', ')} (${bytes(files.bytes)} to write)`);
    for (const path of files.sample.slice(0, 10)) output.line(colors.dim(`      ${printable(path)}`));
  }
  if (database !== null) {
    output.line(
      `  database ${printable(database.name)} on ${printable(database.host)}${database.createDatabase ? ' (will be created)' : ''}`,
    );
    output.line(`    ${plural(database.create.length, 'table')} new, ${database.replace.length} replaced`);
    if (database.drop.length > 0)
      output.line(
        colors.red(`    ${plural(database.drop.length, 'table')} made since then go (a safety dump keeps them): `) +
          printable(database.drop.slice(0, 10).join(', ')),
      );
  }
  output.line(`  ${bytes(preview.bytesNeeded)} needed, ${bytes(preview.bytesFree)} free`);
  for (const warning of preview.warnings) output.line(`  ${colors.yellow('!')} ${printable(warning)}`);
}

async function verify(context: CommandContext, text: string, options: VerifyOptions): Promise<ExitCode> {
  const api = await context.api();
  const backup = await getBackup(api, text, options.site);
  const job = await api.post<JobDto>(`/backups/${backup.id}/verify`, {
    level: options.quick === true ? 'quick' : 'full',
    ...(options.onNode === true ? { on: 'node' } : {}),
  });
  return context.finish(job, options.wait);
}
