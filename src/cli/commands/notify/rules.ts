import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ApiClient } from '../../api-client.js';
import type { SiteDto } from '../../api-types.js';
import type { NotificationChannelDto, NotificationRuleDto } from '../../api-types-notifications.js';
import type { CommandContext } from '../../command-context.js';
import { ExitCode, usageError } from '../../exit-codes.js';
import { printable, shortId } from '../../format.js';
import { getSite } from '../../lookup.js';
import { collect, wholeNumber } from '../arguments.js';
import type { Run } from '../run.js';
import { allOf, getChannel, getRule } from './find.js';

export interface RuleOptions {
  name?: string;
  event?: string[];
  channel?: string[];
  minSeverity?: string;
  site?: string[];
  label?: string[];
  allSites?: boolean;
  quiet?: { from: string; until: string } | false;
  quietDays?: number[];
  timeZone?: string;
  quietCritical?: boolean;
  digest?: { every: 'hour' | 'day'; at?: string } | false;
  recovered?: boolean;
  remind?: number | false;
  enable?: boolean;
  disable?: boolean;
}

const RULE = 'id, the beginning of one, or name';

/** `backupd notify rules …` */
export function addRules(notify: Command, run: Run): void {
  const rules = notify.command('rules').description('which news goes where: list, show, add, edit, remove');
  rules
    .command('list', { isDefault: true })
    .description('list the rules')
    .action(() => run(list));
  rules
    .command('show')
    .description('show one rule')
    .argument('<rule>', RULE)
    .action((text: string) => run(async (context) => showRule(context, await getRule(await context.api(), text))));
  ruleOptions(
    rules.command('add').description('add a rule; it counts from now on').argument('<name>', 'what to call it'),
  ).action((name: string, options: RuleOptions) => run((context) => add(context, name, options)));
  ruleOptions(
    rules
      .command('edit')
      .description('change a rule; what is not given stays')
      .argument('<rule>', RULE)
      .option('--name <name>', 'call it that')
      .option('--all-sites', 'of all sites')
      .option('--no-quiet', 'no quiet hours')
      .option('--no-digest', 'at once')
      .option('--no-remind', 'no reminders')
      .option('--enable', 'let it count again')
      .option('--disable', 'let it rest'),
  ).action((text: string, options: RuleOptions) => run((context) => edit(context, text, options)));
  rules
    .command('remove')
    .description('remove a rule')
    .argument('<rule>', RULE)
    .option('--yes', 'do not ask')
    .action((text: string, options: { yes?: boolean }) => run((context) => remove(context, text, options)));
}

function ruleOptions(command: Command): Command {
  return command
    .option(
      '--event <event>',
      'job.failed, job.partial, job.completed:backup, alarm.*, alarm:backup.overdue, site.*, … (repeatable)',
      collect,
    )
    .option('--channel <channel>', 'where it goes (repeatable)', collect)
    .addOption(new Option('--min-severity <severity>', 'nothing below').choices(['info', 'warning', 'critical']))
    .option('--site <site>', 'only of this site: id, name, address or path (repeatable)', collect)
    .option('--label <label>', 'only of sites with this label (repeatable)', collect)
    .option('--quiet <from-until>', 'keep back and tell at the end, like 22:00-07:00', quietHours)
    .option('--quiet-days <days>', 'weekdays on which the quiet hours begin, 1 = Monday, like 6,7', weekdays)
    .option('--time-zone <zone>', 'of quiet hours and digest, like Europe/Berlin; UTC when absent')
    .option('--quiet-critical', 'critical news comes all the same (so it is when absent)')
    .option('--no-quiet-critical', 'keep critical news back too')
    .option('--digest <when>', 'collect and send as one message: hour, day, or day@08:00', digest)
    .option('--recovered', 'tell when it is over (so it is when absent)')
    .option('--no-recovered', 'do not tell when it is over')
    .option('--remind <hours>', 'tell an alarm again that stays', wholeNumber);
}

