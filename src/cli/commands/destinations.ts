import type { ApiClient } from '../api-client.js';
import { usageError } from '../exit-codes.js';
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
    // oxlint-disable-next-line no-await-in-loop -- a few at most
    const { id } = await getStorage(api, name);
    providers.push({ id, ...(weight === undefined ? {} : { weight: Number(weight) }) });
  }
  return { mode: failover === true ? 'failover' : 'all', providers };
}
