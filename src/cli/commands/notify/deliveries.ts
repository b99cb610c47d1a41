import { type Command, Option } from 'commander';
import type { Page } from '../../api-types.js';
import type { NotificationDeliveryDto } from '../../api-types-notifications.js';
import type { CommandContext } from '../../command-context.js';
import { ExitCode } from '../../exit-codes.js';
import { printable, shortIds, time } from '../../format.js';
import { wholeNumber } from '../arguments.js';
import type { Run } from '../run.js';
import { getChannel, getDelivery } from './find.js';

interface ListOptions {
  channel?: string;
  state?: string;
  limit: number;
}

/** `backupd notify deliveries …` */
export function addDeliveries(notify: Command, run: Run): void {
  const deliveries = notify
    .command('deliveries')
    .description('what was sent, what waits, what failed: list, show, retry');
  deliveries
    .command('list', { isDefault: true })
    .description('list the newest')
    .option('--channel <channel>', 'to this channel')
    .addOption(new Option('--state <state>', 'only these').choices(['waiting', 'sent', 'failed', 'dropped']))
    .option('--limit <n>', 'how many', wholeNumber, 30)
    .action((options: ListOptions) => run((context) => list(context, options)));
  deliveries
    .command('show')
    .description('show one: what was to be told, and what the other side answered')
    .argument('<delivery>', 'id, or the beginning of one')
    .action((text: string) => run((context) => show(context, text)));
  deliveries
    .command('retry')
    .description('send one that failed or was dropped once more')
    .argument('<delivery>', 'id, or the beginning of one')
    .action((text: string) => run((context) => retry(context, text)));
}

async function list(context: CommandContext, { channel, state, limit }: ListOptions): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const query = {
    limit: Math.min(500, Math.max(1, limit)),
    ...(channel === undefined ? {} : { channelId: (await getChannel(api, channel)).id }),
    ...(state === undefined ? {} : { state }),
  };
  const { items, total } = await api.get<Page<NotificationDeliveryDto>>('/notifications/deliveries', query);
  output.data(items);
  const idOf = shortIds(items);
  output.table(
    ['ID', 'WHEN', 'TO', 'WHAT', 'STATE', 'ANSWER'],
    items.map((delivery) => [
      idOf(delivery.id),
      time(delivery.createdAt),
      printable(delivery.channelName ?? '(gone)'),
      printable(titleOf(delivery)),
      stateText(delivery),
      printable(shortened(delivery.error ?? delivery.response ?? '')),
    ]),
    'Nothing was to be told.',
  );
  if (total > items.length) output.remark(`… and ${total - items.length} more (--limit).`);
  return ExitCode.Ok;
}

async function show(context: CommandContext, text: string): Promise<ExitCode> {
  showDelivery(context, await getDelivery(await context.api(), text));
  return ExitCode.Ok;
}

async function retry(context: CommandContext, text: string): Promise<ExitCode> {
  const api = await context.api();
  const { id } = await getDelivery(api, text);
  showDelivery(context, await api.post<NotificationDeliveryDto>(`/notifications/deliveries/${id}/retry`));
  return ExitCode.Ok;
}

function showDelivery({ output }: CommandContext, delivery: NotificationDeliveryDto): void {
  output.data(delivery);
  output.line(output.colors.bold(printable(titleOf(delivery))));
  output.line(`  ${printable(delivery.text)}`);
  output.facts([
    ['id', delivery.id],
    ['event', `${delivery.type} (${delivery.severity})`],
    ['to', printable(delivery.channelName ?? '(gone)')],
    ['state', stateText(delivery)],
    ['attempts', String(delivery.attempts)],
    ['entered', time(delivery.createdAt)],
    ['sent', time(delivery.sentAt)],
    ['answer', printable(delivery.response ?? '–')],
    ['error', printable(delivery.error ?? '–')],
    ...(delivery.jobId === null ? [] : ([['job', delivery.jobId]] as const)),
  ]);
}

const titleOf = ({ siteName, what, count }: NotificationDeliveryDto): string =>
  `${siteName ?? 'backupd'}: ${what}${count > 1 ? ` (${count} times)` : ''}`;

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

/** A time that is past is that of a message which waits for the next one that its rule may send. */
const stateText = ({ state, nextAttemptAt }: NotificationDeliveryDto): string =>
  state === 'waiting' && nextAttemptAt !== null && Date.parse(nextAttemptAt) > Date.now()
    ? `waiting until ${time(nextAttemptAt)}`
    : state;