function quietHours(text: string): { from: string; until: string } {
  const [, from, until] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text) ?? [];
  if (from === undefined || until === undefined) throw new InvalidArgumentError('It must be like 22:00-07:00.');
  return { from, until };
}

function weekdays(text: string): number[] {
  if (!/^[1-7](,[1-7])*$/.test(text)) throw new InvalidArgumentError('It must be days from 1 (Monday) to 7, like 6,7.');
  return text.split(',').map(Number);
}

function digest(text: string): { every: 'hour' | 'day'; at?: string } {
  const [, every, at] = /^(hour|day)(?:@(\d\d:\d\d))?$/.exec(text) ?? [];
  if (every === undefined || (every === 'hour' && at !== undefined))
    throw new InvalidArgumentError('It must be hour, day, or day@08:00.');
  return { every: every === 'hour' ? 'hour' : 'day', ...(at === undefined ? {} : { at }) };
}

/** The request for the options; `before` is what it is now. */
async function bodyOf(
  api: ApiClient,
  options: RuleOptions,
  before: NotificationRuleDto | null,
): Promise<Record<string, unknown>> {
  if (options.enable === true && options.disable === true) throw usageError('Either --enable or --disable.');
  const channelIds: string[] = [];
  for (const text of options.channel ?? []) channelIds.push((await getChannel(api, text)).id);
  const siteIds: string[] = [];
  for (const text of options.site ?? []) siteIds.push((await getSite(api, text)).id);
  const timeZone = options.timeZone ?? before?.quietHours?.timeZone ?? before?.digest?.timeZone ?? 'UTC';
  const entries: [string, unknown][] = [
    ['name', options.name],
    ['events', options.event],
    ['channelIds', channelIds.length === 0 ? undefined : channelIds],
    ['minSeverity', options.minSeverity],
    ['siteIds', siteIds.length === 0 ? (options.allSites === true ? null : undefined) : siteIds],
    ['labels', options.label ?? (options.allSites === true ? null : undefined)],
    ['quietHours', quietOf(options, before, timeZone)],
    [
      'digest',
      options.digest === false ? null : options.digest === undefined ? undefined : { ...options.digest, timeZone },
    ],
    ['recovered', options.recovered],
    ['remindHours', options.remind === false ? null : options.remind],
    ['enabled', options.enable === true ? true : options.disable === true ? false : undefined],
  ];
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function quietOf(
  { quiet, quietDays, quietCritical, timeZone: given }: RuleOptions,
  before: NotificationRuleDto | null,
  timeZone: string,
): unknown {
  if (quiet === false) return null;
  const hours = quiet ?? before?.quietHours ?? null;
  const changed = quiet !== undefined || quietDays !== undefined || quietCritical !== undefined || given !== undefined;
  if (!changed) return undefined;
  if (hours === null) {
    if (quietDays !== undefined || quietCritical !== undefined)
      throw usageError('Of which quiet hours?', 'Give --quiet 22:00-07:00 too.');
    return undefined;
  }
  const days = quietDays ?? before?.quietHours?.days;
  return {
    from: hours.from,
    until: hours.until,
    timeZone,
    exceptCritical: quietCritical ?? before?.quietHours?.exceptCritical ?? true,
    ...(days === undefined ? {} : { days }),
  };
}

async function add(context: CommandContext, name: string, options: RuleOptions): Promise<ExitCode> {
  const api = await context.api();
  if (options.event === undefined)
    throw usageError('Which news?', 'Give --event, like --event job.failed --event "alarm.*".');
  if (options.channel === undefined)
    throw usageError('Where to?', 'Give --channel; "backupd notify channels" lists them.');
  const body = await bodyOf(api, { ...options, name }, null);
  return showRule(context, await api.post<NotificationRuleDto>('/notifications/rules', body));
}

async function edit(context: CommandContext, text: string, options: RuleOptions): Promise<ExitCode> {
  const api = await context.api();
  const rule = await getRule(api, text);
  const body = await bodyOf(api, options, rule);
  if (Object.keys(body).length === 0)
    throw usageError('Nothing to change was given.', 'See "backupd notify rules edit --help".');
  return showRule(context, await api.patch<NotificationRuleDto>(`/notifications/rules/${rule.id}`, body));
}

async function remove(context: CommandContext, text: string, options: { yes?: boolean }): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const rule = await getRule(api, text);
  if (!(await output.agreed(options.yes, 'Removing a rule', `Remove the rule ${printable(rule.name)}?`)))
    return ExitCode.Failed;
  await api.delete(`/notifications/rules/${rule.id}`);
  output.data({ removed: rule.id });
  output.line(`${printable(rule.name)} is removed`);
  return ExitCode.Ok;
}

