import { type Command, InvalidArgumentError } from 'commander';
import type { SiteDto } from '../api-types.js';
import type { CommandContext } from '../command-context.js';
import { asPath } from '../lookup.js';
import type { Output } from '../output.js';
import { secretFile } from '../secret-file.js';
import { collect, collectPair, percentOf } from './arguments.js';
import type { DestinationOptions } from './destinations.js';

const LIMITS = { size: 'sizePercent', files: 'filesPercent', rows: 'rowsPercent' } as const;
type Limit = keyof typeof LIMITS;
const NAMES: readonly Limit[] = ['size', 'files', 'rows'];
/** Null = as everywhere. */
type AlarmLimits = Partial<Record<Limit, number | null>>;

/** What `sites add` and `sites edit` change. */
export interface EditOptions extends DestinationOptions {
  name?: string;
  exclude?: string[];
  clearExcludes?: boolean;
  setting?: Record<string, string>;
  override?: Record<string, string>;
  overrideFile?: Record<string, string>;
  unsetOverride?: string[];
  path?: string;
  label?: string[];
  clearLabels?: boolean;
  timeZone?: string;
  alarm?: AlarmLimits;
}

export function editOptions(command: Command): Command {
  return command
    .option('--name <name>', 'the name to show')
    .option('--exclude <pattern>', 'leave out, e.g. /wp-content/cache (repeatable)', collect)
    .option('--clear-excludes', 'no excludes but those given')
    .option('--setting <name=value>', "one of the module's settings, as JSON or text (repeatable)", collectPair)
    .option(
      '--override <name=value>',
      'use this in place of what the site says, e.g. DB_HOST=127.0.0.1 (repeatable; not for passwords)',
      collectPair,
    )
    .option(
      '--override-file <name=file>',
      'the same, the value read from a file, - for the input: for passwords (repeatable)',
      collectPair,
    )
    .option('--unset-override <name>', 'use again what the site says (repeatable)', collect)
    .option('--destination <storage[=weight]>', 'store its backups there: a copy on each (repeatable)', collect)
    .option('--label <word>', 'a label, by which schedules and notifications choose sites (repeatable)', collect)
    .option('--clear-labels', 'no labels but those given')
    .option('--time-zone <zone>', 'its time zone, e.g. Europe/Berlin; "default" for the one of backupd')
    .option(
      '--alarm <what=percent>',
      'an alarm when a backup has become smaller by more than this: size=…, files=…, rows=…; 0 = never, "default" as everywhere (repeatable)',
      collectLimit,
    )
    .option('--failover', 'one copy, on the first of the destinations that takes it, spread over sites by weight')
    .option('--default-destinations', 'store its backups on the default storages again');
}

/** The request body: for a change, what is given on top of what is there. */
export async function changes(
  { output }: CommandContext,
  options: EditOptions,
  site: SiteDto | null,
): Promise<Record<string, unknown>> {
  const body: Record<string, unknown> = {};
  if (options.path !== undefined) body['path'] = asPath(options.path);
  if (options.name !== undefined) body['name'] = options.name;
  if (options.exclude !== undefined || options.clearExcludes === true)
    body['excludes'] = [...(options.clearExcludes === true ? [] : (site?.excludes ?? [])), ...(options.exclude ?? [])];
  if (options.setting !== undefined)
    body['settings'] = {
      ...site?.settings,
      ...Object.fromEntries(Object.entries(options.setting).map(([name, value]) => [name, asJson(value)])),
    };
  if (options.label !== undefined || options.clearLabels === true)
    body['labels'] = [...(options.clearLabels === true ? [] : (site?.labels ?? [])), ...(options.label ?? [])];
  if (options.timeZone !== undefined) body['timeZone'] = options.timeZone === 'default' ? null : options.timeZone;
  if (options.alarm !== undefined) body['alarms'] = withLimits(site?.alarms ?? null, options.alarm);
  const given = { ...options.override, ...(await readAll(output, options.overrideFile)) };
  if (Object.keys(given).length > 0 || options.unsetOverride !== undefined) {
    // Secrets come back as ***: the server keeps a value that is sent back as it was shown.
    const overrides: Record<string, string> = { ...site?.overrides, ...given };
    for (const name of options.unsetOverride ?? []) delete overrides[name];
    body['overrides'] = overrides;
  }
  return body;
}

function asJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

async function readAll(
  output: Output,
  files: Readonly<Record<string, string>> | undefined,
): Promise<Record<string, string>> {
  const read: Record<string, string> = {};
  // oxlint-disable-next-line no-await-in-loop -- the input can be read once
  for (const [name, file] of Object.entries(files ?? {})) read[name] = await secretFile(file, output);
  return read;
}

function collectLimit(text: string, earlier: AlarmLimits = {}): AlarmLimits {
  const [what = '', percent = ''] = text.split('=', 2);
  if (!isLimit(what)) throw new InvalidArgumentError('It must be size=…, files=… or rows=…');
  return { ...earlier, [what]: percent === 'default' ? null : percentOf(percent) };
}

const isLimit = (what: string): what is Limit => Object.hasOwn(LIMITS, what);

/** The limits with the given changes; null = none of its own. */
function withLimits(before: SiteDto['alarms'], given: AlarmLimits): SiteDto['alarms'] {
  const limits = { ...before };
  for (const what of NAMES) {
    const percent = given[what];
    if (percent === null) delete limits[LIMITS[what]];
    else if (percent !== undefined) limits[LIMITS[what]] = percent;
  }
  return Object.keys(limits).length === 0 ? null : limits;
}

/** In words, as they are given. */
export function alarmLimitsText(alarms: SiteDto['alarms']): string {
  const own = NAMES.flatMap((what) => {
    const percent = alarms?.[LIMITS[what]];
    return percent === undefined ? [] : [`${what} ${percent === 0 ? 'never' : `${percent} %`}`];
  });
  return own.join(', ') || 'as everywhere';
}
