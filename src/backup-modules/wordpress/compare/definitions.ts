import { createHash, hash } from 'node:crypto';
import type { BackupSource } from '../../../engine/ports/index.js';
import type { ManifestEntry } from '../../../engine/snapshot/manifest/index.js';
import { DumpParser, type DumpHandler } from '../dump/index.js';
import { fingerprint } from '../dump/dumped-table.js';
import { kindOfStatement } from '../dump/statement-kind.js';
import { readTableShape, type TableShape } from '../dump/table-shape.js';

/** A table's definition. */
export interface Definition {
  /** The same for tables that are made the same, whatever rows are or were in them. */
  digest: string;
  /** Null when it was not understood. */
  shape: TableShape | null;
}

/** Reads a definition from its members. */
export async function readDefinition(
  source: BackupSource,
  members: readonly ManifestEntry[],
  signal: AbortSignal,
): Promise<Definition> {
  const digest = createHash('sha256');
  let shape: TableShape | null = null;
  await readStatements(source, members, signal, (text) => {
    const kind = kindOfStatement(text);
    // Keys are switched off and on only where there are rows.
    if (kind.is === 'noise') return;
    const isTable = kind.is === 'definition' && kind.kind === 'table';
    if (isTable) shape = readTableShape(text.toString('latin1'));
    digest.update(isTable ? fingerprint(text.toString('latin1')) : text);
  });
  return { digest: digest.digest('base64'), shape };
}

/** Names of the triggers, routines or events in the members, each with a digest of its definition. */
export async function readNames(
  source: BackupSource,
  members: readonly ManifestEntry[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  let session: Buffer[] = [];
  await readStatements(source, members, signal, (text) => {
    const kind = kindOfStatement(text);
    if (kind.is === 'prelude') session.push(Buffer.from(text));
    if (kind.is !== 'definition') return;
    const digest = hash('sha256', Buffer.concat([...session, text]), 'hex');
    // A function and a procedure may have one name.
    names.set(kind.name, (names.get(kind.name) ?? '') + digest);
    session = [];
  });
  return names;
}

async function readStatements(
  source: BackupSource,
  members: readonly ManifestEntry[],
  signal: AbortSignal,
  onStatement: (text: Buffer) => void,
): Promise<void> {
  const handler: DumpHandler = {
    comment: () => undefined,
    statement: onStatement,
    beginInsert: () => undefined,
    row: () => undefined,
    rows: () => undefined,
    endInsert: () => undefined,
  };
  for await (const { pieces } of source.stored(members, signal)) {
    const parser = new DumpParser(handler);
    for await (const piece of pieces) parser.push(piece);
    parser.end();
  }
}
