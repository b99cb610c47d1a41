import { type Command, Option } from 'commander';
import type { CreatedUserDto, ResetLinkDto, RestrictionDto, UserDto } from '../api-types-users.js';
import type { ApiClient } from '../api-client.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode, usageError } from '../exit-codes.js';
import { printable, shortId, time } from '../format.js';
import { hostId } from '../hosts.js';
import { getSite } from '../lookup.js';
import { getNamed } from '../named.js';
import { secretFile } from '../secret-file.js';
import type { Run } from './run.js';
import { ROLES } from './tokens.js';

interface UserOptions {
  name?: string;
  role?: string;
  email?: string;
  passwordFile?: string;
  site?: string[];
  node?: string[];
  allSites?: boolean;
  disable?: boolean;
  enable?: boolean;
}

const USER = 'name, id or the beginning of the id';
const NAMED_USER = { path: '/users', what: 'user', code: 'USER_NOT_FOUND', list: 'backupd users list' };

/** `backupd users …` */
export function addUsers(program: Command, run: Run): void {
  const users = program
    .command('users')
    .description('people who sign in: list, add, edit, reset-password, remove-second-factor, sign-out, remove');
  users
    .command('list', { isDefault: true })
    .description('list the users')
    .action(() => run(list));
  options(
    users.command('add').description('make a user; without a password, with a link to set one').argument('<name>'),
  )
    .option('--password-file <file>', 'the password is in this file ("-": the input)')
    .action((name: string, given: UserOptions) => run((context) => add(context, name, given)));
  options(users.command('edit').description('change a user; what is not given stays').argument('<user>', USER))
    .option('--name <name>', 'another name')
    .option('--all-sites', 'no restriction any more')
    .option('--disable', 'may not sign in, and is signed out everywhere')
    .option('--enable', 'may sign in again')
    .action((user: string, given: UserOptions) => run((context) => edit(context, user, given)));
  act(users, run, 'reset-password', 'make a link by which the user sets a new password', resetPassword);
  act(users, run, 'remove-second-factor', 'for who has lost the phone and the recovery codes', removeFactor);
  act(users, run, 'sign-out', 'end all sessions of the user', signOut);
  users
    .command('remove')
    .description('remove a user')
    .argument('<user>', USER)
    .option('--yes', 'do not ask')
    .action((user: string, given: { yes?: boolean }) => run((context) => remove(context, user, given)));
}

function act(
  users: Command,
  run: Run,
  name: string,
  about: string,
  how: (context: CommandContext, api: ApiClient, user: UserDto) => Promise<ExitCode>,
): void {
  users
    .command(name)
    .description(about)
    .argument('<user>', USER)
    .action((text: string) =>
      run(async (context) => {
        const api = await context.api();
        return how(context, api, await getNamed<UserDto>(api, NAMED_USER, text));
      }),
    );
}

function options(command: Command): Command {
  return command
    .addOption(new Option('--role <role>', 'what the user may do').choices(ROLES))
    .option('--email <address>', 'to have the password reset by mail; "" = none')
    .option('--site <site...>', 'may see and touch these sites only')
    .option('--node <node...>', 'may see and touch the sites on these nodes only');
}

async function list(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const found: UserDto[] = [];
  for await (const user of api.all<UserDto>('/users')) found.push(user);
  output.data(found);
  output.table(
    ['ID', 'NAME', 'ROLE', 'MAY SEE', 'SECOND FACTOR', 'LAST SEEN'],
    found.map((user) => [
      shortId(user.id),
      printable(user.name) + (user.disabled ? ' (disabled)' : ''),
      user.role,
      user.restriction === null ? 'all sites' : restrictionText(user.restriction),
      user.secondFactor ? 'yes' : 'no',
      user.lastSeenAt === null ? 'never' : time(user.lastSeenAt),
    ]),
    'There is no user. Make the first one: backupd users add <name> --role admin',
  );
  return ExitCode.Ok;
}

function restrictionText({ siteIds, nodeIds }: RestrictionDto): string {
  const parts = [
    ...(siteIds.length === 0 ? [] : [`${siteIds.length} ${siteIds.length === 1 ? 'site' : 'sites'}`]),
    ...(nodeIds.length === 0 ? [] : [`those of ${nodeIds.length} ${nodeIds.length === 1 ? 'node' : 'nodes'}`]),
  ];
  return parts.length === 0 ? 'nothing' : parts.join(' and ');
}

