import { type Command, Option } from 'commander';
import type { ApiClient } from '../api-client.js';
import type {
  BlackoutDto,
  ScheduleDetailsDto,
  ScheduleDto,
  SchedulePreviewDto,
  ScheduleRunDto,
} from '../api-types-schedules.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode, usageError } from '../exit-codes.js';
import { duration, plural, printable, shortId, time } from '../format.js';
import { hostId } from '../hosts.js';
import { getSite } from '../lookup.js';
import { parseBlackout, parseRhythm, parseSeconds, RHYTHMS, WEEKDAYS } from '../rhythm.js';
import { findSchedule, getSchedule } from '../schedules.js';
import { collect, wholeNumber } from './arguments.js';
import type { Run } from './run.js';
import { showPast, showRuns, showSiteSchedule } from './schedule-output.js';

interface SetOptions {
  kind: string;
  site?: string;
  label?: string;
  node?: string | true;
  name?: string;
  zone?: string;
  jitter?: string;
  blackout?: string[];
  clearBlackouts?: boolean;
  missed?: string;
  maxPerHost?: number;
  level?: string;
  root?: string[];
  enrol?: boolean;
  enrolLabel?: string[];
  followMoves?: boolean;
  dryRun?: boolean;
}

const KINDS = ['backup', 'verify', 'retention', 'reconcile', 'scan'];
const WHICH = 'id or name of a schedule';

/** `backupd schedule …` */
export function addSchedule(program: Command, run: Run): void {
  const schedule = program
    .command('schedule')
    .description('what happens by itself: set, list, show, next, pause, resume, remove, run, zone');
  schedule
    .command('list', { isDefault: true })
    .description('list the schedules')
    .action(() => run(list));
  setOptions(schedule.command('set').description('make a schedule, or change the one of that kind and scope'))
    .addHelpText('after', `\n${RHYTHMS}\n\nExample: backupd schedule set daily 02:00 --jitter 2h`)
    .action((words: string[], options: SetOptions) => run((context) => set(context, words, options)));
  schedule
    .command('show')
    .description('a schedule, its next runs and what became of the last ones')
    .argument('<schedule>', WHICH)
    .action((text: string) => run((context) => show(context, text)));
  schedule
    .command('next')
    .description('which schedules count for a site, and its next runs')
    .argument('<site>', 'id, name, address or path of a site')
    .action((text: string) => run((context) => showSiteSchedule(context, text)));
  for (const [verb, about] of [
    ['pause', 'start nothing until it is resumed; its sites do not fall back to a wider one'],
    ['resume', 'go on with the next slot; what passed is not made up for'],
  ] as const)
    schedule
      .command(verb)
      .description(about)
      .argument('<schedule>', WHICH)
      .action((text: string) => run((context) => setPaused(context, text, verb)));
  schedule
    .command('remove')
    .description('remove a schedule; a wider one counts from then on')
    .argument('<schedule>', WHICH)
    .option('--yes', 'do not ask')
    .action((text: string, options: { yes?: boolean }) => run((context) => remove(context, text, options)));
  schedule
    .command('run')
    .description('run it now for all its sites, once; its slots stay as they are')
    .argument('<schedule>', WHICH)
    .action((text: string) => run((context) => runNow(context, text)));
  schedule
    .command('zone')
    .description('the time zone of all schedules and sites that have none of their own')
    .argument('[zone]', 'the new one, e.g. Europe/Berlin')
    .action((text: string | undefined) => run((context) => zone(context, text)));
}

function setOptions(command: Command): Command {
  return command
    .argument('<rhythm...>', 'daily 02:00, weekly mon 02:00, every 6h, "0 3 * * *" … (below)')
    .addOption(new Option('--kind <kind>', 'what is started').choices(KINDS).default('backup'))
    .option('--site <site>', 'for this site only: id, name, address or path')
    .option('--label <label>', 'for the sites with this label')
    .option('--node [node]', "for the sites of a node: name or id; without one of the master's own host")
    .option('--name <name>', 'what it is called')
    .option('--zone <zone>', 'time zone, e.g. Europe/Berlin; "default" for each site\'s own')
    .option('--jitter <time>', 'spread the sites over so long: 30m, 2h')
    .option('--blackout <times>', 'start nothing then: 08:00-20:00, or "sat,sun 08:00-20:00" (repeatable)', collect)
    .option('--clear-blackouts', 'no blackouts but those given')
    .addOption(new Option('--missed <policy>', 'after a downtime: one run, or none').choices(['run-once', 'skip']))
    .option('--max-per-host <n>', 'so many jobs of it at a time on a host; 0 = no limit', wholeNumber)
    .addOption(new Option('--level <level>', 'of a verify').choices(['quick', 'full']))
    .option('--root <path>', 'where a scan looks (repeatable)', collect)
    .option('--enrol', 'a scan registers what it finds')
    .option('--enrol-label <label>', 'label of what it registers (repeatable)', collect)
    .option('--follow-moves', 'a scan changes the path of a registered site that has moved')
    .option('--dry-run', 'only show when it would run');
}

