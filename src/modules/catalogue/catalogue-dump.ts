import { constants, createZstdCompress } from 'node:zlib';
import { Readable } from 'node:stream';
import type { Client } from 'pg';
import { version } from '../../common/version.js';
import { connect, portableTables } from '../../database/index.js';

const ROWS_AT_ONCE = 500;

/** The first line of the content. */
export interface DumpHeader {
  kind: 'catalogue';
  instance: string;
  createdAt: string;
  /** Of the backupd that made it. */
  version: string;
  /** Names of the migrations its database had. */
  schema: string[];
  tables: string[];
}

/** The last line: how many rows of each table there are. */
export interface DumpEnd {
  kind: 'end';
  rows: Record<string, number>;
}

/**
 * All portable tables as they are at one moment, as zstd-compressed NDJSON: header, `{"table":…,"row":{…}}` for each row in an order
 * in which they can be loaded, end. Rows are streamed by a cursor. `counts` is filled on the way.
 */
export function dumpCatalogue(
  databaseUrl: string,
  about: Pick<DumpHeader, 'instance' | 'createdAt'>,
  counts: Record<string, number>,
): AsyncIterable<Buffer> {
  const compressed = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  const lines = Readable.from(batches(databaseUrl, about, counts), { objectMode: false });
  lines.on('error', (error) => compressed.destroy(error));
  return lines.pipe(compressed);
}

async function* batches(
  databaseUrl: string,
  about: Pick<DumpHeader, 'instance' | 'createdAt'>,
  counts: Record<string, number>,
): AsyncGenerator<string> {
  const client = await connect(databaseUrl);
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    const { rows } = await client.query<{ name: string }>('select name from schema_migration order by id');
    const header: DumpHeader = {
      kind: 'catalogue',
      ...about,
      version,
      schema: rows.map((row) => row.name),
      tables: portableTables.map((table) => table.name),
    };
    yield `${JSON.stringify(header)}\n`;
    for (const { name, key } of portableTables) {
      counts[name] = 0;
      for await (const lines of rowsOf(client, name, key)) {
        counts[name] += lines.length;
        yield lines.join('');
      }
    }
    const end: DumpEnd = { kind: 'end', rows: { ...counts } };
    yield `${JSON.stringify(end)}\n`;
    await client.query('commit');
  } finally {
    await client.end();
  }
}

async function* rowsOf(client: Client, table: string, key: readonly string[]): AsyncGenerator<string[]> {
  await client.query(
    `declare portable no scroll cursor for select to_jsonb(t)::text as row from ${table} t order by ${key.join(', ')}`,
  );
  for (;;) {
    const { rows } = await client.query<{ row: string }>(`fetch ${ROWS_AT_ONCE} from portable`);
    if (rows.length > 0) yield rows.map(({ row }) => `{"table":"${table}","row":${row}}\n`);
    if (rows.length < ROWS_AT_ONCE) break;
  }
  await client.query('close portable');
}
