import type { Destination } from '../../engine/ports/index.js';
import type { StoragePlace } from '../node-protocol/index.js';

/** A storage as a node knows it: nothing of its settings. */
export function placeOf({ providerId, providerName, driver }: Destination): StoragePlace {
  return { providerId, providerName, kind: driver.kind };
}
