export { MySqlRestore } from './mysql-restore.js';
export type { DatabasePreview } from './preview.js';
export type { ActivateResult, DatabaseMember, LoadResult, MySqlRestoreOptions } from './types.js';
