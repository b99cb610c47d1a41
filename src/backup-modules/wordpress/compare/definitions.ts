import { hash } from 'node:crypto';
import type { BackupSource } from '../../../engine/ports/index.js';
import type { ManifestEntry } from '../../../engine/snapshot/manifest/index.js';
import { DumpParser } from '../dump/index.js';
import { fingerprint } from '../dump/dumped-table.js';
import { kindOfStatement } from '../dump/statement-kind.js';
import { readTableShape, type TableShape } from '../dump/table-shape.js';

const nothing = (): void => undefined;
const NOTHING = { comment: nothing, beginInsert: nothing, row: nothing, rows: nothing, endInsert: nothing };

/** A table's definition. */
export interface Definition {
  /** The same for tables that are made the same, whatever rows are or were in them. */
  digest: string;
  /** Null when it was not understood. */
  shape: TableShape | null;
}

/** Members by what they belong to. */
export type MembersOf = ReadonlyMap<string, readonly ManifestEntry[]>;

/** Reads the definitions of many tables; all in one go, as neighbours share a frame. */
export async function readDefinitions(
  source: BackupSource,
  members: MembersOf,
  signal: AbortSignal,
): Promise<Map<string, Definition>> {
  const definitions = new Map<string, Definition>();
  await readStatements(source, members, signal, (table, text) => {
    const kind = kindOfStatement(text);
    // Keys are switched off and on only where there are rows.
    if (kind.is === 'noise') return;
    const isTable = kind.is === 'definition' && kind.kind === 'table';
    const definition = text.toString('latin1');
    const known = definitions.get(table) ?? { digest: '', shape: null };
    definitions.set(table, {
      digest: hash('sha256', known.digest + (isTable ? fingerprint(definition) : definition), 'base64'),
      shape: isTable ? readTableShape(definition) : known.shape,
    });
  });
  return definitions;
}

/** Reads the names of the triggers, routines or events in members, each with a digest of its definition. */
export async function readNames(
  source: BackupSource,
  members: MembersOf,
  signal: AbortSignal,
): Promise<Map<string, Map<string, string>>> {
  const all = new Map<string, Map<string, string>>();
  let session: Buffer[] = [];
  await readStatements(source, members, signal, (owner, text) => {
    const kind = kindOfStatement(text);
    if (kind.is === 'prelude') session.push(Buffer.from(text));
    if (kind.is !== 'definition') return;
    const names = all.get(owner) ?? new Map<string, string>();
    all.set(owner, names);
    // A function and a procedure may have one name.
    const digest = hash('sha256', Buffer.concat([...session, text]), 'hex');
    names.set(kind.name, (names.get(kind.name) ?? '') + digest);
    session = [];
  });
  return all;
}

async function readStatements(
  source: BackupSource,
  members: MembersOf,
  signal: AbortSignal,
  onStatement: (owner: string, text: Buffer) => void,
): Promise<void> {
  const owners = [...members].flatMap(([owner, entries]) => entries.map(() => owner));
  let at = 0;
  for await (const { pieces } of source.stored([...members.values()].flat(), signal)) {
    const owner = owners[at] ?? '';
    at += 1;
    const statement = (text: Buffer): void => onStatement(owner, text);
    const parser = new DumpParser({ ...NOTHING, statement });
    for await (const piece of pieces) parser.push(piece);
    parser.end();
  }
}
