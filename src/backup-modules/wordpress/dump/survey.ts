import { AppError } from '../../../common/errors/index.js';
import type { JobWarning } from '../../../engine/ports/index.js';
import {
  bestClient,
  connect,
  readServerFacts,
  requireDumpClient,
  type ClientProgram,
  type MySqlClients,
  type MySqlSession,
  type ServerFacts,
} from '../mysql/index.js';
import type { MySqlCredentials } from '../types.js';
import {
  hasNativeJson,
  isOutsideSnapshot,
  readBlogIds,
  readInexactCharsets,
  readTables,
  type TableFacts,
} from './catalogue.js';
import { canDumpHistory, type DumpPlan } from './client-flags.js';
import { readMissingRights, type MissingRights } from './privileges.js';
import { TableScope, type DumpScope } from './scope.js';

/** What is known of a database before it is dumped. */
export interface Survey {
  server: ServerFacts;
  client: ClientProgram;
  scope: TableScope;
  /** All tables of the database. */
  all: ReadonlyMap<string, TableFacts>;
  /** The site's tables and sequences that the dump must hold. */
  tables: readonly TableFacts[];
  /** The site's views that the dump must hold. */
  views: readonly string[];
  plan: DumpPlan;
  /** Estimated size of the rows. */
  bytes: number;
  warnings: readonly JobWarning[];
  notes: readonly string[];
}

const SHOWN = 20;