async function add(context: CommandContext, name: string, given: UserOptions): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const made = await api.post<CreatedUserDto>('/users', {
    name,
    role: given.role ?? 'viewer',
    email: emailOf(given),
    password: given.passwordFile === undefined ? undefined : await secretFile(given.passwordFile, output),
    restriction: await restrictionOf(api, given),
  });
  output.data(made);
  output.line(`${output.colors.green('✔')} User ${printable(made.name)} (${made.role}) is made`);
  if (made.reset !== null) tellLink(context, api, made.reset);
  return ExitCode.Ok;
}

async function edit(context: CommandContext, text: string, given: UserOptions): Promise<ExitCode> {
  const { output } = context;
  if (given.enable === true && given.disable === true) throw usageError('Either --enable or --disable.');
  const api = await context.api();
  const { id } = await getNamed<UserDto>(api, NAMED_USER, text);
  const body = {
    name: given.name,
    role: given.role,
    email: emailOf(given),
    restriction: await restrictionOf(api, given),
    disabled: given.disable === true ? true : given.enable === true ? false : undefined,
  };
  if (Object.values(body).every((value) => value === undefined))
    throw usageError('Nothing to change was given.', 'See "backupd users edit --help".');
  const changed = await api.patch<UserDto>(`/users/${id}`, body);
  output.data(changed);
  output.line(`${output.colors.green('✔')} User ${printable(changed.name)} is changed`);
  return ExitCode.Ok;
}

async function resetPassword(context: CommandContext, api: ApiClient, user: UserDto): Promise<ExitCode> {
  const link = await api.post<ResetLinkDto>(`/users/${user.id}/password-reset`);
  context.output.data(link);
  context.output.line(`For ${printable(user.name)}:`);
  tellLink(context, api, link);
  return ExitCode.Ok;
}

async function removeFactor(context: CommandContext, api: ApiClient, user: UserDto): Promise<ExitCode> {
  await api.delete(`/users/${user.id}/second-factor`);
  context.output.data({ id: user.id });
  context.output.line(`${context.output.colors.green('✔')} ${printable(user.name)} signs in with the password alone`);
  return ExitCode.Ok;
}

async function signOut(context: CommandContext, api: ApiClient, user: UserDto): Promise<ExitCode> {
  await api.delete(`/users/${user.id}/sessions`);
  context.output.data({ id: user.id });
  context.output.line(`${context.output.colors.green('✔')} ${printable(user.name)} is signed out everywhere`);
  return ExitCode.Ok;
}

async function remove(context: CommandContext, text: string, { yes }: { yes?: boolean }): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const user = await getNamed<UserDto>(api, NAMED_USER, text);
  if (!(await output.agreed(yes, 'Removing a user', `Remove the user ${printable(user.name)} (${user.role})?`)))
    return ExitCode.Failed;
  await api.delete(`/users/${user.id}`);
  output.data({ removed: user.id });
  output.line(`${output.colors.green('✔')} User ${printable(user.name)} is removed`);
  return ExitCode.Ok;
}

function tellLink({ output }: CommandContext, api: ApiClient, { token, expiresAt }: ResetLinkDto): void {
  output.line(`  ${api.url}/#/reset/${token}`);
  output.line(output.colors.dim(`  The link to set a password works once, until ${time(expiresAt)}.`));
}

const emailOf = ({ email }: UserOptions): string | null | undefined => (email === '' ? null : email);

/** Undefined = nothing was said of it. */
async function restrictionOf(
  api: ApiClient,
  { site, node, allSites }: UserOptions,
): Promise<RestrictionDto | null | undefined> {
  if (allSites === true) {
    if (site !== undefined || node !== undefined) throw usageError('Either --all-sites, or --site and --node.');
    return null;
  }
  if (site === undefined && node === undefined) return undefined;
  const siteIds: string[] = [];
  for (const each of site ?? []) siteIds.push((await getSite(api, each)).id);
  const nodeIds: string[] = [];
  for (const each of node ?? []) {
    const id = await hostId(api, each);
    if (id === null) throw usageError('The master’s own host can’t be chosen as a node; name its sites with --site.');
    nodeIds.push(id);
  }
  return { siteIds, nodeIds };
}
