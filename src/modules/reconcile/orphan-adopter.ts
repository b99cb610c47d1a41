import { Injectable } from '@nestjs/common';
import { asAppError, throwIfAborted } from '../../common/errors/index.js';
import { BackupAdopter } from '../backups/index.js';
import type { DifferenceFile } from './differences.js';
import { KnownObjects } from './known-objects.js';
import { meaningOf } from './object-key.js';
import type { ReconcileRun } from './run.js';

/** No backup can be restored from such a manifest, and none ever will. What an incomplete one lacks may lie in another storage. */
const NO_BACKUP = 'MANIFEST_DAMAGED';

/** Enters backups into the catalogue whose manifests lie in the storage unknown. */
@Injectable()
export class OrphanAdopter {
  constructor(
    private readonly adopter: BackupAdopter,
    private readonly known: KnownObjects,
  ) {}

  /** Oldest of a site first. Gives the manifests that no backup can be restored from; what is no orphan any more is left out of `rest`. */
  async adoptAll(run: ReconcileRun, orphans: DifferenceFile, rest: DifferenceFile): Promise<Set<string>> {
    const hopeless = new Set<string>();
    for await (const batch of orphans.batches()) {
      const manifests = batch.map(({ key }) => key).filter((key) => meaningOf(key).role === 'manifest');
      for (const key of manifests) {
        throwIfAborted(run.signal);
        if (await this.isHopeless(run, key)) hopeless.add(key);
      }
    }
    for await (const batch of orphans.batches()) {
      const keys = batch.map(({ key }) => key);
      const standings = await this.known.standingOf(run.providerId, keys);
      for (const difference of batch) {
        if (standings.get(difference.key)?.known === true) run.report.act(difference.key, 'adopted');
        else await rest.add(difference);
      }
    }
    await rest.finish();
    return hopeless;
  }

  /** Tries to adopt it. True when there is no backup in it and it may be deleted. */
  private async isHopeless(run: ReconcileRun, key: string): Promise<boolean> {
    try {
      await this.adopter.adopt(run.providerId, key, run.signal);
      const standing = (await this.known.standingOf(run.providerId, [key])).get(key);
      if (standing?.known !== true) run.report.act(key, 'waiting', 'Its backup is being deleted.');
      return false;
    } catch (error) {
      throwIfAborted(run.signal);
      const { code, message, retry } = asAppError(error);
      if (code === NO_BACKUP && run.actions.includes('delete')) return true;
      if (code === 'STORAGE_OBJECT_NOT_FOUND') run.report.act(key, 'waiting', 'It is gone.');
      else run.report.act(key, retry === 'later' || code === 'BACKUP_INCOMPLETE' ? 'waiting' : 'failed', message);
      return false;
    }
  }
}
