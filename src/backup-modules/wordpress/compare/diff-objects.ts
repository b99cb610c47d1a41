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
  for (const [part, members] of changed.sections)
    objects.push(...(await diffNames(sources, SECTION_KINDS[part] ?? part, members.before, members.after)));
  for (const { before, after } of changed.tables.values())
    objects.push(...(await diffNames(sources, 'trigger', before.triggers, after.triggers)));
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

/** Reads members that are not the same and compares what they define. */
async function diffNames(
  { before, after, signal }: Sources,
  kind: string,
  old: readonly ManifestEntry[],
  now: readonly ManifestEntry[],
): Promise<DatabaseObjectDifference[]> {
  if (old.length === 0 && now.length === 0) return [];
  const oldNames = await readNames(before, old, signal);
  const nowNames = await readNames(after, now, signal);
  const objects: DatabaseObjectDifference[] = [];
  for (const name of new Set([...oldNames.keys(), ...nowNames.keys()])) {
    const change = changeOf(oldNames.get(name), nowNames.get(name));
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
