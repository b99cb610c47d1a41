import { throwIfAborted } from '../../../common/errors/index.js';
import type { BackupSource, TableDifference } from '../../../engine/ports/index.js';
import type { ManifestEntry } from '../../../engine/snapshot/manifest/index.js';
import type { ChangeLimits, SideMembers, TableMembers } from './changed-members.js';
import { compareRows, PieceFeed } from './compare-rows.js';
import { readDefinitions, type Definition } from './definitions.js';
import type { TableSurvey } from './dump-survey.js';
import type { RowFigures } from './row-tally.js';

/** Where a comparison stops being exact; see `CHANGE_LIMITS` and `RowTally`. */
export interface DiffDatabaseLimits extends Partial<ChangeLimits> {
  rows?: number;
}

/** Two backups of one site, and what may be held of them. */
export interface Comparison {
  before: BackupSource;
  after: BackupSource;
  signal: AbortSignal;
  limits: DiffDatabaseLimits;
}

/** A table that is in both backups and not stored the same. */
export interface TableLook {
  name: string;
  before: TableSurvey;
  after: TableSurvey;
  members: TableMembers;
}

type SideName = 'before' | 'after';

const NO_ROWS: RowFigures = { added: 0, removed: 0, changed: 0 };
const NO_DEFINITION: Definition = { digest: '', shape: null };

/** Reads what is not the same of these tables: definitions first, then rows table by table. By name. */
export async function lookInto(
  comparison: Comparison,
  looks: readonly TableLook[],
): Promise<Map<string, TableDifference>> {
  const differences = new Map<string, TableDifference>();
  if (looks.length === 0) return differences;
  const { before, after, signal } = comparison;
  const old = await readDefinitions(before, schemas(looks, 'before'), signal);
  // The same bytes need not be read twice.
  const altered = looks.filter((look) => look.before.schema !== look.after.schema);
  const now = await readDefinitions(after, schemas(altered, 'after'), signal);
  const feeds = {
    before: new PieceFeed(before, piecesOf(looks, 'before'), signal),
    after: new PieceFeed(after, piecesOf(looks, 'after'), signal),
  };
  try {
    for (const look of looks) {
      throwIfAborted(signal);
      const known = old.get(look.name) ?? NO_DEFINITION;
      const isAltered = look.before.schema !== look.after.schema;
      const definitions = { before: known, after: isAltered ? (now.get(look.name) ?? NO_DEFINITION) : known };
      // oxlint-disable-next-line no-await-in-loop -- one table after the other: each may take all the memory there is for it
      differences.set(look.name, await diffTable(feeds, look, definitions, comparison.limits.rows));
      // They need not be held any longer.
      look.members.before.pieces = [];
      look.members.after.pieces = [];
    }
  } finally {
    await Promise.all([feeds.before.close(), feeds.after.close()]);
  }
  return differences;
}

const schemas = (looks: readonly TableLook[], side: SideName): Map<string, ManifestEntry[]> =>
  new Map(looks.map(({ name, members }) => [name, members[side].schema]));

function* piecesOf(looks: readonly TableLook[], side: SideName): Generator<ManifestEntry> {
  for (const { members } of looks) yield* members[side].pieces;
}

async function diffTable(
  feeds: Record<SideName, PieceFeed>,
  { name, before, after, members }: TableLook,
  definitions: Record<SideName, Definition>,
  maxRows: number | undefined,
): Promise<TableDifference> {
  const key = keyOf(definitions.before, definitions.after);
  const sideOf = (side: SideName): Parameters<typeof compareRows>[0] => ({
    feed: feeds[side],
    pieces: members[side].pieces.length,
    columns: definitions[side].shape?.columns ?? [],
  });
  let figures: RowFigures | null = null;
  if (before.data === after.data) figures = NO_ROWS;
  else if (members.whole) figures = await compareRows(sideOf('before'), sideOf('after'), key, maxRows);
  const { added, removed, changed } = figures ?? mostOf(members.before, members.after, key);
  const definitionChanged = definitions.before.digest !== definitions.after.digest;
  const isSame = figures !== null && !definitionChanged && added + removed + changed === 0;
  return {
    name,
    change: isSame ? 'same' : 'changed',
    definitionChanged,
    rowsBefore: before.rows,
    rowsAfter: after.rows,
    rowsAdded: added,
    rowsRemoved: removed,
    rowsChanged: changed,
    exact: figures !== null,
  };
}

/** The columns that tell rows apart in both, in an order that is the same for both; none when they are not the same ones. */
function keyOf(old: Definition, now: Definition): string[] {
  const key = (old.shape?.key ?? []).toSorted();
  const same = (now.shape?.key ?? []).toSorted();
  return key.length === same.length && key.every((name, i) => name === same[i]) ? key : [];
}

/** The most that the figures can be: all rows of the pieces that are not on both sides. */
function mostOf(before: SideMembers, after: SideMembers, key: readonly string[]): RowFigures {
  return { added: after.rows, removed: before.rows, changed: key.length === 0 ? 0 : Math.min(before.rows, after.rows) };
}
