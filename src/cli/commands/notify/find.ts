import type { ApiClient } from '../../api-client.js';
import type {
  NotificationChannelDto,
  NotificationChannelKindDto,
  NotificationDeliveryDto,
  NotificationRuleDto,
} from '../../api-types-notifications.js';
import { usageError } from '../../exit-codes.js';
import { printable } from '../../format.js';

export async function allOf<T>(api: ApiClient, path: string): Promise<T[]> {
  const found: T[] = [];
  for await (const item of api.all<T>(path)) found.push(item);
  return found;
}

/** The one meant by its name, its id or the beginning of one. */
async function named<T extends { id: string; name: string }>(api: ApiClient, what: string, text: string): Promise<T> {
  const all = await allOf<T>(api, `/notifications/${what}s`);
  const wanted = text.toLowerCase();
  const exact = all.find(({ id, name }) => id === wanted || name === text);
  if (exact !== undefined) return exact;
  const found = all.filter(
    ({ id, name }) => name.toLowerCase() === wanted || (wanted.length >= 4 && id.startsWith(wanted)),
  );
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  throw usageError(
    first === undefined
      ? `There is no ${what} "${printable(text)}".`
      : `"${printable(text)}" means more than one ${what}.`,
    `"backupd notify ${what}s" lists them.`,
  );
}

export const getChannel = (api: ApiClient, text: string): Promise<NotificationChannelDto> =>
  named(api, 'channel', text);
export const getRule = (api: ApiClient, text: string): Promise<NotificationRuleDto> => named(api, 'rule', text);

/** The delivery meant by its id or the beginning of one; the newest 90 days are looked through. */
export async function getDelivery(api: ApiClient, text: string): Promise<NotificationDeliveryDto> {
  const wanted = text.toLowerCase();
  if (wanted.length >= 4)
    for await (const delivery of api.all<NotificationDeliveryDto>('/notifications/deliveries'))
      if (delivery.id.startsWith(wanted)) return delivery;
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
