import type { Command } from 'commander';
import { usageError } from '../exit-codes.js';
import { printable } from '../format.js';
import type { Output } from '../output.js';
import { secretFile } from '../secret-file.js';
import { collect, collectPair } from './arguments.js';

export interface SettingsOptions {
  setting?: Record<string, string>;
  unset?: string[];
  secretFile?: Record<string, string>;
  secretEnv?: Record<string, string>;
}

/** A kind of storage or channel, as far as its settings go. */
interface Kind {
  kind: string;
  title: string;
  settingsSchema: { properties?: Properties; required?: readonly string[] };
  secretSettings: readonly string[];
}

/** The options with which the settings of a storage or a channel are given. Secrets never stand in the arguments, where others could see them. */
export function settingsOptions(command: Command, see = '`storage kinds`'): Command {
  return command
    .option('--setting <name=value>', `one of its settings (repeatable); see ${see}`, collectPair)
    .option(
      '--secret-file <name=file>',
      'a secret setting, read from a file, - for the input (repeatable)',
      collectPair,
    )
    .option(
      '--secret-env <name=variable>',
      'a secret setting, read from an environment variable (repeatable)',
      collectPair,
    );
}

/** For changes: which settings to take away. */
export function unsetOption(command: Command): Command {
  return command.option('--unset <name>', 'remove a setting (repeatable)', collect);
}

/** The settings as the API takes them. With `ask`, secrets that must be there are asked for where there is a person. */
export async function settingsFrom(
  output: Output,
  kind: Kind,
  options: SettingsOptions,
  { ask }: { ask: boolean },
): Promise<Record<string, unknown>> {
  const settings: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options.setting ?? {})) {
    if (kind.secretSettings.includes(name))
      throw usageError(
        `${printable(name)} is a secret: others could see it among the arguments.`,
        `Use --secret-file ${name}=FILE, --secret-env ${name}=VARIABLE, or leave it out to be asked.`,
      );
    settings[name] = typed(kind, name, value);
  }
  for (const name of options.unset ?? []) settings[name] = null;
  for (const [name, file] of Object.entries(options.secretFile ?? {}))
    // oxlint-disable-next-line no-await-in-loop -- the input can be read once
    settings[name] = await secretFile(file, output);
  for (const [name, variable] of Object.entries(options.secretEnv ?? {})) {
    const value = output.terminal.env[variable] ?? '';
    if (value === '') throw usageError(`The environment variable ${printable(variable)} is not set.`);
    settings[name] = value;
  }
  if (!ask) return settings;
  for (const name of requiredOf(kind)) {
    if (!kind.secretSettings.includes(name) || settings[name] !== undefined) continue;
    if (!output.canAsk)
      throw usageError(
        `${printable(name)} is missing.`,
        `Give --secret-file ${name}=FILE or --secret-env ${name}=VARIABLE when there is nobody to ask.`,
      );
    settings[name] = await output.secret(titleOf(kind, name));
  }
  return settings;
}

type Properties = Readonly<Record<string, { type?: string; title?: string; description?: string } | undefined>>;

/** What each kind needs. */
export function showKinds(output: Output, kinds: readonly Kind[]): void {
  output.data(kinds);
  for (const kind of kinds) {
    output.line(`${output.colors.bold(kind.kind)}  ${printable(kind.title)}`);
    output.facts(Object.entries(propertiesOf(kind)).map(([name, about]) => [name, needOf(kind, name, about)]));
  }
}

function needOf(kind: Kind, name: string, about: Properties[string]): string {
  const marks = [
    ...(requiredOf(kind).includes(name) ? ['required'] : []),
    ...(kind.secretSettings.includes(name) ? ['secret'] : []),
  ];
  const description = [about?.title, about?.description].filter((part) => part !== undefined).join(': ');
  return printable(description) + (marks.length === 0 ? '' : ` (${marks.join(', ')})`);
}

/** The settings of a storage or a channel, for a person. */
export function settingsFacts(settings: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(settings).map(([name, value]) => [
    name,
    printable(typeof value === 'string' ? value : JSON.stringify(value)),
  ]);
}

/** What it says of its settings. */
function propertiesOf(kind: Kind): Properties {
  return kind.settingsSchema.properties ?? {};
}

function requiredOf(kind: Kind): readonly string[] {
  return kind.settingsSchema.required ?? [];
}

function titleOf(kind: Kind, name: string): string {
  return propertiesOf(kind)[name]?.title ?? name;
}

/** Text, unless the driver wants something else: then JSON. */
function typed(kind: Kind, name: string, value: string): unknown {
  const type = propertiesOf(kind)[name]?.type;
  if (type === undefined || type === 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    throw usageError(`${printable(name)} must be JSON of type ${type}, not "${printable(value)}".`);
  }
}
