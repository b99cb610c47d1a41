import { Injectable, type OnModuleInit } from '@nestjs/common';
import { planVerify, type PreparedPlan, type RunContext } from '../../engine/plans/index.js';
import type { VerifyLevel, VerifyResult } from '../../engine/snapshot/verify/index.js';
import { Catalogue, ObjectLedger, ReadBy } from '../backups/index.js';
import { type Job, type JobHandler, JobHandlers, JobKind } from '../jobs/index.js';
import type { VerifyOrder } from '../node-protocol/index.js';
import { placeOf, StorageService } from '../storage/index.js';

/** Reads every copy of a backup back, and writes into the catalogue what it found. */
@Injectable()
export class VerifyJobHandler implements JobHandler, OnModuleInit {
  readonly kind = JobKind.Verify;
  readonly resumable = true;

  constructor(
    private readonly handlers: JobHandlers,
    private readonly catalogue: Catalogue,
    private readonly storage: StorageService,
    private readonly ledger: ObjectLedger,
  ) {}

  onModuleInit(): void {
    this.handlers.register(this);
  }

  /** Error: BACKUP_NOT_FOUND. */
  async prepare(job: Job, context: RunContext): Promise<PreparedPlan> {
    const { backup, copies } = await this.catalogue.get(job.backupId);
    const level = levelOf(job);
    const names = new Map((await this.storage.allDestinations()).map((each) => [each.providerId, each.providerName]));
    const { manifestKey, manifestSize, manifestSha256, bundleSize } = backup;
    return planVerify(
      {
        backupId: backup.id,
        level,
        manifest: { key: manifestKey, size: manifestSize, sha256: manifestSha256 },
        bundleSize,
        copies: copies.map(({ providerId }) => ({
          providerId,
          providerName: names.get(providerId) ?? providerId,
          open: () => this.storage.driver(providerId),
        })),
        found: ({ providerId }, result) => this.note(manifestKey, providerId, level, result),
      },
      context,
    );
  }

  /** What a node finds goes into the result alone: only what the master has read itself is noted. Error: BACKUP_NOT_FOUND. */
  async order(job: Job): Promise<VerifyOrder> {
    const { backup, copies } = await this.catalogue.get(job.backupId);
    const wanted = new Set(copies.map(({ providerId }) => providerId));
    const all = await this.storage.allDestinations();
    return {
      kind: 'verify',
      level: levelOf(job),
      manifest: { key: backup.manifestKey, size: backup.manifestSize, sha256: backup.manifestSha256 },
      bundleSize: backup.bundleSize,
      copies: all.filter(({ providerId }) => wanted.has(providerId)).map(placeOf),
    };
  }

  /** A quick check finds damage, but proves nothing. Damage that lies in no bundle is the manifest's. */
  private async note(manifestKey: string, providerId: string, level: VerifyLevel, result: VerifyResult): Promise<void> {
    const { damagedBundles, missingBundles } = result;
    const isManifestWrong = result.manifest === 'damaged' || (!result.ok && damagedBundles.length === 0);
    const manifest = result.manifest === 'missing' ? 'missing' : isManifestWrong ? 'damaged' : 'right';
    const only = (state: string): string[] => (manifest === state ? [manifestKey] : []);
    const right = [...result.wholeBundles, ...only('right')];
    const found = {
      ...(level === 'full' ? { read: right } : { seen: right }),
      damaged: [...damagedBundles.filter((key) => !missingBundles.includes(key)), ...only('damaged')],
      missing: [...missingBundles, ...only('missing')],
    };
    await this.ledger.note(providerId, found, ReadBy.Verify);
  }
}

const levelOf = (job: Job): VerifyLevel => (job.request['level'] === 'quick' ? 'quick' : 'full');
