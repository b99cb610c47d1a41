import { type Command, Option } from 'commander';
import { AppError, asAppError } from '../../common/errors/index.js';
import type { ApiClient } from '../api-client.js';
import type { AlarmDto, AlarmSettingsDto, StatusDto } from '../api-types-alarms.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode } from '../exit-codes.js';
import { printable, shortIds, time } from '../format.js';
import { beginningWith, getSite, WHOLE_ID } from '../lookup.js';
import { percentOf, wholeNumber } from './arguments.js';
import type { Run } from './run.js';

interface ListOptions {
  all?: boolean;
  kind?: string;
  severity?: string;
  site?: string;
}

interface SettingsOptions {
  grace?: number | null;
  size?: number;
  files?: number;
  rows?: number;
  quota?: number;
  disk?: number;
}

/** What monitoring systems of the Nagios kind expect of a check. */
const NAGIOS = { ok: 0, warning: 1, critical: 2 } as const;

/** `backupd status` and `backupd alarms …` */
export function addAlarms(program: Command, run: Run): void {
  program
    .command('status')
    .description('whether all sites are safe, in one sentence; exit code 0: yes, 3: warnings, 1: critical')
    .option(
      '--nagios',
      'exit codes of a Nagios check: 0 ok, 1 warning, 2 critical (also when no server runs or answers)',
    )
    .action(({ nagios = false }: { nagios?: boolean }) =>
      run((context) => (nagios ? check(context) : status(context))),
    );
  const alarms = program.command('alarms').description('what is wrong: list, show, ack, settings');
  alarms
    .command('list', { isDefault: true })
    .description('list the open alarms')
    .option('--all', 'also those that are cleared')
    .option('--kind <kind>', 'only of this kind, e.g. backup.failed')
    .addOption(new Option('--severity <severity>', 'only so grave ones').choices(['warning', 'critical']))
    .option('--site <site>', 'only of this site: id, name, address or path')
    .action((options: ListOptions) => run((context) => list(context, options)));
  alarms
    .command('show')
    .description('show one alarm whole')
    .argument('<alarm>', 'its id or the beginning of it')
    .action((text: string) => run((context) => show(context, text)));
  alarms
    .command('ack')
    .description('say that it was seen: no more reminders')
    .argument('<alarm>', 'its id or the beginning of it')
    .action((text: string) => run((context) => acknowledge(context, text)));
  alarms
    .command('settings')
    .description('show or change from when on something is an alarm')
    .option('--grace <minutes>', 'so long after a slot a backup is overdue; "auto" = half the interval', graceOf)
    .option('--size <percent>', 'a backup has become smaller by more than this; 0 = never', percentOf)
    .option('--files <percent>', 'the same of files', percentOf)
    .option('--rows <percent>', 'the same of rows in tables', percentOf)
    .option('--quota <percent>', 'a quota is used up so far', percentOf)
    .option('--disk <percent>', 'a disk has less free than this', percentOf)
    .action((options: SettingsOptions) => run((context) => settings(context, options)));
}

const graceOf = (text: string): number | null => (text === 'auto' ? null : wholeNumber(text));

/** A server that was started just for this has not looked at anything, and no schedule was kept before: that is not "well". */
async function status(context: CommandContext): Promise<ExitCode> {
  const { api, embedded } = await context.connection();
  const answer = await api.get<StatusDto>('/status');
  tell(context, answer);
  if (embedded)
    context.output.remark(
      `${context.output.colors.yellow('!')} No backupd runs here: no schedule is kept, and the alarms are those of when it last ran. Start it: backupd serve`,
    );
  if (answer.level === 'critical') return ExitCode.Failed;
  return answer.level === 'ok' && !embedded ? ExitCode.Ok : ExitCode.Warnings;
}

async function check(context: CommandContext): Promise<ExitCode> {
  try {
    const answer = await (await context.runningApi()).get<StatusDto>('/status');
    tell(context, answer);
    return NAGIOS[answer.level];
  } catch (error) {
    const { code, message } = asAppError(error);
    context.output.data({ error: { code, message } });
    context.output.line(`CRITICAL: ${printable(message)}`);
    return NAGIOS.critical;
  }
}

function tell({ output }: CommandContext, answer: StatusDto): void {
  const { level, sentence, alarms, open, withoutBackup } = answer;
  output.data(answer);
  const mark = { ok: output.colors.green('✔'), warning: output.colors.yellow('!'), critical: output.colors.red('✖') };
  output.line(`${mark[level]} ${printable(sentence)}`);
  for (const alarm of open) output.line(`  ${mark[alarm.severity]} ${printable(alarm.message)}`);
  const more = alarms.critical + alarms.warning - open.length;
  if (more > 0) output.line(`  … and ${more} more: backupd alarms`);
  for (const { id, name } of withoutBackup)
    output.line(`  ${mark.warning} ${printable(name)} has no backup on an enabled storage: backupd backup ${id}`);
  if (alarms.acknowledged > 0) output.line(output.colors.dim(`  ${alarms.acknowledged} acknowledged: backupd alarms`));
}

