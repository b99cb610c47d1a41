import type { ApiClient } from '../api-client.js';
import type { SiteDto, StorageDto } from '../api-types.js';
import { usageError } from '../exit-codes.js';
import { printable, shortId } from '../format.js';
import { getStorage } from '../storages.js';

/** Options that say where a site's backups go. */
export interface DestinationOptions {
  destination?: string[];
  failover?: boolean;
  defaultDestinations?: boolean;
}

/** The `destinations` of a request; undefined when nothing was said of them. */
export async function destinationsOf(api: ApiClient, options: DestinationOptions): Promise<unknown> {
  const { destination, failover, defaultDestinations } = options;
  if (destination === undefined) {
    if (failover === true) throw usageError('--failover needs --destination.');
    return defaultDestinations === true ? null : undefined;
  }
  if (defaultDestinations === true) throw usageError('Give either --destination or --default-destinations.');
  const providers: { id: string; weight?: number }[] = [];
  for (const text of destination) {
    const [, name = text, weight] = /^(.*)=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
    if (weight !== undefined && failover !== true)
      throw usageError(
        `--destination ${printable(text)}: a weight counts only with --failover; without it each backup goes to every destination.`,
        'Leave the weights out, or give --failover too.',
      );
    // oxlint-disable-next-line no-await-in-loop -- a few at most
    const { id } = await getStorage(api, name);
    providers.push({ id, ...(weight === undefined ? {} : { weight: Number(weight) }) });
  }
  return { mode: failover === true ? 'failover' : 'all', providers };
}

/** What a new storage means for the next backup; docs/copies.md has more of it. */
export const FULL_NEXT =
  'a full one, stored on each of its storages: it is compared with a backup that all of them have. ' +
  'Earlier backups stay where they are. "backupd backups copy latest --site <site> --to <storage>" beforehand copies the newest there: ' +
  'then the next one stores only what is new.';

/** Whether the site's backups now go to a storage, besides others, that they did not go to before. */
export function hasNewStorage(before: SiteDto, after: SiteDto): boolean {
  if (after.destinations?.mode !== 'all' || before.lastBackup === null) return false;
  const known = new Set(before.destinations?.providers.map(({ id }) => id));
  return after.destinations.providers.some(({ id }) => !known.has(id));
}

/** Where its backups go, by the storages' names. */
export async function destinationText(api: ApiClient, { destinations }: SiteDto): Promise<string> {
  if (destinations === null) return 'the default storages';
  const names = new Map<string, string>();
  for await (const { id, name } of api.all<StorageDto>('/storage')) names.set(id, name);
  const { mode, providers } = destinations;
  const places = providers.map(({ id, weight }) => {
    const name = printable(names.get(id) ?? `${shortId(id)} (gone)`);
    return mode === 'failover' && weight !== undefined ? `${name} (weight ${weight})` : name;
  });
  return mode === 'failover' ? `the first that takes it of ${places.join(', ')}` : places.join(' and ');
}
