import { createHash } from 'node:crypto';
import { portableTables, type PortableTable } from '../../database/index.js';
import { OBSERVED } from '../settings/index.js';

/** Settings that are about the mirror itself: each installation has its own, and they say how to reach the mirror. */
export const MIRROR_SETTING = 'mirror';
export const MIRROR_STATUS = 'mirror-status';

/** A table as the mirror sees it: SQL for PostgreSQL, over the table under the alias `t`. */
export interface MirroredTable {
  readonly name: string;
  /** The primary key as one text; sorts in byte order as the key does. */
  readonly rowId: string;
  /** Which rows are mirrored. */
  readonly where: string;
}

/** What is mirrored: all that is portable but what lets people in. Sealed values go sealed. */
export const mirroredTables: readonly MirroredTable[] = portableTables
  .filter(({ secret }) => secret !== true)
  .map((table) => ({
    name: table.name,
    rowId: rowIdOf(table),
    where:
      table.name === 'setting'
        ? `t.key not in ('${MIRROR_SETTING}', '${MIRROR_STATUS}') and not starts_with(t.key, '${OBSERVED}')`
        : 'true',
  }));

/** Name of the table in D1. */
export const remoteName = (table: string): string => `backupd_${table}`;

/** The rows as they are sent: `row_id`, `data` (JSON) and `hash` of it. The session's time zone must be UTC. */
export const contentOf = (table: MirroredTable): string =>
  `select c.row_id, c.data, encode(sha256(convert_to(c.data, 'UTF8')), 'hex') as hash from (
    select ${table.rowId} as row_id, to_jsonb(t)::text as data from "${table.name}" t where ${table.where}) c`;

/** The same hash, of a text that came back. */
export const hashOf = (data: string): string => createHash('sha256').update(data).digest('hex');

function rowIdOf({ key }: PortableTable): string {
  return key.map((column) => `t."${column}"::text`).join(` || '/' || `);
}
