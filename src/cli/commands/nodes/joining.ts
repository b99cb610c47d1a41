import { type Command, InvalidArgumentError } from 'commander';
import type { NodeDto, NodeTokenDto, WaitingHostDto } from '../../api-types-nodes.js';
import type { Page } from '../../api-types.js';
import type { CommandContext } from '../../command-context.js';
import { ExitCode, usageError } from '../../exit-codes.js';
import { printable, shortId, shortIds, time } from '../../format.js';
import type { Run } from '../run.js';

const REQUEST = 'the code that the host shows, or the id of the request';

/** `backupd nodes requests|approve|refuse|token` */
export function addNodeJoining(nodes: Command, run: Run): void {
  nodes
    .command('requests')
    .description('list the hosts that want to become nodes')
    .action(() => run(requests));
  nodes
    .command('approve')
    .description('let a host in')
    .argument('<code>', REQUEST)
    .option('--name <name>', 'how it is called; that of a node whose key was revoked puts the host in its place')
    .action((code: string, options: { name?: string }) => run((context) => approve(context, code, options)));
  nodes
    .command('refuse')
    .description('do not let a host in')
    .argument('<code>', REQUEST)
    .action((code: string) => run((context) => refuse(context, code)));
  const token = nodes.command('token').description('one-time tokens to join with: add, list, remove');
  token
    .command('add')
    .description('make a token for one host; its text is shown this once')
    .option('--name <name>', 'how the node is called; that of a node whose key was revoked puts the host in its place')
    .option('--expires <minutes>', 'for how long it is valid', minutesOf, 60)
    .action((options: { name?: string; expires: number }) => run((context) => addToken(context, options)));
  token
    .command('list', { isDefault: true })
    .description('list the tokens')
    .action(() => run(listTokens));
  token
    .command('remove')
    .description('remove a token: nobody can join with it any more')
    .argument('<token>', 'id, the beginning of one, or how the text begins')
    .action((text: string) => run((context) => removeToken(context, text)));
}

function minutesOf(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('It must be a number of minutes.');
  return Number(text);
}

async function requests(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const { items } = await (await context.api()).get<Page<WaitingHostDto>>('/nodes/requests', { limit: 200 });
  output.data(items);
  output.table(
    ['CODE', 'NAME', 'HOST', 'FROM', 'VERSION', 'ASKED', 'UNTIL'],
    items.map((host) => [
      host.code,
      printable(host.name),
      printable(host.hostname),
      printable(host.address),
      printable(host.version),
      time(host.createdAt),
      time(host.expiresAt),
    ]),
    'No host waits.',
  );
  return ExitCode.Ok;
}

async function approve(context: CommandContext, code: string, body: { name?: string }): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const node = await api.post<NodeDto>(`/nodes/requests/${encodeURIComponent(code)}/approve`, body);
  output.data(node);
  output.line(
    `The host ${printable(node.hostname)} is the node ${printable(node.name)} now; it fetches its key itself`,
  );
  return ExitCode.Ok;
}

async function refuse(context: CommandContext, code: string): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const refused = await api.post<{ id: string; name: string }>(`/nodes/requests/${encodeURIComponent(code)}/refuse`);
  output.data(refused);
  output.line(`The host ${printable(refused.name)} is refused`);
  return ExitCode.Ok;
}

async function addToken(
  context: CommandContext,
  { name, expires }: { name?: string; expires: number },
): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const token = await api.post<NodeTokenDto>('/nodes/tokens', { name, expiresInMinutes: expires });
  output.data(token);
  output.line(token.token ?? '');
  if (output.json) return ExitCode.Ok;
  const until = `For one host, until ${time(token.expiresAt)}. The token is shown this once; only its hash is kept.`;
  output.remark(output.colors.dim(until));
  output.remark(output.colors.dim(`  on that host: backupd node join ${api.url} --token …`));
  return ExitCode.Ok;
}

async function tokens(context: CommandContext): Promise<NodeTokenDto[]> {
  const found: NodeTokenDto[] = [];
  for await (const token of (await context.api()).all<NodeTokenDto>('/nodes/tokens')) found.push(token);
  return found;
}

async function listTokens(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const found = await tokens(context);
  output.data(found);
  const short = shortIds(found);
  output.table(
    ['ID', 'BEGINS', 'FOR', 'STATE', 'CREATED', 'EXPIRES', 'NODE'],
    found.map((token) => [
      short(token.id),
      printable(token.hint),
      token.name === null ? 'any name' : printable(token.name),
      token.state,
      time(token.createdAt),
      time(token.expiresAt),
      token.usedBy === null ? '' : shortId(token.usedBy),
    ]),
    'There is no token.',
  );
  return ExitCode.Ok;
}

async function removeToken(context: CommandContext, text: string): Promise<ExitCode> {
  const { output } = context;
  const found = (await tokens(context)).filter(
    ({ id, hint }) => text.length >= 4 && (id.startsWith(text.toLowerCase()) || hint === text),
  );
  const [token] = found;
  if (token === undefined)
    throw usageError(`There is no token "${printable(text)}".`, '"backupd nodes token list" lists them.');
  if (found.length > 1) throw usageError(`"${printable(text)}" means ${found.length} tokens.`, 'Give the id.');
  await (await context.api()).delete(`/nodes/tokens/${token.id}`);
  output.data({ removed: token.id });
  output.line(`The token ${printable(token.hint)}… is worth nothing from now on`);
  return ExitCode.Ok;
}