function listed(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return names.slice(0, SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Looks at the database and plans the dump. */
export async function surveyDatabase(
  credentials: MySqlCredentials,
  wanted: DumpScope,
  clients: MySqlClients,
  signal: AbortSignal,
): Promise<Survey> {
  const { database } = credentials;
  // Before anything else: it needs no server to say so.
  if (bestClient(clients.dump, 'mariadb') === null) requireDumpClient(clients, 'mariadb');
  if (database === '') throw nameMissing();
  await using session = await connect(credentials, { signal });
  const server = await readServerFacts(session);
  const client = requireDumpClient(clients, server.vendor);
  const all = await readTables(session, database);
  const names = [...all.keys()];
  const scope = new TableScope({
    ...wanted,
    names,
    blogIds: await readBlogIds(session, database, wanted.prefix, all),
    foldCase: server.lowerCaseTableNames !== 0,
  });
  checkPrefix(scope, names, wanted.prefix, database);
  const own = [...all.values()].filter((table) => scope.takes(table.name));
  const views = own.filter((table) => table.type === 'view');
  const missing = await readMissingRights(session, database, views);
  const lost = new Set(missing.views.map((view) => view.name));
  const text = await textPlan(session, database, server, (name) => all.get(name)?.type !== 'view' && scope.takes(name));
  const tables = own.filter((table) => table.type !== 'view');
  return {
    server,
    client,
    scope,
    all,
    tables,
    views: views.map((view) => view.name).filter((name) => !lost.has(name)),
    plan: {
      database,
      routines: missing.routines.length === 0,
      events: !missing.events,
      history: canDumpHistory(client, server) && tables.some((table) => table.versioned),
      hexText: text.hexText,
      withoutRows: !session.isEncrypted && !text.hexText && !tables.some((table) => table.versioned),
      ignore: names.filter((name) => !scope.takes(name) || lost.has(name)),
    },
    bytes: tables.reduce((sum, table) => sum + table.bytes, 0) * (text.hexText ? 2 : 1),
    warnings: [
      ...(names.length === 0 ? [emptyDatabase(database)] : []),
      ...rightsWarnings(missing, database),
      ...tableWarnings(tables, canDumpHistory(client, server)),
      ...unknownTables(names.filter((name) => scope.ownerOf(name) === 'unknown')),
      ...text.warnings,
    ],
    notes: [...sharedNote(scope, names), ...text.notes],
  };
}

function nameMissing(): AppError {
  return new AppError({
    code: 'DATABASE_NOT_FOUND',
    kind: 'source',
    message: 'The site names no database.',
    hint: 'Set DB_NAME in wp-config.php, or an override for it on the site.',
    retry: 'never',
  });
}

/** A wrong prefix must not give a backup without the site's tables. */
function checkPrefix(scope: TableScope, names: readonly string[], prefix: string, database: string): void {
  if (names.length === 0 || !scope.shared || scope.hasOwn(names)) return;
  throw new AppError({
    code: 'DATABASE_TABLES_MISSING',
    kind: 'source',
    message: `The database '${database}' has no tables with the prefix '${prefix}', only those of other sites (${listed(scope.otherPrefixes)}).`,
    hint: 'Check $table_prefix in wp-config.php, or set an override for it on the site.',
    retry: 'never',
    context: { database, prefix },
  });
}

/** Text as utf8mb4, or as hex where that would lose bytes. */
async function textPlan(
  session: MySqlSession,
  database: string,
  server: ServerFacts,
  takes: (name: string) => boolean,
): Promise<{ hexText: boolean; warnings: JobWarning[]; notes: string[] }> {
  const charsets = await readInexactCharsets(session, database, takes);
  if (charsets.length === 0) return { hexText: false, warnings: [], notes: [] };
  if (!(await hasNativeJson(session, database, server))) {
    return {
      hexText: true,
      warnings: [],
      notes: [`Text is dumped as hex to keep every byte: the character set ${charsets.join(', ')} is in use.`],
    };
  }
  const message = `Text in the character set ${charsets.join(', ')} is converted to utf8mb4; characters that Unicode lacks are lost. (It cannot be dumped as hex because the database has JSON columns.)`;
  return { hexText: false, warnings: [{ code: 'TEXT_CONVERTED', message, context: { charsets } }], notes: [] };
}

function emptyDatabase(database: string): JobWarning {
  return {
    code: 'DATABASE_EMPTY',
    message: `The database '${database}' has no tables. The backup holds an empty database.`,
    context: { database },
  };
}

function rightsWarnings(missing: MissingRights, database: string): JobWarning[] {
  const warnings: JobWarning[] = [];
  const lacking = (privilege: string, lost: string, names: readonly string[] = []): void => {
    warnings.push({
      code: 'DUMP_PRIVILEGE_MISSING',
      message: `The site's database account lacks ${privilege} on '${database}': ${lost}. Grant it to have them in the next backup.`,
      context: { privilege, database, names: names.slice(0, SHOWN) },
    });
  };
  const denied = missing.views.filter((view) => view.reason === 'denied').map((view) => view.name);
  const broken = missing.views.filter((view) => view.reason === 'broken').map((view) => view.name);
  if (denied.length > 0) lacking('SHOW VIEW or SELECT', `the views ${listed(denied)} are left out`, denied);
  if (missing.events) lacking('EVENT', 'scheduled events, if there are any, are left out');
  if (missing.triggers) lacking('TRIGGER', 'triggers, if there are any, are left out');
  if (missing.routines.length > 0) {
    const lost = `stored routines are left out (the text of ${listed(missing.routines)} is hidden)`;
    lacking('the right to see routines (SHOW CREATE ROUTINE, or SELECT on mysql.proc)', lost, missing.routines);
  }
  if (broken.length > 0) {
    warnings.push({
      code: 'VIEW_BROKEN',
      message: `These views name tables or columns that do not exist, and are left out: ${listed(broken)}.`,
      context: { database, names: broken.slice(0, SHOWN) },
    });
  }
  return warnings;
}

function tableWarnings(tables: readonly TableFacts[], keepsHistory: boolean): JobWarning[] {
  const warnings: JobWarning[] = [];
  const outside = tables.filter(isOutsideSnapshot);
  if (outside.length > 0) {
    const names = outside.map((table) => `${table.name} (${table.engine ?? '?'})`);
    warnings.push({
      code: 'TABLE_NOT_TRANSACTIONAL',
      message: `${outside.length === 1 ? 'This table is' : 'These tables are'} not transactional, so each is saved as of the moment it was read, not of one common moment: ${listed(names)}. ALTER TABLE … ENGINE=InnoDB mends it.`,
      context: { tables: outside.slice(0, 100).map((table) => table.name), count: outside.length },
    });
  }
  const versioned = tables.filter((table) => table.versioned).map((table) => table.name);
  if (versioned.length > 0 && !keepsHistory) {
    warnings.push({
      code: 'TABLE_HISTORY_LEFT_OUT',
      message: `Only the current rows of these system-versioned tables are saved, not their history: ${listed(versioned)}. It needs mariadb-dump and MariaDB 10.11 or later.`,
      context: { tables: versioned.slice(0, 100) },
    });
  }
  return warnings;
}

function unknownTables(names: readonly string[]): JobWarning[] {
  if (names.length === 0) return [];
  return [
    {
      code: 'TABLES_LEFT_OUT',
      message: `Other WordPress sites share this database, and nothing says whose these tables are; they are left out: ${listed(names)}.`,
      context: { tables: names.slice(0, 100), count: names.length },
    },
  ];
}

function sharedNote(scope: TableScope, names: readonly string[]): string[] {
  if (!scope.shared) return [];
  const others = names.filter((name) => scope.ownerOf(name) === 'other');
  return [
    `The database is shared with other WordPress sites (prefixes ${listed(scope.otherPrefixes)}): ${others.length} of their tables are not part of this backup.`,
  ];
}
