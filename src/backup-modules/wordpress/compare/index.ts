export { diffDatabase, type DiffDatabaseLimits } from './diff-database.js';
