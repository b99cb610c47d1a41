import { statfs } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../../common/errors/index.js';
import type { RestorePreview, RestoreStageContext } from '../../../engine/ports/index.js';
import { previewFiles } from '../../../engine/snapshot/restore/index.js';
import { MySqlRestore, type DatabasePreview } from '../db-restore/index.js';
import { adminCredentials, databaseTarget } from './database-target.js';
import { keptPaths, planRestore, type RestorePlan } from './restore-plan.js';

/** What a restore would change. Changes nothing; writes nothing. */
export async function previewWordPress(context: RestoreStageContext): Promise<RestorePreview> {
  const plan = await planRestore(context);
  const files = plan.files
    ? await previewFiles(context.source, plan.root, {
        paths: plan.paths,
        extraFiles: context.request.extraFiles,
        delta: context.request.delta === true,
        keep: keptPaths(context, plan),
        allowedRoots: [dirname(plan.root)],
        signal: context.signal,
      })
    : null;
  const warnings = [...(files?.warnings ?? [])];
  if (plan.leftOut.length > 0) warnings.push(`Not put back (outside the site's folder): ${plan.leftOut.join(', ')}.`);
  const database = await previewDatabase(context, plan, warnings);
  return {
    targetPath: plan.root,
    files: files?.files ?? null,
    database,
    bytesNeeded: files?.bytesNeeded ?? 0,
    bytesFree: files?.bytesFree ?? (await freeBytes(plan.root)),
    warnings,
  };
}

async function previewDatabase(
  context: RestoreStageContext,
  plan: RestorePlan,
  warnings: string[],
): Promise<RestorePreview['database']> {
  const info = context.source.header.database;
  if (info === null) return null;
  if (plan.sqlite !== null) {
    const isThere = plan.present !== null;
    const place = { name: plan.sqlite, host: 'file', drop: [], createDatabase: !isThere };
    return { ...place, replace: isThere ? [plan.sqlite] : [], create: isThere ? [] : [plan.sqlite] };
  }
  if (!plan.mysql) return null;
  try {
    const target = await databaseTarget(context, plan, null);
    const restore = new MySqlRestore({
      jobId: context.jobId,
      workDir: context.workDir,
      safetyDir: context.safetyDir,
      target: target.credentials,
      tablePrefix: target.tablePrefix,
      admin: adminCredentials(context.request),
      keepTables: plan.facts.excludeTables,
      journal: context.journal,
      signal: context.signal,
    });
    const preview: DatabasePreview = await restore.preview(info, context.source.entries());
    warnings.push(...preview.warnings);
    return preview.database;
  } catch (error) {
    // Without the site on disk nobody knows the account yet: the restored wp-config.php will say it.
    if (!(error instanceof AppError) || error.code !== 'DATABASE_UNKNOWN' || !plan.files) throw error;
    warnings.push('The site is not on disk; its account is read from the restored wp-config.php.');
    return {
      name: info.name,
      host: 'as the restored wp-config.php says',
      replace: [],
      create: await tablesOf(context),
      drop: [],
      createDatabase: false,
    };
  }
}

async function tablesOf(context: RestoreStageContext): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of context.source.entries()) {
    if (entry.part === 'schema' && entry.table !== undefined) names.push(entry.table);
  }
  return names;
}

async function freeBytes(path: string): Promise<number> {
  let folder = path;
  while (!existsSync(folder) && folder !== '/') folder = dirname(folder);
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
