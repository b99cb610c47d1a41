import type { Command } from 'commander';
import type { DoctorDto, TokenDto } from '../api-types.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode, usageError } from '../exit-codes.js';
import { printable, shortId, time } from '../format.js';
import type { Run } from './run.js';

/** `backupd token …` and `backupd doctor` */
export function addServer(program: Command, run: Run): void {
  const token = program.command('token').description('API tokens: create, list, revoke');
  token
    .command('create')
    .description('make a token; its text is shown this once')
    .argument('<name>', 'what it is for')
    .option('--role <role>', 'viewer, operator or admin', 'viewer')
    .option('--expires <time>', 'when it ends, e.g. 2030-01-01')
    .action((name: string, options: { role: string; expires?: string }) =>
      run((context) => create(context, name, options)),
    );
  token
    .command('list', { isDefault: true })
    .description('list the tokens')
    .action(() => run(listTokens));
  token
    .command('revoke')
    .description('remove a token: it is refused from then on')
    .argument('<token>', 'id, the beginning of one, or name')
    .action((text: string) => run((context) => revoke(context, text)));
  program
    .command('doctor')
    .description('check programs, space, permissions, database, storage and stored copies, and say what to fix')
    .action(() => run(doctor));
}

async function create(
  context: CommandContext,
  name: string,
  options: { role: string; expires?: string },
): Promise<ExitCode> {
  const { output } = context;
  const expires = options.expires === undefined ? null : new Date(options.expires);
  if (expires !== null && Number.isNaN(expires.getTime()))
    throw usageError(
      `--expires is not a time: "${printable(options.expires ?? '')}".`,
      'For example 2030-01-01 or 2030-01-01T12:00:00Z.',
    );
  const api = await context.api();
  const token = await api.post<TokenDto>('/tokens', {
    name,
    role: options.role,
    ...(expires === null ? {} : { expiresAt: expires.toISOString() }),
  });
  output.data(token);
  output.line(token.token ?? '');
  if (!output.json)
    output.remark(output.colors.dim(`Role ${token.role}. The token is shown this once; only its hash is kept.`));
  return ExitCode.Ok;
}

async function tokens(context: CommandContext): Promise<TokenDto[]> {
  const api = await context.api();
  const found: TokenDto[] = [];
  for await (const token of api.all<TokenDto>('/tokens')) found.push(token);
  return found;
}

async function listTokens(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const found = await tokens(context);
  output.data(found);
  output.table(
    ['ID', 'NAME', 'ROLE', 'BEGINS', 'CREATED', 'LAST USED', 'EXPIRES'],
    found.map((token) => [
      shortId(token.id),
      printable(token.name),
      token.role,
      printable(token.hint ?? ''),
      time(token.createdAt),
      time(token.lastUsedAt),
      token.expiresAt === null ? 'never' : time(token.expiresAt),
    ]),
    'There is no token.',
  );
  return ExitCode.Ok;
}

async function revoke(context: CommandContext, text: string): Promise<ExitCode> {
  const { output } = context;
  const found = (await tokens(context)).filter(
    (token) => token.name === text || (text.length >= 4 && token.id.startsWith(text.toLowerCase())),
  );
  const [token] = found;
  if (token === undefined)
    throw usageError(`There is no token "${printable(text)}".`, '"backupd token list" lists them.');
  if (found.length > 1) throw usageError(`"${printable(text)}" means ${found.length} tokens.`, 'Give the id.');
  await (await context.api()).delete(`/tokens/${token.id}`);
  output.data({ revoked: token.id });
  output.line(`The token "${printable(token.name)}" is refused from now on`);
  return ExitCode.Ok;
}

async function doctor(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const { colors } = output;
  const answer = await (await context.api()).get<DoctorDto>('/doctor');
  output.data(answer);
  const marks = { ok: colors.green('✔'), warning: colors.yellow('!'), failed: colors.red('✖') };
  for (const check of answer.checks) {
    output.line(`${marks[check.status]} ${colors.bold(check.name)}  ${printable(check.message)}`);
    if (check.status !== 'ok' && typeof check.hint === 'string') output.line(`    ${printable(check.hint)}`);
  }
  if (!answer.ok) return ExitCode.Failed;
  return answer.checks.some((check) => check.status === 'warning') ? ExitCode.Warnings : ExitCode.Ok;
}
