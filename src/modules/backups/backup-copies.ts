import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import type { CopyFault, StorageDriver } from '../../engine/ports/index.js';
import { CopiesDriver, type CopiesOptions, type CopyPlace, type KnownObject } from '../../engine/storage/index.js';
import { StorageService } from '../storage/index.js';
import { noCopy } from './backups.errors.js';
import type { CataloguedBackup } from './catalogue.js';
import { ObjectLedger } from './object-ledger.js';
import { ReadBy } from './stored-object.entity.js';

interface ObjectRow {
  key: string;
  size: number;
  provider_id: string | null;
  state: string | null;
  is_proven: boolean;
}

/** All copies of a backup as one driver. */
@Injectable()
export class BackupCopies {
  private readonly logger = new Logger('backups');

  constructor(
    private readonly orm: MikroORM,
    private readonly storage: StorageService,
    private readonly ledger: ObjectLedger,
  ) {}

  /**
   * A driver that reads each object of the backup from the copy that is trusted most: one that was read back, then one that is
   * believed to be there, then any other; of equals one on this host. What it finds missing or damaged is noted in the ledger. Error: BACKUP_UNREADABLE.
   */
  async driver(found: CataloguedBackup): Promise<StorageDriver> {
    return new CopiesDriver({
      ...(await this.copiesOf(found)),
      onFault: (providerId, key, fault) => void this.note(providerId, key, fault),
      noCopy: () => noCopy(found.backup.id),
    });
  }

  /** Where the objects of the backup are, and whom to ask first. Error: BACKUP_UNREADABLE. */
  async copiesOf({ backup, copies }: CataloguedBackup): Promise<Pick<CopiesOptions, 'places' | 'objects'>> {
    const rows = await this.orm.em.fork().execute<ObjectRow[]>(
      `select n.key, n.size::float8 as size, o.provider_id, o.state, o.read_at is not null as is_proven
          from backup_object n left join stored_object o on o.key = n.key
        where n.backup_id = ? order by o.read_at desc nulls last, o.provider_id`,
      [backup.id],
    );
    const wanted = new Set(copies.map((copy) => copy.providerId));
    for (const row of rows) if (row.provider_id !== null) wanted.add(row.provider_id);
    const found: CopyPlace[] = (await this.storage.allDestinations()).filter((each) => wanted.has(each.providerId));
    if (found.length === 0) throw noCopy(backup.id);
    const places = found.toSorted((a, b) => Number(isElsewhere(a)) - Number(isElsewhere(b)));
    return { places, objects: knownOf(rows, places) };
  }

  private async note(providerId: string, key: string, fault: CopyFault): Promise<void> {
    try {
      await this.ledger.note(providerId, { [fault]: [key] }, ReadBy.Ledger);
    } catch (error) {
      // Found again by the next one who reads it.
      this.logger.warn(`That ${key} is ${fault} could not be noted: ${String(error)}`);
    }
  }
}

function isElsewhere({ driver }: CopyPlace): boolean {
  return driver.kind !== 'local';
}

/** The objects by key; the rows of each begin with what was read back last. */
function knownOf(rows: readonly ObjectRow[], places: readonly CopyPlace[]): Map<string, KnownObject> {
  const order = new Map(places.map(({ providerId }, index) => [providerId, index]));
  const holders = new Map<string, { size: number; at: { id: string; rank: number }[] }>();
  for (const { key, size, provider_id: id, state, is_proven: isProven } of rows) {
    const object = holders.get(key) ?? { size, at: [] };
    holders.set(key, object);
    if (id === null || state !== 'present') continue;
    object.at.push({ id, rank: (order.get(id) ?? places.length) + (isProven ? 0 : places.length + 1) });
  }
  return new Map(
    [...holders].map(([key, { size, at }]) => [
      key,
      { size, trusted: at.toSorted((a, b) => a.rank - b.rank).map(({ id }) => id) },
    ]),
  );
}
