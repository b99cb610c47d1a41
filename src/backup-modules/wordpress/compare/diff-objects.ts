import type { BackupSource, DatabaseChange, DatabaseObjectDifference } from '../../../engine/ports/index.js';
import type { ManifestEntry } from '../../../engine/snapshot/manifest/index.js';
import type { ChangedMembers } from './changed-members.js';
import { readNames } from './definitions.js';
import type { DumpSurvey } from './dump-survey.js';

/** The two backups that are compared. */
interface Sources {
  before: BackupSource;
  after: BackupSource;
  signal: AbortSignal;
}

const NAMED_KINDS = { view: 'view', sqlite: 'file' } as const;
const SECTION_KINDS: Readonly<Record<string, string>> = { routines: 'routine', events: 'event' };

/** Views, triggers, routines, events and database files that are not the same, by kind and name. */
export async function diffObjects(
  sources: Sources,
  surveys: { before: DumpSurvey; after: DumpSurvey },
  changed: ChangedMembers,
): Promise<DatabaseObjectDifference[]> {
  const objects = namedMembers(surveys.before, surveys.after);
  const [before, after] = [new Map<string, ManifestEntry[]>(), new Map<string, ManifestEntry[]>()];
  const kinds = new Map<string, string>();
  for (const [part, members] of changed.sections) {
    kinds.set(part, SECTION_KINDS[part] ?? part);
    before.set(part, members.before);
    after.set(part, members.after);
  }
  for (const [table, members] of changed.tables) {
    if (members.before.triggers.length + members.after.triggers.length === 0) continue;
    const owner = `of ${table}`;
    kinds.set(owner, 'trigger');
    before.set(owner, members.before.triggers);
    after.set(owner, members.after.triggers);
  }
  const old = await readNames(sources.before, before, sources.signal);
  const now = await readNames(sources.after, after, sources.signal);
  for (const [owner, kind] of kinds) objects.push(...diffNames(kind, old.get(owner), now.get(owner)));
  return objects.toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

const sortKey = ({ kind, name }: DatabaseObjectDifference): string => `${kind}\0${name ?? ''}`;

/** What has a member of its own is compared by that alone. */
function namedMembers(before: DumpSurvey, after: DumpSurvey): DatabaseObjectDifference[] {
  const objects: DatabaseObjectDifference[] = [];
  for (const key of new Set([...before.others.keys(), ...after.others.keys()])) {
    const old = before.others.get(key);
    const now = after.others.get(key);
    const { part, name } = now ?? old ?? { part: 'view', name: '' };
    if (part === 'routines' || part === 'events') continue;
    const change = changeOf(old?.sha256, now?.sha256);
    if (change !== null) objects.push({ kind: NAMED_KINDS[part], name, change });
  }
  return objects;
}

/** Compares what members define that are not the same. */
function diffNames(
  kind: string,
  before: ReadonlyMap<string, string> = new Map<string, string>(),
  after: ReadonlyMap<string, string> = new Map<string, string>(),
): DatabaseObjectDifference[] {
  const objects: DatabaseObjectDifference[] = [];
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const change = changeOf(before.get(name), after.get(name));
    if (change !== null) objects.push({ kind, name, change });
  }
  // Different, and yet nothing that is understood is.
  return objects.length > 0 ? objects : [{ kind, name: null, change: 'changed' }];
}

function changeOf(before: string | undefined, after: string | undefined): DatabaseChange | null {
  if (before === after) return null;
  if (before === undefined) return 'added';
  return after === undefined ? 'removed' : 'changed';
}
