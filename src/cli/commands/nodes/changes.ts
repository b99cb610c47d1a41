import { type Command, InvalidArgumentError, Option } from 'commander';
import type { NodeDto, NodeLimits } from '../../api-types-nodes.js';
import type { CommandContext } from '../../command-context.js';
import { ExitCode, usageError } from '../../exit-codes.js';
import { plural, printable } from '../../format.js';
import { wholeNumber } from '../arguments.js';
import type { Run } from '../run.js';
import { getNode, NODE } from '../../nodes.js';
import { limitsText } from './views.js';

interface LimitOptions {
  io?: number;
  network?: number;
  cpu?: number;
  bandwidth?: number;
  none?: boolean;
}

/** `backupd nodes rename|limit|block|unblock|rotate|revoke|remove` */
export function addNodeChanges(nodes: Command, run: Run): void {
  const command = (name: string, description: string): Command =>
    nodes.command(name).description(description).argument('<node>', NODE);
  command('rename', 'give a node another name')
    .argument('<name>', 'the new name')
    .action((node: string, name: string) => run((context) => rename(context, node, name)));
  command('limit', "set the master's limits for a node; of these and its own the lower apply")
    .option('--io <n>', 'disk-heavy stages at a time', atLeastOne)
    .option('--network <n>', 'uploads at a time', atLeastOne)
    .option('--cpu <n>', 'compression and hashing threads', atLeastOne)
    .option('--bandwidth <mbps>', 'upload budget in megabits a second; 0 = unlimited', wholeNumber)
    .option('--none', 'only its own limits apply')
    .action((node: string, options: LimitOptions) => run((context) => limit(context, node, options)));
  const acts = [
    ['block', 'refuse a node until it is unblocked', 'is blocked'],
    ['unblock', 'let a node in again', 'may come in again'],
    ['rotate', 'have a node fetch another key', 'fetches another key with its next heartbeat'],
  ] as const;
  for (const [name, description, said] of acts)
    command(name, description).action((node: string) => run((context) => act(context, node, name, said)));
  command('revoke', 'make the key of a node worth nothing; the host must join again to come back')
    .option('--yes', 'do not ask')
    .action((node: string, options: { yes?: boolean }) => run((context) => revoke(context, node, options)));
  command('remove', 'remove a node; the backups of its sites stay')
    .addOption(
      new Option(
        '--sites <what>',
        'what becomes of its sites: kept, paused, until they are moved, or forgotten',
      ).choices(['keep', 'remove']),
    )
    .option('--yes', 'do not ask')
    .action((node: string, options: { sites?: string; yes?: boolean }) =>
      run((context) => remove(context, node, options)),
    );
}

function atLeastOne(text: string): number {
  const number = wholeNumber(text);
  if (number === 0) throw new InvalidArgumentError('It must be at least 1.');
  return number;
}

async function rename(context: CommandContext, text: string, name: string): Promise<ExitCode> {
  const api = await context.api();
  const { id, name: before } = await getNode(api, text);
  const node = await api.patch<NodeDto>(`/nodes/${id}`, { name });
  context.output.data(node);
  context.output.line(`The node ${printable(before)} is called ${printable(node.name)} now`);
  return ExitCode.Ok;
}

async function limit(
  context: CommandContext,
  text: string,
  { none, bandwidth, ...given }: LimitOptions,
): Promise<ExitCode> {
  const { output } = context;
  const isNone = none === true;
  const isGiven = bandwidth !== undefined || Object.values(given).some((value) => value !== undefined);
  if (isNone === isGiven) throw usageError('Give what to limit, or --none.', 'See "backupd nodes limit --help".');
  const api = await context.api();
  const node = await getNode(api, text);
  const path = `/nodes/${node.id}/limits`;
  if (isNone) {
    await api.delete(path);
    output.data(await api.get<NodeDto>(`/nodes/${node.id}`));
    output.line(`Only its own limits apply to ${printable(node.name)}, within seconds`);
    return ExitCode.Ok;
  }
  const wanted = { ...given, ...(bandwidth === undefined ? {} : { bandwidthMbps: bandwidth }) };
  const changed = await api.put<NodeDto>(path, { ...(node.limits ?? UNLIMITED), ...wanted });
  output.data(changed);
  output.line(`${printable(node.name)}: ${limitsText(changed.limits ?? UNLIMITED)}, within seconds`);
  return ExitCode.Ok;
}

/** As the lower applies, these leave it to the node. */
const UNLIMITED: NodeLimits = { io: 1000, network: 1000, cpu: 1000, bandwidthMbps: 0 };

async function act(context: CommandContext, text: string, what: string, said: string): Promise<ExitCode> {
  const api = await context.api();
  const { id, name } = await getNode(api, text);
  context.output.data(await api.post<NodeDto>(`/nodes/${id}/${what}`));
  context.output.line(`The node ${printable(name)} ${said}`);
  return ExitCode.Ok;
}

async function revoke(context: CommandContext, text: string, { yes }: { yes?: boolean }): Promise<ExitCode> {
  const { output } = context;
  const { name } = await getNode(await context.api(), text);
  const question = `Revoke the key of ${printable(name)}? The host must join again to come back.`;
  if (!(await output.agreed(yes, 'Revoking a key', question))) return ExitCode.Failed;
  return act(context, text, 'revoke', 'gets nothing any more');
}

async function remove(
  context: CommandContext,
  text: string,
  { sites, yes }: { sites?: string; yes?: boolean },
): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const node = await getNode(api, text);
  const name = printable(node.name);
  if (node.sites > 0 && sites === undefined)
    throw usageError(
      `The node ${name} still has ${plural(node.sites, 'site')}.`,
      'Move them, or say what becomes of them: --sites keep (they stay, paused, until they are moved) or --sites remove. Their backups stay in both cases.',
    );
  const ofSites =
    node.sites === 0
      ? ''
      : ` ${plural(node.sites, 'site')} ${sites === 'keep' ? 'stay, paused' : 'are forgotten'}; their backups stay.`;
  const active = node.runningJobs + node.waitingJobs;
  const ofJobs = active === 0 ? '' : ` ${plural(active, 'job')} will fail.`;
  if (!(await output.agreed(yes, 'Removing a node', `Remove the node ${name}?${ofSites}${ofJobs}`)))
    return ExitCode.Failed;
  await api.delete(`/nodes/${node.id}`, { sites });
  output.data({ removed: node.id });
  output.line(`The node ${name} is removed.${ofSites}`);
  return ExitCode.Ok;
}
