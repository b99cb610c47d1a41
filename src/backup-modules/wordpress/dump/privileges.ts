import { AppError } from '../../../common/errors/index.js';
import { quoteIdentifier, quoteQualified, type MySqlSession } from '../mysql/index.js';
import type { TableFacts } from './catalogue.js';

/** What the account cannot see; each is left out of the dump and named in a warning. */
export interface MissingRights {
  /** Views that cannot be dumped, with the reason. */
  views: { name: string; reason: 'broken' | 'denied' }[];
  /** Routines whose text is hidden from the account. */
  routines: string[];
  events: boolean;
  triggers: boolean;
}

const GRANT = /^GRANT (.+?) ON (?:TABLE )?(\*|`(?:[^`]|``)*`|[^.\s]+)\.(\*|`(?:[^`]|``)*`|\S+) TO /i;

function likePattern(pattern: string): RegExp {
  const body = pattern.replaceAll(/\\([\s\S])|([%_])|([^\\%_])/g, (_all, escaped, wild, plain) => {
    if (wild === '%') return '[\\s\\S]*';
    if (wild === '_') return '[\\s\\S]';
    return String(escaped ?? plain).replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
  });
  return new RegExp(`^${body}$`, 'i');
}

/**
 * Whether SHOW GRANTS gives a privilege on the whole database; null when that cannot be told (a role grants it).
 */
export function grantsPrivilege(grants: readonly string[], privilege: string, database: string): boolean | null {
  let byRole = false;
  for (const grant of grants) {
    const match = GRANT.exec(grant);
    if (!match) {
      if (!/^(?:GRANT PROXY|SET |REVOKE)/i.test(grant)) byRole = true;
      continue;
    }
    const [, list = '', schema = '', object = ''] = match;
    const words = new Set(list.split(',').map((word) => word.trim().toUpperCase()));
    if (object !== '*' || !(words.has('ALL PRIVILEGES') || words.has('ALL') || words.has(privilege))) continue;
    if (schema === '*') return true;
    const pattern = schema.startsWith('`') ? schema.slice(1, -1).replaceAll('``', '`') : schema;
    if (likePattern(pattern).test(database)) return true;
  }
  return byRole ? null : false;
}

async function readGrants(session: MySqlSession): Promise<string[]> {
  const rows = await session.rows<Record<string, string>>('SHOW GRANTS');
  return rows.map((row) => Object.values(row)[0] ?? '');
}

async function probeView(
  session: MySqlSession,
  database: string,
  name: string,
): Promise<MissingRights['views'][number] | null> {
  const view = quoteQualified(database, name);
  try {
    await session.rows(`SHOW FIELDS FROM ${view}`);
    await session.rows(`SHOW CREATE VIEW ${view}`);
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const errno = error.context['errno'];
    if (error.code === 'DATABASE_DENIED' || errno === 1345) return { name, reason: 'denied' };
    // Vanished meanwhile: nothing to leave out.
    if (errno === 1146) return null;
    if (error.code === 'DATABASE_FAILED') return { name, reason: 'broken' };
    throw error;
  }
}

/** Finds out what this account may not dump, so that the dump leaves it out instead of failing half-way. */
export async function readMissingRights(
  session: MySqlSession,
  database: string,
  views: readonly TableFacts[],
): Promise<MissingRights> {
  const grants = await readGrants(session);
  const missing: MissingRights = { views: [], routines: [], events: false, triggers: false };
  for (const view of views) {
    // oxlint-disable-next-line no-await-in-loop -- one connection answers one query at a time
    const problem = await probeView(session, database, view.name);
    if (problem) missing.views.push(problem);
  }
  const hidden = await session.rows<{ name: string }>(
    `SELECT ROUTINE_NAME AS name FROM information_schema.ROUTINES
     WHERE ROUTINE_SCHEMA = ? AND ROUTINE_DEFINITION IS NULL AND COALESCE(EXTERNAL_LANGUAGE, 'SQL') = 'SQL'`,
    [database],
  );
  missing.routines = hidden.map((row) => row.name);
  missing.triggers = grantsPrivilege(grants, 'TRIGGER', database) === false;
  missing.events = await session.rows(`SHOW EVENTS FROM ${quoteIdentifier(database)}`).then(
    () => grantsPrivilege(grants, 'EVENT', database) === false,
    (error: unknown) => {
      // Also where the scheduler's own tables are damaged: the dump program would stop at them.
      if (error instanceof AppError && ['DATABASE_DENIED', 'DATABASE_FAILED'].includes(error.code)) return true;
      throw error;
    },
  );
  return missing;
}
