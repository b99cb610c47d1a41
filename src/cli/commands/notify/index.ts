import type { Command } from 'commander';
import type { NotificationRuleDto } from '../../api-types-notifications.js';
import type { CommandContext } from '../../command-context.js';
import { ExitCode } from '../../exit-codes.js';
import { printable } from '../../format.js';
import type { Run } from '../run.js';
import { settingsOptions, type SettingsOptions } from '../kind-settings.js';
import { addChannel, addChannels, SEE_KINDS, sendTest, showTest } from './channels.js';
import { addDeliveries } from './deliveries.js';
import { addRules } from './rules.js';

/** What the rule of `notify setup` tells: what a person has to act on. Of failed and partial backups there are alarms. */
const TROUBLE = ['alarm.*', 'job.failed:restore', 'job.failed:verify', 'job.failed:repair', 'schedule.missed'];
/** What a dead-man switch hears of. */
const PINGS = ['job.*:backup'];

/** `backupd notify …` */
export function addNotify(program: Command, run: Run): void {
  const notify = program.command('notify').description('who is told what: setup, channels, rules, deliveries, test');
  settingsOptions(
    notify
      .command('setup')
      .description('add a channel, try it, and add a rule that tells it of alarms and failures')
      .requiredOption('--kind <kind>', 'email, slack, … (`notify channels kinds`)')
      .option('--name <name>', 'what to call channel and rule; the kind when absent'),
    SEE_KINDS,
  ).action((options: SetupOptions) => run((context) => setup(context, options)));
  addChannels(notify, run);
  addRules(notify, run);
  addDeliveries(notify, run);
}

interface SetupOptions extends SettingsOptions {
  kind: string;
  name?: string;
}

/** A channel that does not work is kept, to be corrected, but gets no rule. */
async function setup(context: CommandContext, options: SetupOptions): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const name = options.name ?? options.kind;
  const channel = await addChannel(context, name, options);
  const test = await sendTest(api, channel);
  showTest(context, channel, test);
  const pings = channel.kind === 'healthchecks' || channel.kind === 'uptime-kuma';
  const events = pings ? PINGS : TROUBLE;
  if (!test.ok) {
    output.data({ channel, test, rule: null });
    output.line(`The channel is kept, without a rule. Correct it: backupd notify channels edit ${quoted(name)} …`);
    output.line(`then: backupd notify test ${quoted(name)}`);
    output.line(
      `      backupd notify rules add ${quoted(name)} --channel ${quoted(name)} ${events.map((each) => `--event "${each}"`).join(' ')}`,
    );
    return ExitCode.Failed;
  }
  const rule = await api.post<NotificationRuleDto>('/notifications/rules', { name, events, channelIds: [channel.id] });
  output.data({ channel, test, rule });
  output.line(`${printable(name)} is told of: ${events.join(', ')}`);
  output.line(output.colors.dim(`  change it: backupd notify rules edit ${quoted(name)} --help`));
  return ExitCode.Ok;
}

const quoted = (text: string): string => (/^[\w.-]+$/.test(text) ? text : `"${printable(text)}"`);
