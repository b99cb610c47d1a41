import { hash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { workInBackground } from '../../../../engine/threads/background.js';
import { CLOSE } from '../../../../engine/threads/spawn-worker.js';
import { KeyedRowCutter, longestInMemory } from '../row-cutter.js';
import { RowKey } from '../row-key.js';
import { SpillBuffer } from '../spill-buffer.js';
import {
  SLOT_TAKEN,
  type ConnectionGiven,
  type RowPiece,
  type RowsReply,
  type RowsRequest,
  type RowThreadData,
} from './protocol.js';
import { TableRows } from './table-rows.js';
import { Wire, WireError } from './wire.js';

/** Entry point of the thread that reads rows, makes INSERTs of them and cuts these into pieces. */
workInBackground();

const data: RowThreadData = workerData;
const control = new Int32Array(data.control);
const slots = data.slots.map((memory) => Buffer.from(memory));
const GIVE_UP = slots.length;
const WIRE_BYTES = 512 * 1024;

class GivenUp extends Error {}

/** Finished pieces go into one slot while the other side takes up another. */
let slot = 0;
let used = 0;
let pieces: RowPiece[] = [];

const buffer = new SpillBuffer(data.workDir, longestInMemory(data.pieces));
const cutter = new KeyedRowCutter(buffer, data.pieces, pieceReady);
let tables: TableRows | null = null;

parentPort?.on('message', (request: ConnectionGiven | RowsRequest | typeof CLOSE) => {
  if (request === CLOSE) {
    buffer.discard();
    parentPort?.close();
  } else if ('fd' in request) tables = new TableRows(new Wire(request.fd, WIRE_BYTES));
  else read(request);
});

function read({ table, key, definition }: RowsRequest): void {
  try {
    if (tables === null) throw new Error('there is no connection to read from');
    const rows = tables.read(table, definition, {
      begin: (header, columns) => cutter.begin(header, RowKey.of(columns, key)),
      rows: (bytes, start, ends) => cutter.rows(bytes, start, ends),
      row: (part, last) => cutter.row(part, last),
    });
    cutter.finish();
    handOver();
    tell({ kind: 'done', rows });
  } catch (error) {
    buffer.discard();
    if (error instanceof GivenUp) return;
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
    tell({ kind: 'failed', message, errno: error instanceof WireError ? error.errno : null, code });
  }
}

function pieceReady(rows: number): void {
  const piece = buffer.take();
  if (piece.path !== null) {
    handOver();
    tell({ kind: 'long-piece', path: piece.path, rows, size: piece.size });
    return;
  }
  const { content, size } = piece;
  if (used + size > (slots[slot]?.length ?? 0)) handOver();
  if (used === 0) waitForSlot();
  slots[slot]?.set(content, used);
  used += size;
  pieces.push({ rows, size, sha256: hash('sha256', content) });
  piece.dispose();
}

function handOver(): void {
  if (pieces.length === 0) return;
  Atomics.store(control, slot, SLOT_TAKEN);
  tell({ kind: 'pieces', slot, pieces });
  pieces = [];
  used = 0;
  slot = (slot + 1) % slots.length;
}

function waitForSlot(): void {
  while (Atomics.load(control, slot) === SLOT_TAKEN && Atomics.load(control, GIVE_UP) === 0)
    Atomics.wait(control, slot, SLOT_TAKEN, 1_000);
  if (Atomics.load(control, GIVE_UP) !== 0) throw new GivenUp();
}

function tell(reply: RowsReply): void {
  parentPort?.postMessage(reply, []);
}
