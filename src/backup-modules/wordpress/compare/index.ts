export { diffDatabase } from './diff-database.js';
export type { DiffDatabaseLimits } from './diff-tables.js';
