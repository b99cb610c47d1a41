import { join } from 'node:path';
import { defineConfig } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
import { entities } from './entities.js';
import { takeBackLost } from './lost-connections.js';

/** Where the migrations lie, seen from the sources as from the build. */
export const migrationsFolder = join(import.meta.dirname, '..', '..', 'migrations');

/** MikroORM's options for the database at this URL (`?host=/folder` for a Unix socket, as libpq takes it). */
export function ormOptions(databaseUrl: string): ReturnType<typeof defineConfig> {
  return defineConfig({
    dbName: decodeURIComponent(new URL(databaseUrl).pathname.slice(1)),
    // pg reads the rest from the URL itself, sockets and TLS options included.
    driverOptions: { connectionString: databaseUrl, application_name: 'backupd', onPoolCreated: takeBackLost },
    pool: { min: 0, max: 10 },
    entities,
    extensions: [Migrator],
    timezone: 'Z',
    forceUtcTimezone: true,
    migrations: {
      path: migrationsFolder,
      pathTs: migrationsFolder,
      tableName: 'schema_migration',
      snapshotName: '.snapshot',
      emit: 'ts',
      silent: true,
      safe: false,
      disableForeignKeys: false,
    },
    // Triggers are written in the migrations alone.
    schemaGenerator: { ignoreTriggers: true },
    discovery: { warnWhenNoEntities: false },
    // Queries carry values of tenants: never into the log.
    debug: false,
  });
}
