import type { Command } from 'commander';
import type { NodeDetailDto, NodeDto, NodeHistoryDto, NodeLimits } from '../../api-types-nodes.js';
import type { CommandContext } from '../../command-context.js';
import { ExitCode } from '../../exit-codes.js';
import { bytes, plural, printable, shortId, shortIds, time } from '../../format.js';
import type { Output } from '../../output.js';
import type { Run } from '../run.js';
import { getNode, NODE } from '../../nodes.js';

/** `backupd nodes list|show|history` */
export function addNodeViews(nodes: Command, run: Run): void {
  nodes
    .command('list', { isDefault: true })
    .description('list the nodes')
    .action(() => run(list));
  nodes
    .command('show')
    .description('show a node: health, load, limits, sites, what runs on it')
    .argument('<node>', NODE)
    .action((node: string) => run((context) => show(context, node)));
  nodes
    .command('history')
    .description('how busy a node was; kept for 30 days')
    .argument('<node>', NODE)
    .option('--from <time>', 'begin, e.g. 2030-01-01 (default: a day before the end)')
    .option('--to <time>', 'end (default: now)')
    .action((node: string, options: { from?: string; to?: string }) =>
      run((context) => history(context, node, options)),
    );
}

async function list(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const found: NodeDto[] = [];
  for await (const node of api.all<NodeDto>('/nodes')) found.push(node);
  output.data(found);
  const short = shortIds(found);
  output.table(
    ['ID', 'NAME', 'HEALTH', 'LAST SEEN', 'VERSION', 'SITES', 'RUNS', 'WAIT', 'LOAD', 'FREE MEMORY'],
    found.map((node) => [
      short(node.id),
      printable(node.name),
      stateOf(node, output),
      time(node.lastSeenAt),
      printable(node.version ?? '–'),
      String(node.sites),
      String(node.runningJobs),
      String(node.waitingJobs),
      node.load === null ? '–' : node.load.load1.toFixed(2),
      node.load === null ? '–' : bytes(node.load.memoryFreeBytes),
    ]),
    'There is no node: only this host is backed up. `backupd nodes token add` makes a token to join with.',
  );
  return ExitCode.Ok;
}

async function show(context: CommandContext, text: string): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const node = await api.get<NodeDetailDto>(`/nodes/${(await getNode(api, text)).id}`);
  output.data(node);
  output.line(`${output.colors.bold(printable(node.name))}  ${stateOf(node, output)}`);
  const { facts, load } = node;
  output.facts([
    ['id', node.id],
    ['host', printable(node.hostname)],
    ['version', printable(node.version ?? '–')],
    ['since', time(node.healthSince)],
    ['last seen', time(node.lastSeenAt)],
    ['key', keyText(node)],
    ['limits', node.limits === null ? 'its own' : limitsText(node.limits)],
    ...(facts === null
      ? []
      : ([
          ['own limits', limitsText(facts.limits)],
          ['machine', `${printable(facts.platform)}, ${plural(facts.cpus, 'CPU')}, ${bytes(facts.memoryBytes)}`],
          ['scans', printable(facts.scanRoots.join(' '))],
          ['modules', printable(facts.modules.join(' '))],
        ] as const)),
    ...(load === null
      ? []
      : ([
          ['load', `${load.load1.toFixed(2)}, ${bytes(load.memoryFreeBytes)} memory free`],
          ['uploads', `${bytes(load.uploadBytesPerSecond)}/s`],
          ...load.disks.map(
            ({ path, freeBytes, totalBytes }) =>
              ['disk', `${printable(path)}: ${bytes(freeBytes)} of ${bytes(totalBytes)} free`] as const,
          ),
        ] as const)),
    ['sites', String(node.sites)],
    ['jobs', `${node.runningJobs} running, ${node.waitingJobs} waiting`],
  ]);
  for (const site of node.siteList)
    output.line(
      `  ${printable(site.name)}  ${output.colors.dim(printable(site.path))}${site.paused ? ' (paused)' : ''}`,
    );
  for (const job of node.jobList)
    output.line(`  ${job.kind} of ${printable(job.siteName)} since ${time(job.startedAt)}: job ${shortId(job.id)}`);
  return ExitCode.Ok;
}

async function history(
  context: CommandContext,
  text: string,
  query: { from?: string; to?: string },
): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const { id } = await getNode(api, text);
  const found = await api.get<NodeHistoryDto>(`/nodes/${id}/history`, { from: query.from, to: query.to });
  output.data(found);
  output.table(
    ['FROM', 'HEARTBEATS', 'LOAD', 'FREE MEMORY', 'FULLEST DISK', 'SENT', 'RECEIVED', 'RUNS'],
    found.items.map((point) => [
      time(point.at),
      String(point.heartbeats),
      point.load1.toFixed(2),
      bytes(point.memoryFreeBytes),
      point.diskFreeShare === null ? '–' : `${Math.round((1 - point.diskFreeShare) * 100)} %`,
      bytes(point.sentBytes),
      bytes(point.receivedBytes),
      point.runs.toFixed(1),
    ]),
    'The node was not heard of in that time.',
  );
  return ExitCode.Ok;
}

/** Whether it may come in goes before whether it is there. */
function stateOf({ access, health }: NodeDto, { colors }: Output): string {
  if (access === 'blocked' || access === 'revoked') return colors.red(access);
  if (health === 'online') return colors.green(health);
  return health === 'offline' ? colors.red(health) : colors.yellow(health);
}

function keyText({ access, keyHint, keyIssuedAt, keyRotating }: NodeDto): string {
  if (access === 'revoked') return 'revoked';
  if (keyHint === null) return 'not fetched yet';
  const state = keyRotating ? ', to be replaced' : access === 'waiting' ? ', not used yet' : '';
  return `${printable(keyHint)}… of ${time(keyIssuedAt)}${state}`;
}

/** Limits for a person. */
export function limitsText({ io, network, cpu, bandwidthMbps }: NodeLimits): string {
  const budget = bandwidthMbps === 0 ? 'unlimited bandwidth' : `${bandwidthMbps} Mbit/s`;
  return `io ${io}, network ${network}, cpu ${cpu}, ${budget}`;
}
