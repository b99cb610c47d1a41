import { Injectable } from '@nestjs/common';
import type { StorageDriver } from '../../engine/ports/index.js';
import { openBackup, type StoredBackup } from '../../engine/snapshot/read/index.js';
import type { SourceOrder } from '../node-protocol/index.js';
import { placeOf } from '../storage/index.js';
import { BackupCopies } from './backup-copies.js';
import { Catalogue, type CataloguedBackup } from './catalogue.js';

/** Reads stored backups: each byte from a copy that has it right, as long as there is one. */
@Injectable()
export class BackupReader {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly copies: BackupCopies,
  ) {}

  /** The backup, opened. Errors: BACKUP_NOT_FOUND, BACKUP_UNREADABLE, MANIFEST_DAMAGED, and of the storages. */
  async open(backupId: string, signal?: AbortSignal): Promise<StoredBackup> {
    const found = await this.catalogue.get(backupId);
    const { manifestKey } = found.backup;
    return openBackup(await this.driver(found), { manifestKey, ...(signal === undefined ? {} : { signal }) });
  }

  /** How a node reads the backup. Errors: BACKUP_NOT_FOUND, BACKUP_UNREADABLE. */
  async order(backupId: string): Promise<SourceOrder> {
    const found = await this.catalogue.get(backupId);
    const { places, objects } = await this.copies.copiesOf(found);
    return {
      manifestKey: found.backup.manifestKey,
      places: places.map(placeOf),
      objects: [...objects].map(([key, { size, trusted }]) => ({ key, size, trusted: [...trusted] })),
    };
  }

  /** All copies of the backup as one driver. Error: BACKUP_UNREADABLE. */
  async driver(found: CataloguedBackup): Promise<StorageDriver> {
    return this.copies.driver(found);
  }
}
