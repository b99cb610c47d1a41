import type { BackupSource, DatabaseDifference, TableDifference } from '../../../engine/ports/index.js';
import { CHANGE_LIMITS, findChangedMembers, type ChangedMembers, type Wanted } from './changed-members.js';
import { surveyDump, type DumpSurvey, type TableSurvey } from './dump-survey.js';
import { diffObjects } from './diff-objects.js';
import { lookInto, type DiffDatabaseLimits, type TableLook } from './diff-tables.js';

/**
 * Compares the databases of two backups. Members with the same SHA-256 are never read. Memory is bounded: it grows with the number
 * of tables and changed pieces, up to the limits; see `ComparingModule.diffDatabase`.
 */
export async function diffDatabase(
  before: BackupSource,
  after: BackupSource,
  signal: AbortSignal,
  limits: DiffDatabaseLimits = {},
): Promise<DatabaseDifference> {
  const surveys = { before: await surveyDump(before, signal), after: await surveyDump(after, signal) };
  const wanted = wantedOf(surveys.before, surveys.after);
  const isNothing = [wanted.schema, wanted.triggers, wanted.sections].every(({ size }) => size === 0);
  const changed: ChangedMembers = isNothing
    ? { tables: new Map(), sections: new Map() }
    : await findChangedMembers(before, after, wanted, signal, { ...CHANGE_LIMITS, ...limits });
  const names = namesOf(surveys.before.tables, surveys.after.tables);
  const looks = names.flatMap((name): TableLook[] => {
    const old = surveys.before.tables.get(name);
    const now = surveys.after.tables.get(name);
    const members = changed.tables.get(name);
    const isLookedInto = wanted.schema.has(name) && members !== undefined && old !== undefined && now !== undefined;
    return isLookedInto ? [{ name, before: old, after: now, members }] : [];
  });
  const differences = await lookInto({ before, after, signal, limits }, looks);
  const tables = names.map(
    (name) => differences.get(name) ?? unread(name, surveys.before.tables.get(name), surveys.after.tables.get(name)),
  );
  return { tables, objects: await diffObjects({ before, after, signal }, surveys, changed) };
}

/** Names of both, in order. */
function namesOf(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].toSorted((a, b) => (a < b ? -1 : 1));
}

function wantedOf(before: DumpSurvey, after: DumpSurvey): Wanted {
  const data = new Map<string, number>();
  const schema = new Set<string>();
  const triggers = new Set<string>();
  for (const name of namesOf(before.tables, after.tables)) {
    const old = before.tables.get(name);
    const now = after.tables.get(name);
    if ((old?.triggers ?? '') !== (now?.triggers ?? '')) triggers.add(name);
    if (old === undefined || now === undefined) continue;
    if (old.data !== now.data) data.set(name, old.pieces);
    // The definition says what the key is.
    if (old.data !== now.data || old.schema !== now.schema) schema.add(name);
  }
  const sections = new Set<string>();
  for (const part of ['routines', 'events'])
    if (before.others.get(`${part} `)?.sha256 !== after.others.get(`${part} `)?.sha256) sections.add(part);
  return { data, schema, triggers, sections };
}

/** What the manifests alone tell of a table: that it came, went, or is the same. */
function unread(name: string, before: TableSurvey | undefined, after: TableSurvey | undefined): TableDifference {
  const rows = { rowsBefore: before?.rows ?? 0, rowsAfter: after?.rows ?? 0 };
  const facts = { name, definitionChanged: false, rowsChanged: 0, ...rows };
  if (before !== undefined && after !== undefined)
    return { ...facts, change: 'same', rowsAdded: 0, rowsRemoved: 0, exact: true };
  const change = before === undefined ? 'added' : 'removed';
  const exact = (before ?? after)?.rowsKnown === true;
  return { ...facts, change, rowsAdded: rows.rowsAfter, rowsRemoved: rows.rowsBefore, exact };
}
