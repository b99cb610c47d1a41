import { countIn, textIn, type D1Row } from './d1/d1-envelope.js';
import type { D1Client, D1Statement } from './d1/d1-client.js';
import { mirroredTables, remoteName } from './mirrored-tables.js';

/** A row as it is sent and as it comes back. */
export interface MirrorRow {
  rowId: string;
  /** JSON. */
  data: string;
  hash: string;
}

/** What a table holds, to tell whether it changed between two looks. */
export interface TableState {
  rows: number;
  bytes: number;
  updatedAt: string;
}

/** Most bytes of JSON in one answer, and most rows: keeps memory small on both sides. */
const PAGE_BYTES = 1 << 20;
const PAGE_ROWS = 1000;

/**
 * The rows of one server in D1. All rows of a request go as one JSON parameter, which `json_each` takes apart: so D1's limit of
 * 100 parameters does not cut batches short. Every write is idempotent and names the server, so servers never meet.
 */
export class RemoteMirror {
  constructor(
    private readonly client: D1Client,
    readonly serverId: string,
  ) {}

  /** Makes the tables that are missing. */
  async prepare(): Promise<void> {
    await this.client.query(
      mirroredTables.map(({ name }) => ({
        sql: `create table if not exists ${remoteName(name)} (server_id text not null, row_id text not null, data text not null,
          hash text not null, updated_at text not null, primary key (server_id, row_id)) without rowid`,
        params: [],
      })),
    );
  }

  /** Writes the rows. Returns only when D1 has confirmed it. */
  async put(table: string, rows: readonly MirrorRow[], at: Date): Promise<void> {
    if (rows.length === 0) return;
    await this.client.query([
      {
        sql: `insert into ${remoteName(table)} (server_id, row_id, data, hash, updated_at)
          select ?1, value ->> 'rowId', value ->> 'data', value ->> 'hash', ?2 from json_each(?3) where true
          on conflict (server_id, row_id) do update set data = excluded.data, hash = excluded.hash, updated_at = excluded.updated_at`,
        params: [this.serverId, at.toISOString(), JSON.stringify(rows)],
      },
    ]);
  }

  /** Deletes the rows of this server; those that are not there are no error. */
  async remove(table: string, rowIds: readonly string[]): Promise<void> {
    if (rowIds.length === 0) return;
    await this.client.query([
      {
        sql: `delete from ${remoteName(table)} where server_id = ?1 and row_id in (select value from json_each(?2))`,
        params: [this.serverId, JSON.stringify(rowIds)],
      },
    ]);
  }

  /** Names of backupd's tables that are there, known to this version or not. */
  async tables(): Promise<string[]> {
    const [rows] = await this.client.query([
      {
        sql: `select name from sqlite_master where type = 'table' and name like 'backupd\\_%' escape '\\'`,
        params: [],
      },
    ]);
    return (rows ?? []).map((row) => textIn(row, 'name').slice(remoteName('').length));
  }

  /** The state of each of the tables, which must be there. */
  async states(tables: readonly string[]): Promise<Map<string, TableState>> {
    if (tables.length === 0) return new Map();
    const results = await this.client.query(tables.map((table) => this.stateQuery(table)));
    return new Map(tables.map((table, index) => [table, stateOf(results[index]?.[0])]));
  }

  /** All rows of a table in a stable order, page by page. An error never ends it early as if there were no more. */
  async *rows(table: string): AsyncGenerator<MirrorRow[]> {
    for (let after: string | null = null; ;) {
      const [rows]: D1Row[][] = await this.client.query([this.pageQuery(table, after)]);
      const page = (rows ?? []).map((row) => ({
        rowId: textIn(row, 'row_id'),
        data: textIn(row, 'data'),
        hash: textIn(row, 'hash'),
      }));
      const last = page.at(-1);
      // Only an empty page is the end: a short one may have been cut for its size.
      if (last === undefined) return;
      yield page;
      after = last.rowId;
    }
  }

  /** Ids and hashes of all rows of a table, page by page. */
  async *hashes(table: string): AsyncGenerator<{ rowId: string; hash: string }[]> {
    for (let after: string | null = null; ;) {
      const [rows]: D1Row[][] = await this.client.query([
        {
          sql: `select row_id, hash from ${remoteName(table)} where server_id = ?1 and row_id > ?2 order by row_id limit ${PAGE_ROWS}`,
          params: [this.serverId, after ?? ''],
        },
      ]);
      const page = (rows ?? []).map((row) => ({ rowId: textIn(row, 'row_id'), hash: textIn(row, 'hash') }));
      const last = page.at(-1);
      if (last === undefined) return;
      yield page;
      after = last.rowId;
    }
  }

  /** The servers that have rows here. */
  async servers(tables: readonly string[]): Promise<string[]> {
    if (tables.length === 0) return [];
    const results = await this.client.query(
      tables.map((table) => ({ sql: `select distinct server_id from ${remoteName(table)} limit 100`, params: [] })),
    );
    return [...new Set(results.flat().map((row) => textIn(row, 'server_id')))].toSorted();
  }

  private stateQuery(table: string): D1Statement {
    return {
      sql: `select count(*) as n, coalesce(sum(length(data)), 0) as bytes, coalesce(max(updated_at), '') as updated_at
        from ${remoteName(table)} where server_id = ?1`,
      params: [this.serverId],
    };
  }

  private pageQuery(table: string, after: string | null): D1Statement {
    // The first row always fits, however large it is.
    return {
      sql: `select row_id, data, hash from (
          select row_id, data, hash, sum(length(data)) over (order by row_id) - length(data) as earlier from (
            select row_id, data, hash from ${remoteName(table)} where server_id = ?1 and row_id > ?2 order by row_id limit ${PAGE_ROWS}))
        where earlier < ${PAGE_BYTES} order by row_id`,
      params: [this.serverId, after ?? ''],
    };
  }
}

function stateOf(row: D1Row | undefined): TableState {
  return {
    rows: countIn(row, 'n'),
    bytes: countIn(row, 'bytes'),
    updatedAt: row === undefined ? '' : textIn(row, 'updated_at'),
  };
}
