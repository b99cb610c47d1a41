import { existsSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { buildChildMaster } from './built-child.js';
import { prepareCeph } from './ceph.js';
import { databaseUrl, runSql, startPostgres } from './postgres.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Superuser URL of the run's PostgreSQL. */
    adminUrl: string;
    /** A database with all migrations applied, to clone from. */
    templateDb: string;
    /** The folder of the run's S3 server, which the first test that needs it starts. */
    cephFolder: string;
  }
}

/** Once per run and project: PostgreSQL on a socket in a scratch folder, with a migrated template database; a place for Ceph. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (project.name === 'integration') await buildChildMaster();
  const server = await startPostgres();
  try {
    const templateDb = 'backupd_template';
    await runSql(server.adminUrl, `create database ${templateDb}`);
    await migrate(databaseUrl(server.adminUrl, templateDb));
    project.provide('adminUrl', server.adminUrl);
    project.provide('templateDb', templateDb);
    const ceph = await prepareCeph();
    project.provide('cephFolder', ceph.folder);
    return async () => {
      await Promise.all([server.stop(), ceph.stop()]);
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function migrate(url: string): Promise<void> {
  const options = new URL('../../src/database/orm-options.ts', import.meta.url);
  if (!existsSync(options)) return;
  const { MikroORM } = await import('@mikro-orm/postgresql');
  const { ormOptions } = (await import(options.href)) as { ormOptions: (url: string) => object };
  const orm = new MikroORM(ormOptions(url));
  try {
    await orm.migrator.up();
  } finally {
    await orm.close();
  }
}
