export { type HeldLock, lockInTransaction, tryLock } from './advisory-lock.js';
export { connect } from './connect.js';
export { DatabaseModule } from './database.module.js';
export { EmbeddedPostgres } from './embedded/embedded-postgres.js';
export { migrate, schemaIsCurrent } from './migrate.js';
export { passingError } from './passing-error.js';
export { insertRows, WRITABLE_COLUMNS } from './portable-rows.js';
export { type PortableTable, portableTables } from './portable-tables.js';
export { migrationsFolder, ormOptions } from './orm-options.js';
