/** A table of the catalogue or the configuration: what must outlive this database. */
export interface PortableTable {
  readonly name: string;
  /** Columns of the primary key in order. All but the last are of a fixed width (UUIDs), so that joined they sort as the key does. */
  readonly key: readonly string[];
  /** Holds what lets people in: only goes where it is sealed as a whole. */
  readonly secret?: true;
}

/**
 * Every table that makes up the catalogue and the configuration, in an order in which they can be loaded. What is not here
 * (jobs, their events, reports, reservations) belongs to one run of one installation. A test compares it with the entities.
 */
export const portableTables: readonly PortableTable[] = [
  { name: 'setting', key: ['key'] },
  { name: 'storage_provider', key: ['id'] },
  { name: 'node', key: ['id'], secret: true },
  { name: 'site', key: ['id'] },
  { name: 'schedule', key: ['id'] },
  { name: 'hook', key: ['id'] },
  { name: 'notification_channel', key: ['id'] },
  { name: 'notification_rule', key: ['id'] },
  { name: 'quota', key: ['id'] },
  { name: 'backup', key: ['id'] },
  { name: 'backup_copy', key: ['backup_id', 'provider_id'] },
  { name: 'backup_bundle', key: ['backup_id', 'bundle_key'] },
  { name: 'stored_object', key: ['provider_id', 'key'] },
  { name: 'api_token', key: ['id'], secret: true },
  { name: 'app_user', key: ['id'], secret: true },
];
