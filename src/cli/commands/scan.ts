import type { Command } from 'commander';
import type { DiscoveredSiteDto, ScanLine } from '../api-types.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode } from '../exit-codes.js';
import { count, plural, printable } from '../format.js';
import { hostId, pathOn, SELF } from '../hosts.js';
import { wholeNumber } from './arguments.js';
import type { Run } from './run.js';

interface ScanOptions {
  depth?: number;
  all?: boolean;
  node?: string;
}

/** `backupd scan [path…]` */
export function addScan(program: Command, run: Run): void {
  program
    .command('scan')
    .description('find WordPress installs on disk; registers nothing')
    .argument('[path...]', 'folders to look in (default: those of the server, /var/www)')
    .option('--depth <n>', 'how many folders deep', wholeNumber)
    .option('--node <node>', 'on this node: its name or id (default: the host of the server)')
    .option('--all', 'also show candidates that are no installs, with the reason')
    .action((paths: string[], options: ScanOptions) => run((context) => scan(context, paths, options)));
}

async function scan(context: CommandContext, paths: readonly string[], options: ScanOptions): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const nodeId = await hostId(api, options.node ?? SELF);
  const query = {
    ...(paths.length === 0 ? {} : { path: paths.map((path) => pathOn(nodeId, path)) }),
    ...(nodeId === null ? {} : { nodeId }),
    ...(options.depth === undefined ? {} : { maxDepth: options.depth }),
  };
  let installs = 0;
  let others = 0;
  let problems = 0;
  let folders = 0;
  for await (const line of api.lines<ScanLine>('/scan', query, context.interrupted)) {
    if (line.type === 'progress') {
      folders = line.folders;
      continue;
    }
    output.datum(line);
    if (line.type === 'found') {
      const site = line.site ?? line;
      if (site.isInstall === true) installs += 1;
      else others += 1;
      if (site.isInstall === true || options.all === true) showFind(context, site);
    } else if (line.type === 'problem') {
      problems += 1;
      output.line(`${output.colors.yellow('!')} ${printable(line.path)}  ${printable(line.message)}`);
    } else folders = line.folders ?? folders;
  }
  const parts = [plural(installs, 'install')];
  if (others > 0)
    parts.push(
      `${plural(others, 'candidate')} that ${others === 1 ? 'is' : 'are'} none${options.all === true ? '' : ' (--all shows them)'}`,
    );
  if (problems > 0) parts.push(`${plural(problems, 'folder')} that could not be read`);
  output.line(`${parts.join(', ')}${folders > 0 ? output.colors.dim(` in ${count(folders)} folders`) : ''}`);
  if (installs > 0)
    output.line(
      output.colors.dim(
        `  register them: backupd sites import [path…]${options.node === undefined ? '' : ' --node …'}`,
      ),
    );
  return problems > 0 ? ExitCode.Warnings : ExitCode.Ok;
}

function showFind(context: CommandContext, site: Partial<DiscoveredSiteDto>): void {
  const { output } = context;
  const { colors } = output;
  const { description } = site;
  const mark = site.isInstall === true ? colors.green('●') : colors.dim('○');
  const name = description?.name ?? '';
  const url = description?.url ?? '';
  output.line(
    `${mark} ${colors.bold(printable(site.path ?? ''))}  ${printable(name)}  ${colors.cyan(printable(url))}`.trimEnd(),
  );
  if (site.isInstall !== true) output.line(colors.dim(`    ${printable(site.reason ?? '')}`));
  for (const unknown of description?.unknown ?? [])
    output.line(`    ${colors.yellow('unknown')} ${printable(unknown)}`);
  for (const warning of description?.warnings ?? []) output.line(`    ${colors.yellow('!')} ${printable(warning)}`);
}
