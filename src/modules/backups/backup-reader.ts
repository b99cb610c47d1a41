import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import type { StorageDriver } from '../../engine/ports/index.js';
import { openBackup, type StoredBackup } from '../../engine/snapshot/read/index.js';
import { StorageService } from '../storage/index.js';
import type { BackupCopy } from './backup.entity.js';
import { noCopy } from './backups.errors.js';
import { Catalogue, type CataloguedBackup, GOOD_STATES } from './catalogue.js';

/** Reads stored backups, from whichever copy can be read. */
@Injectable()
export class BackupReader {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly storage: StorageService,
  ) {}

  /** The backup, opened on its best copy. Errors: BACKUP_NOT_FOUND, BACKUP_UNREADABLE, and of the last copy tried. */
  async open(backupId: string, signal?: AbortSignal): Promise<StoredBackup> {
    const found = await this.catalogue.get(backupId);
    const { manifestKey } = found.backup;
    return this.withCopy(found, signal, (driver) =>
      openBackup(driver, { manifestKey, ...(signal === undefined ? {} : { signal }) }),
    );
  }

  /** Does the work on one copy after the other, until one can be read. */
  async withCopy<T>(
    { backup, copies }: CataloguedBackup,
    signal: AbortSignal | undefined,
    work: (driver: StorageDriver) => Promise<T>,
  ): Promise<T> {
    let last: AppError | null = null;
    for (const copy of byTrust(copies)) {
      try {
        return await work(await this.storage.driver(copy.providerId));
      } catch (error) {
        if (signal?.aborted === true || !isFaultOfCopy(error)) throw error;
        last = error;
      }
    }
    throw last ?? noCopy(backup.id);
  }
}

/** Good copies first, a verified one before all; others are better than nothing. */
function byTrust(copies: readonly BackupCopy[]): BackupCopy[] {
  return copies.toSorted((a, b) => rank(a) - rank(b));
}

function rank(copy: BackupCopy): number {
  const index = GOOD_STATES.indexOf(copy.state);
  return index === -1 ? GOOD_STATES.length : index;
}

function isFaultOfCopy(error: unknown): error is AppError {
  return (
    error instanceof AppError &&
    (error.kind === 'storage' || error.kind === 'damaged' || error.code === 'STORAGE_NOT_FOUND')
  );
}
