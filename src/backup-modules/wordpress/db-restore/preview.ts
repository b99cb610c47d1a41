import type { RestorePreview } from '../../../engine/ports/index.js';
import type { ManifestDatabaseInfo, ManifestEntry } from '../../../engine/snapshot/manifest/types.js';
import { connect, describeTarget, readServerFacts, resolveEndpoint } from '../mysql/index.js';
import { renamed } from './prefix.js';
import { targetProblem, withCreateHint } from './provision.js';
import { compareLive } from './swap.js';
import type { MySqlRestoreOptions } from './types.js';

export interface DatabasePreview {
  database: NonNullable<RestorePreview['database']>;
  /** Bytes of the dump. */
  bytes: number;
  warnings: string[];
}

/** Compares the backup's tables with the live database; throws what `load` would throw when the target cannot be used. */
export async function previewDatabase(
  options: MySqlRestoreOptions,
  info: ManifestDatabaseInfo,
  entries: AsyncIterable<ManifestEntry>,
): Promise<DatabasePreview> {
  const names = new Set<string>();
  let bytes = 0;
  for await (const entry of entries) {
    if (entry.path?.startsWith('database/') !== true || entry.part === 'sqlite') continue;
    bytes += entry.size;
    if (entry.table !== undefined && (entry.part === 'schema' || entry.part === 'view')) {
      names.add(renamed(entry.table, info.tablePrefix, options.tablePrefix));
    }
  }
  const { target } = options;
  const database = {
    name: target.database,
    host: describeTarget(target, resolveEndpoint(target)).server,
    replace: [] as string[],
    create: [...names],
    drop: [] as string[],
    createDatabase: false,
  };
  const warnings: string[] = [];
  const problem = await targetProblem(target, options.signal);
  if (problem !== null) {
    if (options.admin === null) throw withCreateHint(problem, target, info);
    return { database: { ...database, createDatabase: true }, bytes, warnings };
  }
  const session = await connect(target, { signal: options.signal });
  try {
    const facts = await readServerFacts(session);
    if (info.engine !== facts.vendor) {
      warnings.push(
        `The backup is from ${info.engine} ${info.version}, the target is ${facts.vendor} ${facts.version}: collations and some DDL are adapted.`,
      );
    }
    const difference = await compareLive(session, [...names], options.tablePrefix, options.keepTables ?? []);
    return {
      database: {
        ...database,
        replace: difference.replace.map((table) => table.name),
        create: difference.create,
        drop: difference.extra.map((table) => table.name),
      },
      bytes,
      warnings,
    };
  } finally {
    await session.close();
  }
}
