import type { EntityManager } from '@mikro-orm/postgresql';
import type { ObjectState } from './stored-object.entity.js';

/** An object that a provider must have. */
export interface NeededObject {
  key: string;
  size: number;
  sha256: string | null;
  state: ObjectState;
}

/** Those that are to be restorable from their copies. */
const KEPT = 'b.deleting_at is null';

/**
 * SQL that is true when a backup with a copy on the provider needs the object. `key` and `providerId` are columns of the query
 * around it, or `?`; `of` says which backups `b` with which copies `c` count. Never give it a value.
 */
export function isNeeded(key: string, providerId: string, of = KEPT): string {
  return `exists (select 1 from backup_object n join backup b on b.id = n.backup_id
    join backup_copy c on c.backup_id = b.id and c.provider_id = ${providerId}
    where n.key = ${key} and ${of})`;
}

/**
 * Of these objects those that a backup with a copy on the provider needs which is not being deleted. Their rows are locked until
 * the end of the caller's transaction: what is noted about them then is about what was found here.
 */
export async function neededObjects(
  em: EntityManager,
  providerId: string,
  keys: readonly string[],
): Promise<Map<string, NeededObject>> {
  const rows = await em.execute<{ key: string; size: string; sha256: string | null; state: ObjectState }[]>(
    `select o.key, o.size, o.sha256, o.state from stored_object o
      where o.provider_id = ? and o.key in (select jsonb_array_elements_text(?::jsonb))
        and ${isNeeded('o.key', 'o.provider_id')}
      order by o.key for update of o`,
    [providerId, JSON.stringify(keys)],
  );
  return new Map(rows.map((row) => [row.key, { ...row, size: Number(row.size) }]));
}
