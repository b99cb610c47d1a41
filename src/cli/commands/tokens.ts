import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CreatedTokenDto, TokenDto } from '../api-types-users.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode } from '../exit-codes.js';
import { printable, shortId, time } from '../format.js';
import { getNamed } from '../named.js';
import type { Run } from './run.js';

const NAMED_TOKEN = { path: '/tokens', what: 'token', code: 'TOKEN_NOT_FOUND', list: 'backupd tokens list' };

/** What a caller may do. */
export const ROLES = ['viewer', 'operator', 'admin'];

interface TokenOptions {
  role: string;
  expires?: string;
}

/** `backupd tokens …` */
export function addTokens(program: Command, run: Run): void {
  const tokens = program.command('tokens').description('access for programs: list, add, remove');
  tokens
    .command('list', { isDefault: true })
    .description('list the tokens')
    .action(() => run(list));
  tokens
    .command('add')
    .description('make a token; it is shown this once')
    .argument('<name>', 'what it is for')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).default('viewer'))
    .option('--expires <time>', 'when it ends, e.g. 2030-01-01; never when absent', timeOf)
    .action((name: string, given: TokenOptions) => run((context) => add(context, name, given)));
  tokens
    .command('remove')
    .description('remove a token; it is refused from then on')
    .argument('<token>', 'name, id or the beginning of the id')
    .option('--yes', 'do not ask')
    .action((token: string, given: { yes?: boolean }) => run((context) => remove(context, token, given)));
}

function timeOf(text: string): string {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new InvalidArgumentError('It must be a time, e.g. 2030-01-01T00:00:00Z.');
  return date.toISOString();
}

async function list(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const found: TokenDto[] = [];
  for await (const token of api.all<TokenDto>('/tokens')) found.push(token);
  output.data(found);
  output.table(
    ['ID', 'NAME', 'ROLE', 'BEGINS', 'LAST USED', 'EXPIRES'],
    found.map(({ id, name, role, hint, lastUsedAt, expiresAt }) => [
      shortId(id),
      printable(name),
      role,
      printable(hint),
      lastUsedAt === null ? 'never' : time(lastUsedAt),
      expiresAt === null ? 'never' : time(expiresAt),
    ]),
    'There is no token.',
  );
  return ExitCode.Ok;
}

async function add(context: CommandContext, name: string, { role, expires }: TokenOptions): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const made = await api.post<CreatedTokenDto>('/tokens', { name, role, expiresAt: expires });
  output.data(made);
  // The token alone is the result, so that it can go into a file.
  output.remark(`${output.colors.green('✔')} Token ${printable(made.name)} (${made.role}), shown this once:`);
  output.line(made.token);
  return ExitCode.Ok;
}

async function remove(context: CommandContext, text: string, { yes }: { yes?: boolean }): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const token = await getNamed<TokenDto>(api, NAMED_TOKEN, text);
  const question = `Remove the token ${printable(token.name)} (${token.role})?`;
  if (!(await output.agreed(yes, 'Removing a token', question))) return ExitCode.Failed;
  await api.delete(`/tokens/${token.id}`);
  output.data({ removed: token.id });
  output.line(`${output.colors.green('✔')} Token ${printable(token.name)} is removed`);
  return ExitCode.Ok;
}
