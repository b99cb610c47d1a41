import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import type { EntityManager } from '@mikro-orm/postgresql';
import { insertRows, portableTables, WRITABLE_COLUMNS } from '../../database/index.js';
import type { DumpEnd, DumpHeader } from './catalogue-dump.js';
import { catalogueDamaged, catalogueNewer } from './catalogue.errors.js';

const BATCH_BYTES = 1024 * 1024;
const ROW = /^\{"table":"([a-z_]+)","row":(.*)\}$/;

/**
 * Loads a dump (as `dumpCatalogue` makes it) into tables that are empty, within the caller's transaction; rows that are there already
 * (the token of a first start) stay. Columns that are gone by now are left out, new ones get their defaults. Returns the rows by
 * table. Errors: CATALOGUE_DAMAGED, CATALOGUE_NEWER.
 */
export async function loadCatalogue(
  em: EntityManager,
  content: AsyncIterable<Buffer>,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  let header: DumpHeader | null = null;
  let end: DumpEnd | null = null;
  let batch: { table: string; rows: string[]; bytes: number } | null = null;
  const flush = async (): Promise<void> => {
    if (batch !== null) await insert(em, batch.table, batch.rows);
    batch = null;
  };
  for await (const line of linesOf(content)) {
    if (end !== null) throw catalogueDamaged('there is more after its last line');
    const [, table, row] = ROW.exec(line) ?? [];
    if (header === null) header = await headerOf(em, line);
    else if (table === undefined || row === undefined) end = endOf(line);
    else {
      if (!portableTables.some(({ name }) => name === table)) continue;
      if (batch !== null && (batch.table !== table || batch.bytes > BATCH_BYTES)) await flush();
      batch ??= { table, rows: [], bytes: 0 };
      batch.rows.push(row);
      batch.bytes += row.length;
      counts[table] = (counts[table] ?? 0) + 1;
    }
  }
  await flush();
  if (end === null) throw catalogueDamaged('its end is missing');
  for (const [table, rows] of Object.entries(counts))
    if (end.rows[table] !== rows)
      throw catalogueDamaged(`it has ${rows} rows of ${table} instead of ${end.rows[table] ?? 0}`);
  return counts;
}

async function* linesOf(content: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const source = Readable.from(content, { objectMode: false });
  const plain = createZstdDecompress();
  source.on('error', (error) => plain.destroy(error));
  let failure: unknown = null;
  plain.on('error', (error) => {
    failure = error;
  });
  try {
    yield* createInterface({ input: source.pipe(plain), crlfDelay: Infinity });
  } finally {
    source.destroy();
    plain.destroy();
  }
  if (failure !== null) throw catalogueDamaged('it can not be decompressed', failure);
}

async function headerOf(em: EntityManager, line: string): Promise<DumpHeader> {
  const value = parse(line);
  if (!isHeader(value)) throw catalogueDamaged('its content has no header');
  const applied = await em.execute<{ name: string }[]>('select name from schema_migration');
  const known = new Set(applied.map(({ name }) => name));
  const unknown = value.schema.filter((name) => !known.has(name));
  if (unknown.length > 0) throw catalogueNewer(value.version, unknown);
  return value;
}

function endOf(line: string): DumpEnd {
  const value = parse(line);
  if (!isEnd(value)) throw catalogueDamaged('one of its lines is none');
  return value;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw catalogueDamaged('one of its lines is not JSON', error);
  }
}

/** Only the columns that the rows have and the table has. */
async function insert(em: EntityManager, table: string, rows: readonly string[]): Promise<void> {
  const given: unknown = JSON.parse(rows[0] ?? '{}');
  const names = new Set(Object.keys(Object(given)));
  const found = await em.execute<{ column: string }[]>(`${WRITABLE_COLUMNS} and table_name = ?`, [table]);
  const columns = found.flatMap(({ column }) => (names.has(column) ? [column] : []));
  await em.execute(insertRows(table, columns, '?', 'on conflict do nothing'), [`[${rows.join(',')}]`]);
}

function isHeader(value: unknown): value is DumpHeader {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    value.kind === 'catalogue' &&
    'version' in value &&
    typeof value.version === 'string' &&
    'schema' in value &&
    Array.isArray(value.schema)
  );
}

function isEnd(value: unknown): value is DumpEnd {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    value.kind === 'end' &&
    'rows' in value &&
    typeof value.rows === 'object' &&
    value.rows !== null
  );
}
