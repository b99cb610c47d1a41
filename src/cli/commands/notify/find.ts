import type { ApiClient } from '../../api-client.js';
import type {
  NotificationChannelDto,
  NotificationChannelKindDto,
  NotificationDeliveryDto,
  NotificationRuleDto,
} from '../../api-types-notifications.js';
import { usageError } from '../../exit-codes.js';
import { printable } from '../../format.js';
import { beginningWith } from '../../lookup.js';
import { getNamed } from '../../named.js';

export async function allOf<T>(api: ApiClient, path: string): Promise<T[]> {
  const found: T[] = [];
  for await (const item of api.all<T>(path)) found.push(item);
  return found;
}

const CHANNEL = {
  path: '/notifications/channels',
  what: 'channel',
  code: 'NOTIFICATION_CHANNEL_NOT_FOUND',
  list: 'backupd notify channels',
};
const RULE = {
  path: '/notifications/rules',
  what: 'rule',
  code: 'NOTIFICATION_RULE_NOT_FOUND',
  list: 'backupd notify rules',
};

export const getChannel = (api: ApiClient, text: string): Promise<NotificationChannelDto> =>
  getNamed(api, CHANNEL, text);
export const getRule = (api: ApiClient, text: string): Promise<NotificationRuleDto> => getNamed(api, RULE, text);

/** The delivery meant by its id or the beginning of one; the newest 90 days are looked through. */
export async function getDelivery(api: ApiClient, text: string): Promise<NotificationDeliveryDto> {
  const wanted = text.toLowerCase();
  const all = api.all<NotificationDeliveryDto>('/notifications/deliveries');
  const delivery = await beginningWith(all, wanted, 'delivery');
  if (delivery !== null) return delivery;
  throw usageError(`There is no delivery "${printable(text)}".`, '"backupd notify deliveries" lists them.');
}

export async function getKind(api: ApiClient, name: string): Promise<NotificationChannelKindDto> {
  const kinds = await api.get<NotificationChannelKindDto[]>('/notifications/channels/kinds');
  const found = kinds.find(({ kind }) => kind === name);
  if (found !== undefined) return found;
  throw usageError(
    `There is no kind of channel "${printable(name)}".`,
    `There are: ${kinds.map(({ kind }) => kind).join(', ')}. "backupd notify channels kinds" says what each needs.`,
  );
}