async function list(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const found = await allOf<NotificationRuleDto>(api, '/notifications/rules');
  const names = await channelNames(api);
  const sites = await siteNames(api, found);
  output.data(found);
  output.table(
    ['ID', 'NAME', 'EVENTS', 'FROM', 'SITES', 'TO', 'WHEN'],
    found.map((rule) => [
      shortId(rule.id),
      printable(rule.name) + (rule.enabled ? '' : output.colors.yellow(' (disabled)')),
      rule.events.join(' '),
      rule.minSeverity,
      sitesText(rule, sites),
      rule.channelIds.map((id) => printable(names.get(id) ?? shortId(id))).join(', '),
      whenText(rule),
    ]),
    'There is no rule: nobody is told anything. "backupd notify setup" makes one.',
  );
  return ExitCode.Ok;
}

export async function showRule(context: CommandContext, rule: NotificationRuleDto): Promise<ExitCode> {
  const { output } = context;
  output.data(rule);
  if (output.json) return ExitCode.Ok;
  const api = await context.api();
  const names = await channelNames(api);
  output.line(output.colors.bold(printable(rule.name)));
  output.facts([
    ['id', rule.id],
    ['enabled', rule.enabled ? 'yes' : 'no'],
    ['events', rule.events.join(', ')],
    ['from', rule.minSeverity],
    ['sites', sitesText(rule, await siteNames(api, [rule]))],
    ['to', rule.channelIds.map((id) => printable(names.get(id) ?? id)).join(', ')],
    ['when', whenText(rule)],
    ['end', rule.recovered ? 'told' : 'not told'],
    ['reminder', rule.remindHours === null ? 'none' : `every ${rule.remindHours} h`],
  ]);
  return ExitCode.Ok;
}

async function channelNames(api: ApiClient): Promise<Map<string, string>> {
  const channels = await allOf<NotificationChannelDto>(api, '/notifications/channels');
  return new Map(channels.map(({ id, name }) => [id, name]));
}

/** Names of sites by their ids; only where a rule names sites. */
async function siteNames(api: ApiClient, rules: readonly NotificationRuleDto[]): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  if (rules.some(({ siteIds }) => siteIds !== null))
    for await (const { id, name } of api.all<SiteDto>('/sites')) names.set(id, name);
  return names;
}

function sitesText({ siteIds, labels }: NotificationRuleDto, names: ReadonlyMap<string, string>): string {
  const parts = [
    ...(siteIds === null ? [] : siteIds.map((id) => printable(names.get(id) ?? `${shortId(id)} (gone)`))),
    ...(labels === null ? [] : labels.map((label) => `label ${label}`)),
  ];
  return parts.length === 0 ? 'all' : parts.join(', ');
}

function whenText({ quietHours: quiet, digest: collected }: NotificationRuleDto): string {
  const parts = [
    collected === null
      ? 'at once'
      : collected.every === 'hour'
        ? 'every hour'
        : `daily at ${collected.at ?? '08:00'} ${collected.timeZone ?? 'UTC'}`,
    ...(quiet === null
      ? []
      : [
          `quiet ${quiet.from}-${quiet.until} ${quiet.timeZone}${quiet.days === undefined ? '' : ` on days ${quiet.days.join(',')}`}${quiet.exceptCritical ? ' but critical' : ''}`,
        ]),
  ];
  return parts.join(', ');
}
