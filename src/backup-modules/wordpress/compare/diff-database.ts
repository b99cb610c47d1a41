import { throwIfAborted } from '../../../common/errors/index.js';
import type { BackupSource, DatabaseDifference, TableDifference } from '../../../engine/ports/index.js';
import {
  CHANGE_LIMITS,
  findChangedMembers,
  type ChangeLimits,
  type TableMembers,
  type Wanted,
} from './changed-members.js';
import { compareRows } from './compare-rows.js';
import { readDefinition, type Definition } from './definitions.js';
import { surveyDump, type DumpSurvey, type TableSurvey } from './dump-survey.js';
import { diffObjects } from './diff-objects.js';
import type { RowFigures } from './row-tally.js';

/** Where a comparison stops being exact; see `CHANGE_LIMITS` and `RowTally`. */
export interface DiffDatabaseLimits extends Partial<ChangeLimits> {
  rows?: number;
}

/** Two backups of one site, and what may be held of them. */
interface Comparison {
  before: BackupSource;
  after: BackupSource;
  signal: AbortSignal;
  limits: DiffDatabaseLimits;
}

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
  const changed = isNothing
    ? { tables: new Map<string, TableMembers>(), sections: new Map() }
    : await findChangedMembers(before, after, wanted, signal, { ...CHANGE_LIMITS, ...limits });
  const comparison: Comparison = { before, after, signal, limits };
  const tables: TableDifference[] = [];
  for (const name of namesOf(surveys.before.tables, surveys.after.tables)) {
    throwIfAborted(signal);
    const old = surveys.before.tables.get(name);
    const now = surveys.after.tables.get(name);
    // oxlint-disable-next-line no-await-in-loop -- one table after the other: each may take all the memory there is for it
    tables.push(await diffTable(comparison, name, old, now, changed.tables.get(name)));
    // Its rows are compared: the pieces need not be held any longer.
    if (old !== undefined && now !== undefined) releasePieces(changed.tables.get(name));
  }
  const objects = await diffObjects({ before, after, signal }, surveys, changed);
  return { tables, objects };
}

function releasePieces(members: TableMembers | undefined): void {
  if (members === undefined) return;
  members.before.pieces = [];
  members.after.pieces = [];
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

async function diffTable(
  comparison: Comparison,
  name: string,
  before: TableSurvey | undefined,
  after: TableSurvey | undefined,
  members: TableMembers | undefined,
): Promise<TableDifference> {
  const rowsBefore = before?.rows ?? 0;
  const rowsAfter = after?.rows ?? 0;
  const facts = { name, definitionChanged: false, rowsBefore, rowsAfter };
  const isKnown = before?.rowsKnown !== false && after?.rowsKnown !== false;
  if (before === undefined || after === undefined) {
    const change = before === undefined ? 'added' : 'removed';
    return { ...facts, change, rowsAdded: rowsAfter, rowsRemoved: rowsBefore, rowsChanged: 0, exact: isKnown };
  }
  if (members === undefined || !wantsLook(before, after))
    return { ...facts, change: 'same', rowsAdded: 0, rowsRemoved: 0, rowsChanged: 0, exact: true };
  const old = await readDefinition(comparison.before, members.before.schema, comparison.signal);
  const now =
    before.schema === after.schema
      ? old
      : await readDefinition(comparison.after, members.after.schema, comparison.signal);
  const definitionChanged = old.digest !== now.digest;
  const figures = before.data === after.data ? NO_ROWS : await rowFigures(comparison, members, old, now);
  const exact = figures !== null;
  const { added, removed, changed } = figures ?? mostOf(members, keyOf(old, now));
  const isSame = exact && !definitionChanged && added + removed + changed === 0;
  return {
    ...facts,
    change: isSame ? 'same' : 'changed',
    definitionChanged,
    rowsAdded: added,
    rowsRemoved: removed,
    rowsChanged: changed,
    exact,
  };
}

const NO_ROWS: RowFigures = { added: 0, removed: 0, changed: 0 };

const wantsLook = (before: TableSurvey, after: TableSurvey): boolean =>
  before.data !== after.data || before.schema !== after.schema;

async function rowFigures(
  { before, after, signal, limits }: Comparison,
  members: TableMembers,
  old: Definition,
  now: Definition,
): Promise<RowFigures | null> {
  if (!members.whole) return null;
  return compareRows(
    { source: before, pieces: members.before.pieces, columns: old.shape?.columns ?? [] },
    { source: after, pieces: members.after.pieces, columns: now.shape?.columns ?? [] },
    keyOf(old, now),
    signal,
    limits.rows,
  );
}

/** The columns that tell rows apart in both, in an order that is the same for both; none when they are not the same ones. */
function keyOf(old: Definition, now: Definition): string[] {
  const key = (old.shape?.key ?? []).toSorted();
  const same = (now.shape?.key ?? []).toSorted();
  return key.length === same.length && key.every((name, i) => name === same[i]) ? key : [];
}

/** The most that the figures can be: all rows of the pieces that are not on both sides. */
function mostOf({ before, after }: TableMembers, key: readonly string[]): RowFigures {
  return { added: after.rows, removed: before.rows, changed: key.length === 0 ? 0 : Math.min(before.rows, after.rows) };
}
