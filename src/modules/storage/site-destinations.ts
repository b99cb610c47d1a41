import { createHash } from 'node:crypto';
import type { SiteDestinations } from '../../engine/ports/index.js';
import type { StorageProvider } from './storage-provider.entity.js';

/** 2^48: as many bits of a hash as a number holds exactly, and some to spare. */
const HASH_RANGE = 2 ** 48;

/**
 * The ids of the providers in the order in which a site tries them: weighted rendezvous hashing. Each provider is the first choice of
 * a share of the sites as its weight is of the sum; a site keeps its order when others come or go. Weight 0 comes last.
 */
export function failoverOrder(siteId: string, providers: SiteDestinations['providers']): string[] {
  const scored = providers.map(({ id, weight }) => ({ id, weight, score: score(siteId, id, weight) }));
  return scored.toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
}

function score(siteId: string, providerId: string, weight: number): number {
  const bits = createHash('sha256').update(`${siteId}/${providerId}`).digest().readUIntBE(0, 6);
  const draw = (bits + 0.5) / HASH_RANGE;
  // Below 0 and still spread, so that those without weight are in an order of their own.
  return weight > 0 ? -weight / Math.log(draw) : draw - 1;
}

/** What must be known of a site to tell where its backups go. */
export interface DestinedSite {
  id: string;
  destinations?: SiteDestinations | null | undefined;
}

/** Of the enabled providers those that the site goes to, in the order in which it does. */
export function chosenOf({ id, destinations }: DestinedSite, enabled: readonly StorageProvider[]): StorageProvider[] {
  if (destinations === null || destinations === undefined) {
    const defaults = enabled.filter((provider) => provider.isDefault);
    return defaults.length > 0 ? defaults : [...enabled];
  }
  const { mode, providers } = destinations;
  const order = mode === 'failover' ? failoverOrder(id, providers) : providers.map((provider) => provider.id);
  return order.flatMap((wanted) => enabled.find((provider) => provider.id === wanted) ?? []);
}
