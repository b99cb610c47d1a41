import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { type ObjectKind, ObjectState, type ReadBy, StoredObject } from './stored-object.entity.js';

/** What a look at objects of one provider has shown. Keys that are in none of the lists stay as they are. */
export interface ObjectFindings {
  /** Every byte was read back and was right. */
  read?: readonly string[];
  /** There with its size; nothing was read. That clears `missing`, but no damage. */
  seen?: readonly string[];
  /** There, but not what was written. */
  damaged?: readonly string[];
  missing?: readonly string[];
}

/** An object that was written to a provider, and what it is. */
export interface WrittenObject {
  key: string;
  kind: ObjectKind;
  siteId: string;
  size: number;
  sha256: string;
}

/**
 * The ledger of stored objects: when the bytes of each were last read back, and which are known to be damaged. The state of the
 * backups' copies follows from it.
 */
@Injectable()
export class ObjectLedger {
  constructor(private readonly orm: MikroORM) {}

  /** Notes what was found, and brings every copy that needs one of the objects up to date, in one transaction. Idempotent. */
  async note(providerId: string, found: ObjectFindings, readBy: ReadBy, at = new Date()): Promise<void> {
    await this.orm.em.fork().transactional((em) => this.noteIn(em, providerId, found, readBy, at));
  }

  /**
   * The object was written to the provider just now, whose answer was compared with it: whatever was known of it there before is
   * over. Nothing was read back yet. Idempotent.
   */
  async written(providerId: string, object: WrittenObject, at = new Date()): Promise<void> {
    const known = { state: ObjectState.Present, readAt: null, readBy: null, seenAt: at, damagedAt: null };
    await this.orm.em.fork().transactional(async (em) => {
      await em.upsert(
        StoredObject,
        { providerId, ...object, ...known, createdAt: at },
        { onConflictFields: ['providerId', 'key'], onConflictExcludeFields: ['createdAt'] },
      );
      await refreshCopies(em, providerId, [object.key], at);
    });
  }

  /** Brings every copy on the provider that needs one of the objects up to date with what is known of them. */
  async refresh(providerId: string, keys: readonly string[], at = new Date()): Promise<void> {
    await this.orm.em.fork().transactional((em) => refreshCopies(em, providerId, keys, at));
  }

  /** As `note`, within the caller's transaction. */
  async noteIn(
    em: EntityManager,
    providerId: string,
    { read = [], seen = [], damaged = [], missing = [] }: ObjectFindings,
    readBy: ReadBy,
    at = new Date(),
  ): Promise<void> {
    const update = async (keys: readonly string[], set: string, values: unknown[] = []): Promise<void> => {
      if (keys.length === 0) return;
      await em.execute(
        `update stored_object set ${set} where provider_id = ? and key in (select jsonb_array_elements_text(?::jsonb))`,
        [...values, providerId, JSON.stringify(keys)],
      );
    };
    const values = [at.toISOString(), at.toISOString(), readBy];
    await update(read, `state = 'present', damaged_at = null, seen_at = ?, read_at = ?, read_by = ?`, values);
    const back = `state = case state when 'missing' then 'present' else state end,
      damaged_at = case state when 'missing' then null else damaged_at end, seen_at = ?`;
    await update(seen, back, [at.toISOString()]);
    const since = `damaged_at = coalesce(damaged_at, ?), read_at = null, read_by = null`;
    await update(damaged, `state = 'damaged', seen_at = ?, ${since}`, [at.toISOString(), at.toISOString()]);
    await update(missing, `state = 'missing', ${since}`, [at.toISOString()]);
    await refreshCopies(em, providerId, [...read, ...seen, ...damaged, ...missing], at);
  }
}

/**
 * Brings the copies on the provider that need one of these objects up to date: `missing` when an object is, `damaged` when one
 * is, `verified` when all were read back (as of the oldest of these reads), else `present`.
 */
export async function refreshCopies(
  em: EntityManager,
  providerId: string,
  keys: readonly string[],
  at: Date,
): Promise<void> {
  if (keys.length === 0) return;
  await em.execute(
    // Arrays, as the database has no statistics of a view to choose a join by: it would read whole tables.
    `with touched as (
        select distinct b.id from backup_object n join backup b on b.id = n.backup_id
            join backup_copy c on c.backup_id = b.id and c.provider_id = ?
          where n.key = any(array(select jsonb_array_elements_text(?::jsonb))) and b.deleting_at is null),
      facts as (
        select n.backup_id as id, bool_or(o.state is null or o.state = 'missing') as missing,
            coalesce(bool_or(o.state = 'damaged'), false) as damaged, bool_and(o.read_at is not null) as proven,
            min(o.read_at) as proven_at
          from backup_object n left join stored_object o on o.provider_id = ? and o.key = n.key
          where n.backup_id = any(array(select id from touched)) group by n.backup_id)
      update backup_copy c set checked_at = ?,
          state = case when f.missing then 'missing' when f.damaged then 'damaged' when f.proven then 'verified' else 'present' end,
          verified_at = case when f.missing or f.damaged or not f.proven then null else f.proven_at end
        from facts f where c.backup_id = f.id and c.provider_id = ? and c.state <> 'uploading'`,
    [providerId, JSON.stringify(keys), providerId, at.toISOString(), providerId],
  );
}