async function list(context: CommandContext, { all = false, site, ...which }: ListOptions): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const siteId = site === undefined ? {} : { siteId: (await getSite(api, site)).id };
  const query = { ...which, ...siteId, ...(all ? {} : { open: 'true' }) };
  const found: AlarmDto[] = [];
  for await (const alarm of api.all<AlarmDto>('/alarms', query)) found.push(alarm);
  output.data(found);
  const idOf = shortIds(found);
  output.table(
    ['ID', 'SEVERITY', 'WHAT', 'SINCE', 'STATE', 'MESSAGE'],
    found.map((alarm) => [
      idOf(alarm.id),
      output.colors[alarm.severity === 'critical' ? 'red' : 'yellow'](alarm.severity),
      alarm.kind,
      time(alarm.raisedAt),
      stateOf(alarm),
      printable(alarm.message),
    ]),
    Object.keys({ ...which, ...siteId }).length > 0
      ? 'There is no such alarm.'
      : all
        ? 'There was never an alarm.'
        : 'No alarm is open.',
  );
  return ExitCode.Ok;
}

const stateOf = ({ clearedAt, acknowledgedAt }: AlarmDto): string =>
  clearedAt === null ? (acknowledgedAt === null ? 'open' : 'acknowledged') : 'cleared';

async function show(context: CommandContext, text: string): Promise<ExitCode> {
  const { output } = context;
  const alarm = await getAlarm(await context.api(), text);
  output.data(alarm);
  output.line(`${alarm.kind}, ${alarm.severity}, ${stateOf(alarm)} (${alarm.id})`);
  output.line(printable(alarm.message));
  if (alarm.hint !== null) output.line(printable(alarm.hint));
  const times = [`since ${time(alarm.raisedAt)}`, `last seen ${time(alarm.lastSeenAt)}`];
  if (alarm.acknowledgedAt !== null)
    times.push(`acknowledged ${time(alarm.acknowledgedAt)} by ${printable(alarm.acknowledgedBy ?? '')}`);
  if (alarm.clearedAt !== null) times.push(`cleared ${time(alarm.clearedAt)}`);
  output.line(output.colors.dim(times.join(', ')));
  return ExitCode.Ok;
}

async function acknowledge(context: CommandContext, text: string): Promise<ExitCode> {
  const api = await context.api();
  const { id } = await getAlarm(api, text);
  const alarm = await api.post<AlarmDto>(`/alarms/${id}/acknowledge`);
  context.output.data(alarm);
  context.output.line(seenText(alarm));
  return ExitCode.Ok;
}

function seenText({ kind, clearedAt, acknowledgedAt }: AlarmDto): string {
  if (clearedAt === null) return 'Seen: no more reminders until it is cleared';
  if (kind === 'backup.shrunk' && acknowledgedAt !== null) return 'Seen, and cleared: the new size is meant';
  return `It is over already: cleared ${time(clearedAt)}`;
}

/** By its id or the beginning of one; an open alarm goes before those that were cleared. */
async function getAlarm(api: ApiClient, text: string): Promise<AlarmDto> {
  const wanted = text.toLowerCase();
  if (WHOLE_ID.test(wanted)) return api.get<AlarmDto>(`/alarms/${wanted}`);
  for (const open of ['true', 'false']) {
    const alarm = await beginningWith(api.all<AlarmDto>('/alarms', { open }), wanted, 'alarm');
    if (alarm !== null) return alarm;
  }
  throw new AppError({
    code: 'ALARM_NOT_FOUND',
    kind: 'not-found',
    message: `There is no alarm "${printable(text)}".`,
    hint: '"backupd alarms --all" lists them; give the id or four or more characters of its beginning.',
    retry: 'never',
  });
}

const percent = (value: number): string => (value === 0 ? 'never' : `${value} %`);

async function settings(context: CommandContext, options: SettingsOptions): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const before = await api.get<AlarmSettingsDto>('/alarms/settings');
  const { grace, size, files, rows, quota, disk } = options;
  const isChange = [grace, size, files, rows, quota, disk].some((option) => option !== undefined);
  const now = isChange
    ? await api.put<AlarmSettingsDto>('/alarms/settings', {
        graceMinutes: grace === undefined ? before.graceMinutes : grace,
        sizePercent: size ?? before.sizePercent,
        filesPercent: files ?? before.filesPercent,
        rowsPercent: rows ?? before.rowsPercent,
        quotaPercent: quota ?? before.quotaPercent,
        diskPercent: disk ?? before.diskPercent,
      })
    : before;
  output.data(now);
  output.line(
    `A backup is overdue ${now.graceMinutes === null ? 'half an interval (an hour to a day)' : `${now.graceMinutes} minutes`} after its slot`,
  );
  output.line(
    `It has become too small by more than: bytes ${percent(now.sizePercent)}, files ${percent(now.filesPercent)}, rows ${percent(now.rowsPercent)}`,
  );
  output.line(`A quota is near from ${now.quotaPercent} % on; a disk is low below ${now.diskPercent} % free`);
  return ExitCode.Ok;
}