/** `enrol, labels new, followMoves`. */
const optionsText = (options: object): string =>
  Object.entries(options)
    .map(([name, value]) =>
      value === true ? name : `${name} ${Array.isArray(value) ? value.join(' ') : String(value)}`,
    )
    .join(', ') || 'none';

const isOfSites = ({ kind }: ScheduleDto): boolean => kind === 'backup' || kind === 'verify';

async function list(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const found: ScheduleDto[] = [];
  for await (const each of api.all<ScheduleDto>('/schedules')) found.push(each);
  output.data(found);
  output.table(
    ['ID', 'KIND', 'FOR', 'WHEN', 'SITES', 'NEXT RUN'],
    found.map((each) => [
      shortId(each.id),
      each.kind,
      scopeText(each),
      printable(each.text),
      isOfSites(each) ? String(each.sites) : '–',
      each.paused ? output.colors.yellow('paused') : time(each.nextRun),
    ]),
    'No schedule is set: backups are only made when they are asked for. "backupd schedule set daily 02:00" makes one for all sites.',
  );
  return ExitCode.Ok;
}

async function set(context: CommandContext, words: readonly string[], options: SetOptions): Promise<ExitCode> {
  const rhythm = parseRhythm(words);
  const api = await context.api();
  const { scope, scopeValue } = await scopeOf(api, options);
  const before = await findSchedule(api, { kind: options.kind, scope, scopeValue });
  const body = { rhythm, ...changesOf(options, before) };
  if (options.dryRun === true) {
    const { timeZone, jitterSeconds, blackouts } = { ...before, ...body };
    const siteId = scope === 'site' ? scopeValue : undefined;
    const preview = { rhythm, timeZone: timeZone ?? null, jitterSeconds, blackouts, siteId };
    const would = await api.post<SchedulePreviewDto>('/schedules/preview', preview);
    context.output.data(would);
    context.output.line(`It would run ${printable(would.text)}:`);
    showRuns(context.output, would.next);
    return ExitCode.Ok;
  }
  const saved =
    before === null
      ? await api.post<ScheduleDto>('/schedules', { kind: options.kind, scope, scopeValue, ...body })
      : await api.patch<ScheduleDto>(`/schedules/${before.id}`, body);
  return showSaved(context, saved);
}

async function showSaved(context: CommandContext, saved: ScheduleDto): Promise<ExitCode> {
  const { output } = context;
  output.data(saved);
  const sites = isOfSites(saved) ? ` (${plural(saved.sites, 'site')})` : '';
  output.line(`${saved.kind} of ${scopeText(saved)}: ${printable(saved.text)}${sites}`);
  if (saved.nextRun !== null) output.line(`  next run: ${time(saved.nextRun)}`);
  if ((await context.connection()).embedded)
    output.remark(
      `${output.colors.yellow('!')} No backupd runs here: no schedule is kept until one does. Start it: backupd serve`,
    );
  return ExitCode.Ok;
}

async function scopeOf(api: ApiClient, options: SetOptions): Promise<{ scope: string; scopeValue: string | null }> {
  const { site, label, node } = options;
  if ([site, label, node].filter((each) => each !== undefined).length > 1)
    throw usageError('For whom?', 'Give one of --site, --label and --node, or none for all sites.');
  if (site !== undefined) return { scope: 'site', scopeValue: (await getSite(api, site)).id };
  if (label !== undefined) return { scope: 'label', scopeValue: label.toLowerCase() };
  if (node !== undefined) return { scope: 'node', scopeValue: node === true ? null : await hostId(api, node) };
  return { scope: 'all', scopeValue: null };
}

