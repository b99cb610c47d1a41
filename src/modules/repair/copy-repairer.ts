import { buffer } from 'node:stream/consumers';
import { Injectable } from '@nestjs/common';
import { throwIfAborted } from '../../common/errors/index.js';
import type { BackupRun, RunContext } from '../../engine/plans/index.js';
import type { Destination } from '../../engine/ports/index.js';
import { keysFor } from '../../engine/runner/index.js';
import { statEach } from '../../engine/storage/index.js';
import {
  BackupExtensions,
  BackupReader,
  Catalogue,
  ObjectKind,
  ObjectLedger,
  ObjectState,
  ReadBy,
  type WrittenObject,
} from '../backups/index.js';

import { ObjectCopier } from './object-copier.js';
import { type NeededCopy, type NeededObject, RepairNeeds } from './repair-needs.js';

/** `site.json` is small; what is larger is none of ours. */
const MAX_ABOUT_BYTES = 1024 * 1024;

/** What was done so far in a repair. */
export interface RepairTally {
  objects: number;
  bytes: number;
  /** Keys of objects that no provider has whole. */
  lost: Set<string>;
}

/** Makes one copy of a backup whole. */
@Injectable()
export class CopyRepairer {
  constructor(
    private readonly needs: RepairNeeds,
    private readonly copier: ObjectCopier,
    private readonly catalogue: Catalogue,
    private readonly reader: BackupReader,
    private readonly ledger: ObjectLedger,
    private readonly extensions: BackupExtensions,
  ) {}

  /**
   * Brings each object that the copy needs and has not whole from another provider: bundles, then the manifest, then `site.json`.
   * Goes on where an earlier run stopped. Throws what is the target's fault.
   */
  async repair(
    copy: NeededCopy,
    destinations: readonly Destination[],
    tally: RepairTally,
    context: RunContext,
    onProgress: (bytes: number, key: string) => void,
  ): Promise<void> {
    const target = destinations.find(({ providerId }) => providerId === copy.providerId);
    const found = await this.catalogue.find(copy.backupId);
    if (target === undefined || found === null || found.backup.deletingAt instanceof Date) return;
    const { siteId, siteName, startedAt, manifestKey } = found.backup;
    const run: BackupRun = {
      jobId: context.jobId,
      site: { id: siteId, name: siteName },
      full: false,
      destinations: [target],
      signal: context.signal,
      journal: context.journal,
      parentId: () => Promise.resolve(null),
    };
    await this.lookAgain(copy, target, context.signal);
    let isLacking = false;
    for (const object of await this.needs.objects(copy)) {
      throwIfAborted(context.signal);
      if (object.state === ObjectState.Present) continue;
      // A manifest never comes before the bundles that it points into.
      if (object.kind === ObjectKind.Manifest && isLacking && object.state !== ObjectState.Damaged) continue;
      // What is damaged is replaced: it takes no more room. One object at a time, as each counts as stored when it is there.
      if (object.state !== ObjectState.Damaged) await this.extensions.admit(run, target, object.size);
      if (await this.bring(object, copy.backupId, siteId, target, destinations, context, onProgress)) {
        tally.objects += 1;
        tally.bytes += object.size;
      } else {
        isLacking = true;
        tally.lost.add(object.key);
      }
    }
    if (!isLacking) await this.bringAbout(keysFor(siteId, startedAt, copy.backupId).siteKey, target, destinations);
    // Also when nothing had to be copied.
    await this.ledger.refresh(copy.providerId, [manifestKey]);
  }

  private async bring(
    object: NeededObject,
    backupId: string,
    siteId: string,
    target: Destination,
    destinations: readonly Destination[],
    context: RunContext,
    onProgress: (bytes: number, key: string) => void,
  ): Promise<boolean> {
    const { key, kind, size } = object;
    const sha256 = object.sha256 ?? (await this.sha256InManifest(backupId, key, context.signal));
    if (sha256 === null) return false;
    const written: WrittenObject = { key, kind, siteId, size, sha256 };
    const holders = await this.needs.providersOf(key);
    const sources = holders.flatMap((id) =>
      id === target.providerId ? [] : destinations.filter(({ providerId }) => providerId === id),
    );
    return this.copier.copy(written, target, sources, context, (bytes) => onProgress(bytes, key));
  }

  /** What is believed to be there may be gone: an upload that failed for it has told nobody. */
  private async lookAgain(copy: NeededCopy, { driver }: Destination, signal: AbortSignal): Promise<void> {
    const believed = (await this.needs.objects(copy)).filter(({ state }) => state === ObjectState.Present);
    const missing: string[] = [];
    const damaged: string[] = [];
    for await (const [{ key, size }, stored] of statEach(driver, believed, signal)) {
      if (stored === null) missing.push(key);
      else if (stored.size !== size) damaged.push(key);
    }
    if (missing.length + damaged.length > 0)
      await this.ledger.note(copy.providerId, { missing, damaged }, ReadBy.Repair);
  }

  /** For a bundle of a catalogue from before it knew the checksums of all. */
  private async sha256InManifest(backupId: string, key: string, signal: AbortSignal): Promise<string | null> {
    const { header } = await this.reader.open(backupId, signal);
    return header.bundles.find((bundle) => bundle.key === key)?.sha256 ?? null;
  }

  /** For whoever finds the storage without the catalogue; the next backup writes it anew, so it is no harm when it can't be had. */
  private async bringAbout(key: string, target: Destination, destinations: readonly Destination[]): Promise<void> {
    if ((await target.driver.stat(key)) !== null) return;
    for (const { providerId, driver } of destinations) {
      if (providerId === target.providerId) continue;
      const bytes = await driver
        .read(key, { offset: 0, length: MAX_ABOUT_BYTES })
        .then(buffer)
        .catch(() => null);
      if (bytes === null || bytes.length === MAX_ABOUT_BYTES) continue;
      await target.driver.put(key, { bytes });
      return;
    }
  }
}
