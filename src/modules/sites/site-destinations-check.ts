import { Injectable } from '@nestjs/common';
import { type FieldFault, InvalidRequestError } from '../../common/http/index.js';
import type { SiteDestinations } from '../../engine/ports/index.js';
import { StorageService } from '../storage/index.js';

/** Destinations as they are given: a provider without a weight has 1. */
export interface GivenDestinations {
  mode: SiteDestinations['mode'];
  providers: readonly { id: string; weight?: number | undefined }[];
}

/** Checks where a site's backups are to go, before that is saved. */
@Injectable()
export class SiteDestinationsCheck {
  constructor(private readonly storage: StorageService) {}

  /** Error: REQUEST_INVALID with every fault: an unknown provider, one named twice, none that a site would prefer. */
  async checked(given: GivenDestinations | null): Promise<SiteDestinations | null> {
    if (given === null) return null;
    const ids = given.providers.map(({ id }) => id);
    const unknown = new Set(await this.storage.unknownOf(ids));
    const faults = ids.flatMap((id, index): FieldFault[] => {
      const field = `destinations.providers.${index}.id`;
      if (unknown.has(id)) return [{ field, message: `${field} names no storage: GET /storage lists them` }];
      return ids.indexOf(id) < index ? [{ field, message: `${field} is named twice` }] : [];
    });
    if (faults.length > 0) throw new InvalidRequestError(faults);
    return { mode: given.mode, providers: given.providers.map(({ id, weight }) => ({ id, weight: weight ?? 1 })) };
  }
}
