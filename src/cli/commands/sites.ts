import type { Command } from 'commander';
import type { SiteDto } from '../api-types.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode, usageError } from '../exit-codes.js';
import { plural, printable, shortIds, time } from '../format.js';
import { hostId, hostName, pathOn, SELF } from '../hosts.js';
import { getSite } from '../lookup.js';
import { destinationsOf, destinationText, FULL_NEXT, hasNewStorage } from './destinations.js';
import { addMove } from './move-site.js';
import type { Run } from './run.js';
import { listDiscovered } from './schedule-output.js';
import { alarmLimitsText, changes, type EditOptions, editOptions } from './site-changes.js';

interface ListOptions {
  search?: string;
  label?: string;
  paused?: boolean;
  node?: string;
}

interface OnNode {
  node?: string;
}

/** `backupd sites …` */
export function addSites(program: Command, run: Run): void {
  const sites = program
    .command('sites')
    .description('the registered sites: list, add, import, edit, move, pause, resume, remove, discovered');
  sites
    .command('list', { isDefault: true })
    .description('list the registered sites')
    .option('--search <text>', 'only those whose name, address or path contains it')
    .option('--label <word>', 'only those with this label')
    .option('--paused', 'only paused ones')
    .option('--node <node>', 'only those on this node: its name or id; "self" for the master\'s own host')
    .action((options: ListOptions) => run((context) => list(context, options)));
  sites
    .command('show')
    .description('show one site')
    .argument('<site>', 'id, name, address or path')
    .action((text: string) => run((context) => show(context, text)));
  editOptions(sites.command('add').description('register a site').argument('<path>', 'its folder'))
    .option('--node <node>', "the node it is on: name or id (default: the master's own host)")
    .action((path: string, options: EditOptions & OnNode) => run((context) => add(context, path, options)));
  sites
    .command('import')
    .description('register every install found')
    .argument('[path...]', 'folders to look in (default: those of the host, /var/www)')
    .option('--node <node>', "on this node: name or id (default: the master's own host)")
    .action((paths: string[], options: OnNode) => run((context) => importAll(context, paths, options)));
  addMove(sites, run);
  editOptions(sites.command('edit').description('change a site').argument('<site>', 'id, name, address or path'))
    .option('--path <path>', 'where it has moved to')
    .action((text: string, options: EditOptions) => run((context) => edit(context, text, options)));
  sites
    .command('discovered')
    .description('what scheduled scans found: new, moved and vanished sites')
    .action(() => run(listDiscovered));
  for (const [verb, done, about] of [
    ['pause', 'paused', 'take no more backups of a site'],
    ['resume', 'active again', 'take backups of a paused site again'],
  ] as const)
    sites
      .command(verb)
      .description(about)
      .argument('<site>', 'id, name, address or path')
      .action((text: string) => run((context) => setPaused(context, text, verb, done)));
  sites
    .command('remove')
    .description('forget a site; its files and its backups stay')
    .argument('<site>', 'id, name, address or path')
    .option('--yes', 'do not ask')
    .action((text: string, options: { yes?: boolean }) => run((context) => remove(context, text, options)));
}

async function list(context: CommandContext, options: ListOptions): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const { node, ...filters } = options;
  const nodeId = node === undefined ? {} : { nodeId: (await hostId(api, node)) ?? SELF };
  const found: SiteDto[] = [];
  for await (const site of api.all<SiteDto>('/sites', { ...filters, ...nodeId })) found.push(site);
  output.data(found);
  const idOf = shortIds(found);
  output.table(
    ['ID', 'NAME', 'URL', 'HOST', 'PATH', 'LAST BACKUP', 'NEXT RUN'],
    found.map((site) => [
      idOf(site.id),
      printable(site.name) + (site.paused ? output.colors.yellow(' (paused)') : ''),
      printable(site.url ?? '–'),
      hostName(site),
      printable(site.path),
      site.lastBackup === null ? output.colors.yellow('never') : time(site.lastBackup.createdAt),
      time(site.nextRun),
    ]),
    Object.keys(options).length > 0
      ? 'No such site is registered.'
      : 'No site is registered yet. "backupd scan" looks for some; "backupd sites import" registers what it finds.',
  );
  return ExitCode.Ok;
}

async function show(context: CommandContext, text: string): Promise<ExitCode> {
  const api = await context.api();
  const { id } = await getSite(api, text);
  await showSite(context, await api.get<SiteDto>(`/sites/${id}`));
  return ExitCode.Ok;
}

