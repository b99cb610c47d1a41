import { type Command, Option } from 'commander';
import type { QuotaDto, UsageDto } from '../api-types.js';
import type { ApiClient } from '../api-client.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode, usageError } from '../exit-codes.js';
import { bytes, count, limit, printable, time } from '../format.js';
import { hostId, SELF } from '../hosts.js';
import { getSite } from '../lookup.js';
import { getStorage } from '../storages.js';
import { sizeOf } from './arguments.js';
import type { Run } from './run.js';

interface Subject {
  site?: string;
  storage?: string;
  node?: string;
}

const SCOPES = ['site', 'node', 'provider'] as const;

/** `backupd quota …` and `backupd usage` */
export function addQuota(program: Command, run: Run): void {
  const quota = program.command('quota').description('how much may be stored: list, set, remove');
  quota
    .command('list', { isDefault: true })
    .description('list the quotas')
    .action(() => run(list));
  subjectOptions(
    quota
      .command('set')
      .description('set the quota of a site, a storage or a host')
      .argument('<size>', 'in bytes, or 50GB, 1.5TB (powers of 1000), 100GiB (powers of 1024); 0 = nothing', sizeOf),
  )
    .addOption(
      new Option('--over <what>', 'when a backup would go over: fail, or prune what retention lets go')
        .choices(['fail', 'prune'])
        .default('fail'),
    )
    .action((size: number, options: Subject & { over: string }) => run((context) => set(context, size, options)));
  subjectOptions(quota.command('remove').description('remove a quota: no limit')).action((options: Subject) =>
    run((context) => remove(context, options)),
  );
  program
    .command('usage')
    .description('what is stored, by site, host and storage')
    .action(() => run(usage));
}

function subjectOptions(command: Command): Command {
  return command
    .option('--site <site>', 'of this site: id, name, address or path')
    .option('--storage <storage>', 'of this storage: id or name')
    .option('--node <node>', 'of this node: its name or id; "self" for the master\'s own host');
}

async function list(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const found: QuotaDto[] = [];
  for await (const quota of api.all<QuotaDto>('/quotas')) found.push(quota);
  output.data(found);
  output.table(
    ['OF', 'NAME', 'QUOTA', 'WHEN OVER', 'SET'],
    found.map((quota) => [
      scopeText(quota.scope),
      nameOf(quota),
      limit(quota.bytes),
      quota.over,
      time(quota.updatedAt),
    ]),
    'No quota is set: nothing is limited.',
  );
  return ExitCode.Ok;
}

async function set(context: CommandContext, size: number, options: Subject & { over: string }): Promise<ExitCode> {
  const api = await context.api();
  const path = await pathOf(api, options);
  const quota = await api.put<QuotaDto>(path, { bytes: size, over: options.over });
  context.output.data(quota);
  context.output.line(`The quota of ${scopeText(quota.scope)} ${nameOf(quota)} is ${limit(quota.bytes)}`);
  return ExitCode.Ok;
}

async function remove(context: CommandContext, options: Subject): Promise<ExitCode> {
  const api = await context.api();
  const path = await pathOf(api, options);
  await api.delete(path);
  context.output.data({ removed: path });
  context.output.line('The quota is removed: no limit there');
  return ExitCode.Ok;
}

async function usage(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const found: (UsageDto & { scope: string })[] = [];
  for (const scope of SCOPES)
    for await (const each of api.all<UsageDto>('/usage', { scope })) found.push({ scope, ...each });
  output.data(found);
  output.table(
    ['OF', 'NAME', 'STORED', 'OBJECTS', 'RESERVED', 'QUOTA', 'USED'],
    found.map((each) => [
      scopeText(each.scope),
      nameOf(each),
      bytes(each.bytes),
      count(each.objects),
      each.reservedBytes === 0 ? '' : bytes(each.reservedBytes),
      each.quotaBytes === null ? '' : limit(each.quotaBytes),
      each.percent === null ? '' : output.colors[each.near ? 'yellow' : 'green'](`${each.percent} %`),
    ]),
    'Nothing is stored yet.',
  );
  return ExitCode.Ok;
}

const scopeText = (scope: string): string => (scope === 'provider' ? 'storage' : scope === 'node' ? 'host' : scope);

const nameOf = ({ name, subjectId }: { name: string | null; subjectId: string | null }): string =>
  subjectId === null ? 'self' : printable(name ?? subjectId);

async function pathOf(api: ApiClient, { site, storage, node }: Subject): Promise<string> {
  if ([site, storage, node].filter((each) => each !== undefined).length !== 1)
    throw usageError('Of what?', 'Give one of --site, --storage and --node.');
  if (site !== undefined) return `/quotas/site/${(await getSite(api, site)).id}`;
  if (node !== undefined) return `/quotas/node/${(await hostId(api, node)) ?? SELF}`;
  return `/quotas/provider/${(await getStorage(api, storage ?? '')).id}`;
}
