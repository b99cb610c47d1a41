import { type Command, Option } from 'commander';
import type { RetentionDto, RetentionPolicyDto, RetentionPreviewDto, RetentionRunDto, SiteDto } from '../api-types.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode, usageError } from '../exit-codes.js';
import { bytes, plural, printable, shortId, time } from '../format.js';
import { getSite } from '../lookup.js';
import { wholeNumber } from './arguments.js';
import type { Run } from './run.js';

interface PolicyOptions {
  keepLast?: number;
  hourly?: number;
  daily?: number;
  weekly?: number;
  monthly?: number;
  yearly?: number;
  within?: string;
  timeZone?: string;
  suggested?: boolean;
  keepAll?: boolean;
}
interface SetOptions extends PolicyOptions {
  none?: boolean;
  graceHours?: number;
}

const SITE = 'id, name, address or path of a site';
const PAGE = 500;
const COUNTS = ['keepLast', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;

/** `backupd retention …` */
export function addRetention(program: Command, run: Run): void {
  const retention = program.command('retention').description('which backups are kept: show, set, preview, apply');
  retention
    .command('show', { isDefault: true })
    .description('the default policy, or the one that holds for a site')
    .argument('[site]', SITE)
    .action((text: string | undefined) => run((context) => show(context, text)));
  policyOptions(
    retention
      .command('set')
      .description('set the default policy, or the one of a site; the policy is replaced as a whole')
      .argument('[site]', SITE),
  )
    .option('--none', 'no policy: by default nothing is deleted; a site goes back to the default')
    .option(
      '--grace-hours <n>',
      'hours from the decision to the deletion, for all sites; what is let go already keeps its end',
      wholeNumber,
    )
    .action((text: string | undefined, options: SetOptions) => run((context) => set(context, text, options)));
  policyOptions(
    retention
      .command('preview')
      .description('what the policy of a site, or another one, keeps and lets go, and why; changes nothing')
      .argument('<site>', SITE),
  ).action((text: string, options: PolicyOptions) => run((context) => preview(context, text, options)));
  retention
    .command('apply')
    .description('apply the policy of a site now: it happens every hour by itself')
    .argument('<site>', SITE)
    .option('--yes', 'do not ask')
    .action((text: string, options: { yes?: boolean }) => run((context) => apply(context, text, options)));
}

function policyOptions(command: Command): Command {
  return command
    .option('--keep-last <n>', 'the newest so many', wholeNumber)
    .option('--hourly <n>', 'the newest of each of so many hours that have one', wholeNumber)
    .option('--daily <n>', 'the same by days', wholeNumber)
    .option('--weekly <n>', 'the same by weeks', wholeNumber)
    .option('--monthly <n>', 'the same by months', wholeNumber)
    .option('--yearly <n>', 'the same by years', wholeNumber)
    .option('--within <duration>', 'all that are this much older than the newest at most: 30d, 1y6m, P30D')
    .option('--time-zone <name>', 'where days begin: Europe/Berlin (default: UTC)')
    .addOption(new Option('--suggested', 'the policy that "retention show" suggests').conflicts('keepAll'))
    .option('--keep-all', 'a policy that keeps everything');
}

async function show(context: CommandContext, text: string | undefined): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  if (text === undefined) {
    showDefault(context, await api.get<RetentionDto>('/retention'));
    return ExitCode.Ok;
  }
  const site = await getSite(api, text);
  const found = await api.get<RetentionPreviewDto>(`/sites/${site.id}/retention`, { limit: 1 });
  const { policy, source, note, graceHours, kept, expired, freedBytes } = found;
  output.data({ policy, source, note, graceHours, kept, expired, freedBytes });
  output.line(output.colors.bold(printable(site.name)));
  output.facts([
    ['policy', `${policyText(policy)} (${source === 'none' ? 'none is set' : source})`],
    ['keeps', plural(kept, 'backup')],
    ['lets go', `${plural(expired, 'backup')}, ${bytes(freedBytes)}`],
    ['grace', plural(graceHours, 'hour')],
  ]);
  output.line(note);
  return ExitCode.Ok;
}

function showDefault(context: CommandContext, found: RetentionDto): void {
  const { output } = context;
  output.data(found);
  output.facts([
    ['default', policyText(found.policy)],
    ['grace', plural(found.graceHours, 'hour')],
    ['suggested', policyText(found.suggested)],
  ]);
  output.line(found.note);
  if (found.policy === null) output.line('"backupd retention set --suggested" sets the suggested one.');
}

