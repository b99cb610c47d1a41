import { type Command, InvalidArgumentError, Option } from 'commander';
import type { HookDto, HookTestDto } from '../api-types-hooks.js';
import type { SiteDto } from '../api-types.js';
import type { ApiClient } from '../api-client.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode, usageError } from '../exit-codes.js';
import { duration, printable, shortId } from '../format.js';
import { getSite } from '../lookup.js';
import { secretFile } from '../secret-file.js';
import { wholeNumber } from './arguments.js';
import { getNamed } from '../named.js';
import type { Run } from './run.js';

interface HookOptions {
  name?: string;
  at?: string;
  site?: string;
  label?: string;
  all?: boolean;
  jobs?: string;
  position?: number;
  urlFile?: string;
  headersFile?: string;
  method?: string;
  timeLimit?: number;
  onFailure?: string;
  enable?: boolean;
  disable?: boolean;
}

const HOOK = 'name, id or the beginning of the id';

/** `backupd hooks …` */
export function addHooks(program: Command, run: Run): void {
  const hooks = program
    .command('hooks')
    .description('what is done at the moments of a job: list, add, edit, remove, test');
  hooks
    .command('list', { isDefault: true })
    .description('list the hooks')
    .action(() => run(list));
  options(
    hooks
      .command('add')
      .description('add a hook: a command as the owner of the site (behind --), or a request (--url-file)')
      .argument('<name>', 'what it is called in the notes of jobs')
      .argument('[command...]', 'program and arguments; no shell sees them'),
  ).action((name: string, command: string[], given: HookOptions) =>
    run((context) => add(context, { ...given, name }, command)),
  );
  options(
    hooks
      .command('edit')
      .description('change a hook; what is not given stays')
      .argument('<hook>', HOOK)
      .argument('[command...]', 'program and arguments'),
  )
    .option('--name <name>', 'another name')
    .action((hook: string, command: string[], given: HookOptions) =>
      run((context) => edit(context, hook, given, command)),
    );
  hooks
    .command('remove')
    .description('remove a hook')
    .argument('<hook>', HOOK)
    .option('--yes', 'do not ask')
    .action((hook: string, given: { yes?: boolean }) => run((context) => remove(context, hook, given)));
  hooks
    .command('test')
    .description('run a hook now, outside of any job')
    .argument('<hook>', HOOK)
    .option('--site <site>', 'for this site: id, name, address or path')
    .action((hook: string, { site }: { site?: string }) => run((context) => test(context, hook, site)));
}

function options(command: Command): Command {
  return command
    .option('--at <moment>', 'before:<stage>, after:<stage>, success, partial or failure')
    .option('--site <site>', 'only for this site: id, name, address or path')
    .option('--label <label>', 'only for sites with this label')
    .option('--all', 'for every site')
    .option('--jobs <kinds>', 'backup (default), restore, verify, repair; several with commas')
    .option('--position <n>', 'of several at one moment the smaller goes first; -1000 to 1000', positionOf)
    .option('--url-file <file>', 'the URL of a request is in this file ("-": the input); it may be a secret')
    .option('--headers-file <file>', 'lines "Name: value" for the request')
    .addOption(new Option('--method <method>', 'of the request').choices(['GET', 'POST', 'PUT']))
    .option('--time-limit <seconds>', 'it is ended then (default 60)', wholeNumber)
    .addOption(
      new Option('--on-failure <what>', 'what a failure does to the job').choices(['ignore', 'warn', 'fail', 'retry']),
    )
    .option('--enable', 'let it run again')
    .option('--disable', 'do not run it');
}