export async function showSite(context: CommandContext, site: SiteDto): Promise<void> {
  const { output } = context;
  output.data(site);
  output.line(output.colors.bold(printable(site.name)) + (site.paused ? output.colors.yellow(' (paused)') : ''));
  output.facts([
    ['id', site.id],
    ['host', hostName(site)],
    ['path', printable(site.path)],
    ['url', printable(site.url ?? '–')],
    ['module', site.module],
    ['settings', printable(JSON.stringify(site.settings))],
    ['excludes', printable(site.excludes.join(', ') || 'none')],
    [
      'overrides',
      printable(
        Object.entries(site.overrides)
          .map(([name, value]) => `${name}=${value}`)
          .join(', ') || 'none',
      ),
    ],
    ['labels', site.labels.join(', ') || 'none'],
    ['time zone', site.timeZone ?? 'of backupd'],
    ['alarms', alarmLimitsText(site.alarms)],
    ['destinations', await destinationText(await context.api(), site)],
    [
      'last backup',
      site.lastBackup === null ? 'never' : `${time(site.lastBackup.createdAt)} (${site.lastBackup.status})`,
    ],
    ['next run', time(site.nextRun)],
  ]);
}

async function add(context: CommandContext, path: string, options: EditOptions & OnNode): Promise<ExitCode> {
  const api = await context.api();
  const destinations = await destinationsOf(api, options);
  const nodeId = await hostId(api, options.node ?? SELF);
  const site = await api.post<SiteDto>('/sites', {
    path: pathOn(nodeId, path),
    ...(nodeId === null ? {} : { nodeId }),
    ...(await changes(context, options, null)),
    destinations,
  });
  await showSite(context, site);
  return ExitCode.Ok;
}

async function importAll(context: CommandContext, paths: readonly string[], options: OnNode): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const nodeId = await hostId(api, options.node ?? SELF);
  const result = await api.post<{
    created: SiteDto[];
    existing: SiteDto[];
    skipped: { path: string; reason: string }[];
  }>('/sites/import', {
    ...(paths.length === 0 ? {} : { roots: paths.map((path) => pathOn(nodeId, path)) }),
    ...(nodeId === null ? {} : { nodeId }),
  });
  output.data(result);
  for (const site of result.created)
    output.line(`${output.colors.green('+')} ${printable(site.path)}  ${printable(site.name)}`);
  for (const { path, reason } of result.skipped)
    output.line(output.colors.dim(`– ${printable(path)}  ${printable(reason)}`));
  output.line(
    `${plural(result.created.length, 'site')} registered, ${result.existing.length} known already, ${result.skipped.length} skipped`,
  );
  return ExitCode.Ok;
}

async function edit(context: CommandContext, text: string, options: EditOptions): Promise<ExitCode> {
  const api = await context.api();
  const site = await getSite(api, text);
  const destinations = await destinationsOf(api, options);
  const body = { ...(await changes(context, options, site)), ...(destinations === undefined ? {} : { destinations }) };
  if (Object.keys(body).length === 0)
    throw usageError('Nothing to change was given.', 'See "backupd sites edit --help".');
  const edited = await api.patch<SiteDto>(`/sites/${site.id}`, body);
  await showSite(context, edited);
  if (hasNewStorage(site, edited))
    context.output.remark(`The next backup of ${printable(edited.name)} is ${FULL_NEXT}`);
  return ExitCode.Ok;
}

async function setPaused(
  context: CommandContext,
  text: string,
  verb: 'pause' | 'resume',
  done: string,
): Promise<ExitCode> {
  const api = await context.api();
  const site = await getSite(api, text);
  const changed = await api.post<SiteDto | null>(`/sites/${site.id}/${verb}`);
  context.output.data(changed ?? { ...site, paused: verb === 'pause' });
  context.output.line(`${printable(site.name)} is ${done}`);
  return ExitCode.Ok;
}

async function remove(context: CommandContext, text: string, options: { yes?: boolean }): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const site = await getSite(api, text);
  const question = `Forget ${printable(site.name)} (${printable(site.path)})? Its files and backups stay.`;
  if (!(await output.agreed(options.yes, 'Removing a site', question))) return ExitCode.Failed;
  await api.delete(`/sites/${site.id}`);
  output.data({ removed: site.id });
  output.line(`${printable(site.name)} is no longer registered; its files and backups stay`);
  return ExitCode.Ok;
}
