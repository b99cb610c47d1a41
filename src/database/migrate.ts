import { readdir } from 'node:fs/promises';
import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { AppError } from '../common/errors/index.js';
import { connect } from './connect.js';
import { migrationsFolder, ormOptions } from './orm-options.js';

/** Arbitrary and fixed: every master takes this advisory lock while it looks at or changes the schema. */
const LOCK_ID = 4_207_849_484;

/**
 * Brings the schema up to date. Masters that start together take turns. A schema with changes that this build does not
 * know was made by a newer one: SCHEMA_NEWER, nothing is touched. Returns the names of what was applied.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const guard = await connect(databaseUrl);
  const orm = new MikroORM(ormOptions(databaseUrl));
  try {
    await guard.query('select pg_advisory_lock($1)', [LOCK_ID]);
    const known = await knownMigrations();
    const executed = (await orm.migrator.getExecuted()).map(({ name }) => name);
    const unknown = executed.filter((name) => !known.has(name));
    if (unknown.length > 0) throw newerSchema(unknown);
    return (await orm.migrator.up()).map(({ name }) => name);
  } finally {
    await orm.close();
    await guard.end();
  }
}

/** Whether the schema is the one that this build knows: nothing to be done any more, nothing done by a newer one. */
export async function schemaIsCurrent(em: EntityManager): Promise<boolean> {
  const [known, rows] = await Promise.all([
    knownMigrations(),
    em.execute<{ name: string }[]>('select name from schema_migration'),
  ]);
  return rows.length === known.size && rows.every(({ name }) => known.has(name));
}

async function knownMigrations(): Promise<Set<string>> {
  const names = (await readdir(migrationsFolder)).flatMap((file) => {
    const name = /^(Migration\w+)\.[jt]s$/.exec(file)?.[1];
    return name === undefined ? [] : [name];
  });
  return new Set(names);
}

function newerSchema(unknown: readonly string[]): AppError {
  return new AppError({
    code: 'SCHEMA_NEWER',
    kind: 'precondition',
    message: `The database was last used by a newer backupd: it has ${unknown.length === 1 ? 'a change' : 'changes'} that this version does not know (${unknown.join(', ')}).`,
    hint: 'Start the newer version again. Going back needs the database as it was before the update.',
    retry: 'never',
    context: { unknown: [...unknown] },
  });
}