function positionOf(text: string): number {
  if (!/^-?\d{1,4}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

async function list(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const found: HookDto[] = [];
  for await (const hook of api.all<HookDto>('/hooks')) found.push(hook);
  output.data(found);
  const sites = new Map<string, string>();
  if (found.some(({ siteId }) => siteId !== null))
    for await (const site of api.all<SiteDto>('/sites')) sites.set(site.id, site.name);
  output.table(
    ['ID', 'NAME', 'AT', 'FOR', 'DOES', 'FAILURE'],
    found.map((hook) => [
      shortId(hook.id),
      printable(hook.name),
      `${hook.moment}${hook.enabled ? '' : ' (disabled)'}`,
      hook.siteId !== null
        ? printable(sites.get(hook.siteId) ?? `site ${shortId(hook.siteId)} (gone)`)
        : hook.label !== null
          ? `label ${printable(hook.label)}`
          : 'all',
      printable(hook.command?.join(' ') ?? `${hook.method ?? ''} ${hook.origin ?? ''}`),
      hook.onFailure,
    ]),
    'There is no hook.',
  );
  return ExitCode.Ok;
}

async function add(context: CommandContext, given: HookOptions, command: readonly string[]): Promise<ExitCode> {
  if (given.at === undefined)
    throw usageError('When? --at names the moment: before:<stage>, after:<stage>, success, …');
  const api = await context.api();
  const hook = await api.post<HookDto>('/hooks', await bodyOf(context, given, command));
  return tell(context, hook, hook.siteId === null && hook.label === null ? 'is added, for every site' : 'is added');
}

async function edit(
  context: CommandContext,
  text: string,
  given: HookOptions,
  command: readonly string[],
): Promise<ExitCode> {
  const api = await context.api();
  const { id } = await getHook(api, text);
  const body = await bodyOf(context, given, command);
  if (Object.values(body).every((value) => value === undefined))
    throw usageError('Nothing to change was given.', 'See "backupd hooks edit --help".');
  return tell(context, await api.patch<HookDto>(`/hooks/${id}`, body), 'is changed');
}

async function remove(context: CommandContext, text: string, { yes }: { yes?: boolean }): Promise<ExitCode> {
  const api = await context.api();
  const hook = await getHook(api, text);
  const question = `Remove the hook ${printable(hook.name)} (${hook.moment})?`;
  if (!(await context.output.agreed(yes, 'Removing a hook', question))) return ExitCode.Failed;
  await api.delete(`/hooks/${hook.id}`);
  return tell(context, hook, 'is removed');
}

async function test(context: CommandContext, text: string, site: string | undefined): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const hook = await getHook(api, text);
  const body = site === undefined ? {} : { siteId: (await getSite(api, site)).id };
  const done = await api.post<HookTestDto>(`/hooks/${hook.id}/test`, body);
  output.data(done);
  const mark = done.ok ? output.colors.green('✔') : output.colors.red('✖');
  output.line(`${mark} ${printable(hook.name)}: ${printable(done.end)} in ${duration(done.seconds)}`);
  for (const line of done.output.split('\n').filter(Boolean)) output.line(`  ${printable(line)}`);
  return done.ok ? ExitCode.Ok : ExitCode.Failed;
}

async function bodyOf(
  context: CommandContext,
  given: HookOptions,
  command: readonly string[],
): Promise<Record<string, unknown>> {
  const { output } = context;
  const api = await context.api();
  if (given.enable === true && given.disable === true) throw usageError('Either --enable or --disable.');
  const forWhom = [given.site, given.label, given.all].filter((each) => each !== undefined);
  if (forWhom.length > 1) throw usageError('Give one of --site, --label and --all.');
  return {
    name: given.name,
    moment: given.at,
    ...(forWhom.length === 0
      ? {}
      : {
          siteId: given.site === undefined ? null : (await getSite(api, given.site)).id,
          label: given.label ?? null,
        }),
    jobs: given.jobs?.split(','),
    position: given.position,
    command: command.length === 0 ? undefined : command,
    url: given.urlFile === undefined ? undefined : (await secretFile(given.urlFile, output)).trim(),
    headers: given.headersFile === undefined ? undefined : headersIn(await secretFile(given.headersFile, output)),
    method: given.method,
    timeLimitSeconds: given.timeLimit,
    onFailure: given.onFailure,
    enabled: given.enable === true ? true : given.disable === true ? false : undefined,
  };
}

function headersIn(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return Object.fromEntries(
    lines.map((line, index) => {
      const at = line.indexOf(':');
      // The line itself may hold a secret.
      if (at < 1) throw usageError(`Line ${index + 1} of the headers is not "Name: value".`);
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}

const NAMED_HOOK = { path: '/hooks', what: 'hook', code: 'HOOK_NOT_FOUND', list: 'backupd hooks list' };

const getHook = (api: ApiClient, text: string): Promise<HookDto> => getNamed(api, NAMED_HOOK, text);

function tell({ output }: CommandContext, hook: HookDto, what: string): ExitCode {
  output.data(hook);
  output.line(`The hook ${printable(hook.name)} (${hook.moment}) ${what}`);
  return ExitCode.Ok;
}
