/** A column with sealed texts: a text itself, or JSON with `{"sealed": …}` somewhere in it. */
export interface SealedColumn {
  readonly table: string;
  readonly key: string;
  readonly column: string;
  readonly json: boolean;
}

/** Every column that holds sealed texts; a test compares it with the entities. Of the backups' catalogue none does. */
export const sealedColumns: readonly SealedColumn[] = [
  { table: 'storage_provider', key: 'id', column: 'sealed_secrets', json: false },
  { table: 'site', key: 'id', column: 'overrides', json: true },
  { table: 'setting', key: 'key', column: 'sealed', json: false },
  { table: 'job', key: 'id', column: 'sealed_request', json: false },
  { table: 'notification_channel', key: 'id', column: 'sealed', json: false },
  { table: 'hook', key: 'id', column: 'sealed', json: false },
  { table: 'app_user', key: 'id', column: 'sealed_totp', json: false },
  { table: 'app_user', key: 'id', column: 'sealed_totp_pending', json: false },
  { table: 'node_task', key: 'id', column: 'sealed', json: false },
];
