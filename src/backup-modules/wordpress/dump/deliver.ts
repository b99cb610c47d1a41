import type { MemberSink } from '../../../engine/ports/index.js';
import type { MemberQueue, Piece, RowsWanted } from './member-queue.js';
import type { SnapshotReader } from './rows/snapshot-reader.js';

/**
 * Gives all members that are ready to the sink, in order. `snapshot` reads the rows of tables whose rows are not in the dump
 * program's output; null where they are. `onTable` is told now and then which table is read.
 */
export async function deliver(
  queue: MemberQueue,
  sink: MemberSink,
  snapshot: SnapshotReader | null,
  onTable: (table: string) => void,
): Promise<void> {
  for (let next = queue.next(); next !== null; next = queue.next()) {
    // oxlint-disable no-await-in-loop -- members go into the sink in order
    if ('piece' in next) await give(next.piece, sink);
    else if (snapshot === null) throw new Error('the rows of a table are wanted, and nobody reads them');
    else await readRows(next.rowsOf, queue, sink, snapshot, onTable);
    // oxlint-enable no-await-in-loop
  }
}

async function readRows(
  { members, key, definition, counted }: RowsWanted,
  queue: MemberQueue,
  sink: MemberSink,
  snapshot: SnapshotReader,
  onTable: (table: string) => void,
): Promise<void> {
  const { table } = members;
  let told = sink.bytes;
  onTable(table);
  const rows = await snapshot.read({ table, key, definition }, async (piece) => {
    await give({ ...piece, path: queue.nameOf(members), part: 'data', table }, sink);
    if (sink.bytes - told < TELL_BYTES) return;
    told = sink.bytes;
    onTable(table);
  });
  counted(rows);
}

const TELL_BYTES = 1024 * 1024;

async function give({ path, part, table, rows, sha256, body }: Piece, sink: MemberSink): Promise<void> {
  const spec = {
    path,
    part,
    size: body.size,
    ...(table === undefined ? {} : { table }),
    ...(rows === undefined ? {} : { rows }),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
  try {
    await sink.add(spec, body.content);
  } finally {
    body.dispose();
  }
}
