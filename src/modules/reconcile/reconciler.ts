import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { throwIfAborted } from '../../common/errors/index.js';
import { AppConfig } from '../../config/index.js';
import { compareListing, type Difference, emptyTally, type Tally } from './compare.js';
import { DifferenceFile } from './differences.js';
import { KnownObjects } from './known-objects.js';
import { Marker } from './marker.js';
import { meaningOf } from './object-key.js';
import { OrphanAdopter } from './orphan-adopter.js';
import { OrphanRemover } from './orphan-remover.js';
import { listingDoubtful } from './reconcile.errors.js';
import type { ReconcileRun } from './run.js';

/** A listing that lacks more than this share of what is known is not believed. */
const BELIEVABLE_LOSS = 0.5;
/** Tests of storages take seconds. */
const PROBE_IS_LITTER_MS = 3_600_000;
const DAY_MS = 86_400_000;
const TELL_EVERY = 5000;

/** Compares a storage with the catalogue, and then does what is allowed about the differences. */
@Injectable()
export class Reconciler {
  constructor(
    private readonly config: AppConfig,
    private readonly known: KnownObjects,
    private readonly marker: Marker,
    private readonly adopter: OrphanAdopter,
    private readonly remover: OrphanRemover,
  ) {}

  /**
   * The folder of its files has the name of the run; one that a killed master left is removed with those of unknown jobs. Nothing
   * is changed before the listing has come to its end. `onProgress` is called now and then. Errors: RECONCILIATION_DOUBTFUL (the
   * report has the differences all the same), STORAGE_LISTING_UNORDERED, JOB_CANCELLED, and the storage's.
   */
  async run(id: string, run: ReconcileRun, onProgress: () => Promise<void>): Promise<void> {
    throwIfAborted(run.signal);
    const folder = join(this.config.paths.work, id);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      const differences = new DifferenceFile(join(folder, 'differences.ndjson'));
      const tally = await this.compare(run, differences, onProgress);
      const isDoubtful = !run.force && tally.lost > tally.present * BELIEVABLE_LOSS;
      const orphans = new DifferenceFile(join(folder, 'orphans.ndjson'));
      for await (const batch of differences.batches()) {
        throwIfAborted(run.signal);
        await this.sift(run, batch, orphans);
        const others = batch.filter(({ kind }) => kind !== 'orphan');
        if (isDoubtful)
          for (const each of others) run.report.add(each, 'Not looked up again: the listing is in doubt.');
        else await this.marker.settle(run, others);
        await onProgress();
      }
      await orphans.finish();
      if (isDoubtful) throw listingDoubtful(tally.lost, tally.present);
      await this.actOnOrphans(run, orphans, new DifferenceFile(join(folder, 'rest.ndjson')));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  private async compare(
    run: ReconcileRun,
    differences: DifferenceFile,
    onProgress: () => Promise<void>,
  ): Promise<Tally> {
    const { driver, providerId, report, signal } = run;
    const tally = emptyTally();
    const listing = watched(driver.list('', signal), signal, async () => {
      report.set({ listed: tally.listed, listedBytes: tally.listedBytes, known: tally.known });
      await onProgress();
    });
    for await (const difference of compareListing(listing, this.known.inKeyOrder(providerId), tally)) {
      if (difference.kind === 'foreign') report.add(difference);
      else await differences.add(difference);
    }
    await differences.finish();
    const { listed, listedBytes, known, own } = tally;
    report.set({ listed, listedBytes, known, own });
    return tally;
  }

  /** What looked unknown when it was listed may be known by now, or a job is about to make it known or to remove it. */
  private async sift(run: ReconcileRun, batch: readonly Difference[], orphans: DifferenceFile): Promise<void> {
    const unknown = batch.filter(({ kind }) => kind === 'orphan');
    if (unknown.length === 0) return;
    const keys = unknown.map(({ key }) => key);
    const standings = await this.known.standingOf(run.providerId, keys);
    for (const difference of unknown) {
      const standing = standings.get(difference.key);
      if (standing?.known === true || isFreshProbe(difference)) continue;
      if (standing?.ofJob === true || standing?.deleting === true) {
        run.report.count('ofJobs');
        continue;
      }
      run.report.add(difference, standing?.referenced === true ? 'A backup needs it.' : null);
      await orphans.add(difference);
    }
  }

  private async actOnOrphans(run: ReconcileRun, orphans: DifferenceFile, rest: DifferenceFile): Promise<void> {
    const { actions, driver, graceDays, report } = run;
    const isAdopting = actions.includes('adopt');
    const hopeless = isAdopting ? await this.adopter.adoptAll(run, orphans, rest) : new Set<string>();
    if (!actions.includes('delete')) return;
    await this.remover.removeAll(run, isAdopting ? rest : orphans, hopeless);
    report.count('abandonedUploads', await driver.removeAbandoned(Math.max(1, graceDays) * DAY_MS));
  }
}

function isFreshProbe({ key, modifiedAt }: Difference): boolean {
  return meaningOf(key).role === 'probe' && Date.now() - (modifiedAt ?? 0) < PROBE_IS_LITTER_MS;
}

async function* watched<T>(items: AsyncIterable<T>, signal: AbortSignal, tell: () => Promise<void>): AsyncGenerator<T> {
  throwIfAborted(signal);
  let count = 0;
  for await (const item of items) {
    yield item;
    if (++count % TELL_EVERY !== 0) continue;
    throwIfAborted(signal);
    await tell();
  }
  // A listing that was cut short by the abort is no listing.
  throwIfAborted(signal);
}