async function set(context: CommandContext, text: string | undefined, options: SetOptions): Promise<ExitCode> {
  const api = await context.api();
  const policy = await policyOf(context, options);
  if (options.none === true && policy !== null) throw usageError('Give either --none or a policy.');
  if (text === undefined) {
    if (policy === null && options.none !== true && options.graceHours === undefined) throw nothingGiven();
    if (options.none === true) await api.delete('/retention');
    const body = { ...(policy === null ? {} : { policy }), graceHours: options.graceHours };
    showDefault(context, await api.put<RetentionDto>('/retention', body));
    if (options.graceHours !== undefined)
      context.output.remark(
        'The grace holds for what is let go from now on. Backups that were let go before keep the end that they have.',
      );
    return ExitCode.Ok;
  }
  if (options.graceHours !== undefined) throw usageError('The grace is the same for all sites.', 'Leave the site out.');
  if (policy === null && options.none !== true) throw nothingGiven();
  const site = await getSite(api, text);
  const changed = await api.patch<SiteDto>(`/sites/${site.id}`, { retention: policy });
  context.output.data(changed);
  context.output.line(
    changed.retention === null
      ? `${printable(site.name)} has the default policy`
      : `${printable(site.name)}: ${policyText(changed.retention)}`,
  );
  return ExitCode.Ok;
}

async function preview(context: CommandContext, text: string, options: PolicyOptions): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const site = await getSite(api, text);
  const policy = await policyOf(context, options);
  const path = `/sites/${site.id}/retention`;
  const page = (offset: number): Promise<RetentionPreviewDto> =>
    policy === null
      ? api.get(path, { limit: PAGE, offset })
      : api.post(`${path}/preview?limit=${PAGE}&offset=${offset}`, { policy });
  const found = await page(0);
  while (found.items.length < found.total) {
    // oxlint-disable-next-line no-await-in-loop -- a page says whether there is another
    const { items } = await page(found.items.length);
    if (items.length === 0) break;
    found.items.push(...items);
  }
  output.data(found);
  output.table(
    ['ID', 'TAKEN', '', 'WHY', 'FREES'],
    found.items.map((item) => [
      shortId(item.backupId),
      time(item.createdAt),
      item.action === 'keep' ? output.colors.green('keep') : output.colors.yellow('goes'),
      printable(item.reasons.join('; ')) + (item.expiresAt === null ? '' : ` (deleted after ${time(item.expiresAt)})`),
      item.freedBytes === 0 ? '' : bytes(item.freedBytes),
    ]),
    'There is no backup of it yet.',
  );
  const where = found.freed.map((each) => `${printable(each.providerName ?? each.providerId)} ${bytes(each.bytes)}`);
  output.line(
    `${plural(found.kept, 'backup')} kept, ${found.expired} let go; ${bytes(found.freedBytes)} become free${where.length === 0 ? '' : ` (${where.join(', ')})`}.`,
  );
  if (found.policy === null) output.line(found.note);
  return ExitCode.Ok;
}

async function apply(context: CommandContext, text: string, options: { yes?: boolean }): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const site = await getSite(api, text);
  if (options.yes !== true) {
    const { expired, freedBytes, graceHours, note, policy } = await api.get<RetentionPreviewDto>(
      `/sites/${site.id}/retention`,
      { limit: 1 },
    );
    if (policy === null) output.remark(note);
    const what = `Let ${plural(expired, 'backup')} of ${printable(site.name)} go (${bytes(freedBytes)}, after ${plural(graceHours, 'hour')})?`;
    if (!(await output.agreed(options.yes, 'Applying retention', what))) return ExitCode.Failed;
  }
  const done = await api.post<RetentionRunDto>(`/sites/${site.id}/retention/apply`);
  output.data(done);
  output.line(
    `${done.expired} let go, ${done.takenBack} taken back, ${done.removed} deleted, ${done.waiting} waiting to be deleted`,
  );
  return ExitCode.Ok;
}

/** The policy that the options say; null when they say none. */
async function policyOf(context: CommandContext, options: PolicyOptions): Promise<RetentionPolicyDto | null> {
  const policy: RetentionPolicyDto = {};
  for (const name of COUNTS) if (options[name] !== undefined) policy[name] = options[name];
  if (options.within !== undefined) policy.keepWithin = options.within;
  if (options.timeZone !== undefined) policy.timeZone = options.timeZone;
  const isGiven = Object.keys(policy).length > 0;
  if (options.keepAll === true) {
    if (isGiven) throw usageError('--keep-all takes no other rule.');
    return {};
  }
  if (options.suggested !== true) return isGiven ? policy : null;
  const { suggested } = await (await context.api()).get<RetentionDto>('/retention');
  return { ...suggested, ...policy };
}

function policyText(policy: RetentionPolicyDto | null): string {
  if (policy === null) return 'none';
  const { keepWithin, timeZone } = policy;
  const parts = [
    ...COUNTS.flatMap((name) =>
      (policy[name] ?? 0) === 0 ? [] : [`${name === 'keepLast' ? 'last' : name} ${policy[name]}`],
    ),
    ...(keepWithin === undefined ? [] : [`within ${printable(keepWithin)}`]),
  ];
  return `${parts.join(', ') || 'keep everything'}${timeZone === undefined ? '' : ` (${printable(timeZone)})`}`;
}

const nothingGiven = (): Error =>
  usageError('Nothing to set was given.', 'See "backupd retention set --help"; --suggested is a good start.');