function changesOf(
  options: SetOptions,
  before: ScheduleDto | null,
): { timeZone?: string | null; jitterSeconds?: number; blackouts?: BlackoutDto[] } & Record<string, unknown> {
  const blackouts = options.blackout?.map(parseBlackout) ?? [];
  const kept = options.clearBlackouts === true ? [] : (before?.blackouts ?? []);
  const given = {
    level: options.level,
    roots: options.root,
    enrol: options.enrol,
    labels: options.enrolLabel,
    followMoves: options.followMoves,
  };
  const extra = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return {
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.zone === undefined ? {} : { timeZone: options.zone === 'default' ? null : options.zone }),
    ...(options.jitter === undefined ? {} : { jitterSeconds: parseSeconds(options.jitter) }),
    ...(blackouts.length > 0 || options.clearBlackouts === true ? { blackouts: [...kept, ...blackouts] } : {}),
    ...(options.missed === undefined ? {} : { missed: options.missed }),
    ...(options.maxPerHost === undefined ? {} : { maxPerNode: options.maxPerHost === 0 ? null : options.maxPerHost }),
    ...(Object.keys(extra).length === 0 ? {} : { options: { ...before?.options, ...extra } }),
  };
}

async function show(context: CommandContext, text: string): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const { id } = await getSchedule(api, text);
  const found = await api.get<ScheduleDetailsDto>(`/schedules/${id}`);
  output.data(found);
  output.line(output.colors.bold(printable(found.name)) + (found.paused ? output.colors.yellow(' (paused)') : ''));
  output.facts([
    ['id', found.id],
    [
      'starts',
      `${found.kind} of ${scopeText(found)}${isOfSites(found) ? ` (${plural(found.sites, 'site')} now)` : ''}`,
    ],
    ['when', printable(found.text)],
    ['jitter', found.jitterSeconds === 0 ? 'none' : `up to ${duration(found.jitterSeconds)}`],
    ['blackouts', found.blackouts.map(blackoutText).join(', ') || 'none'],
    ['after a downtime', found.missed === 'skip' ? 'nothing is made up for' : 'one run for all slots that passed'],
    ['at a time', found.maxPerNode === null ? 'no limit of its own' : `${found.maxPerNode} on a host`],
    ['options', printable(optionsText(found.options))],
  ]);
  showRuns(output, found.next);
  showPast(output, found.lastSlots);
  return ExitCode.Ok;
}

async function setPaused(context: CommandContext, text: string, verb: 'pause' | 'resume'): Promise<ExitCode> {
  const api = await context.api();
  const { id } = await getSchedule(api, text);
  return showSaved(context, await api.post<ScheduleDto>(`/schedules/${id}/${verb}`));
}

async function remove(context: CommandContext, text: string, options: { yes?: boolean }): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const found = await getSchedule(api, text);
  const question = `Remove the schedule "${printable(found.name)}" (${printable(found.text)})?`;
  if (!(await output.agreed(options.yes, 'Removing a schedule', question))) return ExitCode.Failed;
  await api.delete(`/schedules/${found.id}`);
  output.data({ removed: found.id });
  output.line(`"${printable(found.name)}" is removed; for its sites a wider schedule counts now, where there is one`);
  return ExitCode.Ok;
}

async function runNow(context: CommandContext, text: string): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const { id, kind } = await getSchedule(api, text);
  const done = await api.post<ScheduleRunDto>(`/schedules/${id}/run`);
  output.data(done);
  output.line(done.begun ? `The ${kind} has begun.` : `${plural(done.jobIds.length, 'job')} started.`);
  for (const { siteName, reason } of done.refused)
    output.remark(`${output.colors.yellow('!')} ${printable(siteName)}: ${printable(reason)}`);
  if (done.begun) output.line(`  what came of it: the log of the server`);
  return done.refused.length > 0 ? ExitCode.Warnings : ExitCode.Ok;
}

async function zone(context: CommandContext, text: string | undefined): Promise<ExitCode> {
  const api = await context.api();
  const found =
    text === undefined
      ? await api.get<{ timeZone: string }>('/schedules/settings')
      : await api.put<{ timeZone: string }>('/schedules/settings', { timeZone: text });
  context.output.data(found);
  context.output.line(`Schedules and sites without a time zone of their own go by ${printable(found.timeZone)}.`);
  return ExitCode.Ok;
}

function scopeText({ scope, scopeValue, scopeName }: ScheduleDto): string {
  if (scope === 'all') return 'all';
  if (scope === 'site') return printable(scopeName ?? `a site that is gone (${scopeValue ?? ''})`);
  return `${scope === 'node' ? 'host' : scope} ${printable(scopeName ?? scopeValue ?? 'self')}`;
}

function blackoutText({ from, until, days }: BlackoutDto): string {
  return `${from}-${until}${days === undefined ? '' : ` on ${days.map((day) => WEEKDAYS[day - 1]).join(',')}`}`;
}
