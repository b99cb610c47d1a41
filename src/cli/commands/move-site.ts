import type { Command } from 'commander';
import type { SiteDto } from '../api-types.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode } from '../exit-codes.js';
import { printable } from '../format.js';
import { hostId, hostName, pathOn, SELF } from '../hosts.js';
import { getSite } from '../lookup.js';
import type { Run } from './run.js';

interface MoveOptions {
  node: string;
  path?: string;
  force?: boolean;
}

/** `backupd sites move` */
export function addMove(sites: Command, run: Run): void {
  sites
    .command('move')
    .description('a site goes on at another host, with its history, settings and schedules; its files must be there')
    .argument('<site>', 'id, name, address or path')
    .requiredOption('--node <node>', 'where to: name or id of a node, "self" for the master\'s own host')
    .option('--path <path>', 'its folder there (default: the same path)')
    .option('--force', 'also when it is not there yet, or that host does not answer: backups fail until it is')
    .action((text: string, options: MoveOptions) => run((context) => move(context, text, options)));
}

async function move(context: CommandContext, text: string, options: MoveOptions): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const site = await getSite(api, text);
  const nodeId = await hostId(api, options.node);
  const moved = await api.post<SiteDto>(`/sites/${site.id}/move`, {
    nodeId,
    path: options.path === undefined ? site.path : pathOn(nodeId, options.path),
    ...(options.force === true ? { force: true } : {}),
  });
  output.data(moved);
  output.line(
    `${printable(moved.name)} is on ${moved.nodeId === null ? SELF : hostName(moved)} now, at ${printable(moved.path)}`,
  );
  output.line(output.colors.dim('  The next backup reads all of its files and stores what is new.'));
  return ExitCode.Ok;
}
