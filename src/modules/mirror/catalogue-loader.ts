import { errnoOf } from '../../common/errors/index.js';
import { insertRows, WRITABLE_COLUMNS } from '../../database/index.js';
import { catalogueNotEmpty, mirrorRowDamaged, mirrorSchemaDiffers } from './mirror-restore.errors.js';
import { mirroredTables } from './mirrored-tables.js';
import type { MirrorRow } from './remote-mirror.js';
import type { SqlSession } from './sql-session.js';

/** What a fresh database has by itself, and so may be there already. */
const MAY_BE_THERE = new Set(['setting', 'storage_provider']);

/** Puts rows of the mirror into the tables, as they were. PostgreSQL reads their JSON, so no number or time is rounded on the way. */
export class CatalogueLoader {
  /** Things a person should know. */
  readonly notes = new Set<string>();
  /** Whether the defaults that were here are none any more: before the first of the mirror's is loaded. */
  private hasDemoted = false;
  private readonly columns = new Map<string, Set<string>>();

  constructor(private readonly sql: SqlSession) {}

  /** Keeps others from writing until the end of the transaction. Error: CATALOGUE_NOT_EMPTY. */
  async begin(): Promise<void> {
    const tables = mirroredTables.map(({ name }) => `"${name}"`);
    await this.sql.rows(`set local lock_timeout to '30s'`);
    await this.sql.rows(`lock table ${tables.join(', ')} in share row exclusive mode`);
    const counts = mirroredTables
      .filter(({ name }) => !MAY_BE_THERE.has(name))
      .map(({ name }) => `(select count(*) from "${name}")`);
    const [row] = await this.sql.rows<{ rows: string }>(`select ${counts.join(' + ')} as rows`);
    const rows = Number(row?.rows ?? 0);
    if (rows > 0) throw catalogueNotEmpty(rows);
    const columns = await this.sql.rows<{ table: string; column: string }>(WRITABLE_COLUMNS);
    for (const { table, column } of columns) {
      const known = this.columns.get(table) ?? new Set();
      this.columns.set(table, known.add(column));
    }
  }

  /** Loads some rows. Columns unknown here are left out with a note, missing ones take their defaults. Error: MIRROR_SCHEMA_DIFFERS. */
  async load(table: string, rows: readonly MirrorRow[]): Promise<void> {
    if (table === 'storage_provider') await this.makeRoom(rows);
    for (const [columns, group] of this.byColumns(table, rows)) {
      const names = columns.split('\n');
      const replace =
        table === 'setting'
          ? `on conflict (key) do update set ${names.map((n) => `"${n}" = excluded."${n}"`).join(', ')}`
          : '';
      try {
        await this.sql.rows(insertRows(table, names, '$1', replace), [`[${group.map(({ data }) => data).join(',')}]`]);
      } catch (error) {
        throw translated(table, error);
      }
    }
  }

  /** The rows by the set of columns that are both theirs and ours. */
  private byColumns(table: string, rows: readonly MirrorRow[]): Map<string, MirrorRow[]> {
    const ours = this.columns.get(table) ?? new Set();
    const groups = new Map<string, MirrorRow[]>();
    for (const row of rows) {
      const theirs = columnsOf(table, row);
      for (const name of theirs)
        if (!ours.has(name)) this.notes.add(`The column "${name}" of ${table} is unknown to this version: left out.`);
      const columns = theirs
        .filter((name) => ours.has(name))
        .toSorted()
        .join('\n');
      const group = groups.get(columns);
      if (group === undefined) groups.set(columns, [row]);
      else group.push(row);
    }
    return groups;
  }

  /**
   * Providers that this database has by itself: one of the same id or name gives way (there are no backups on it, the catalogue is
   * empty), others stay, but backups go where the mirrored catalogue says.
   */
  private async makeRoom(rows: readonly MirrorRow[]): Promise<void> {
    const replaced = await this.sql.rows<{ name: string }>(
      `delete from storage_provider p using jsonb_to_recordset($1::jsonb) as r (id uuid, name text)
        where p.id = r.id or p.name = r.name returning p.name`,
      [`[${rows.map(({ data }) => data).join(',')}]`],
    );
    for (const { name } of replaced) this.notes.add(`The storage "${name}" of this database was replaced.`);
    if (this.hasDemoted) return;
    this.hasDemoted = true;
    const others = await this.sql.rows<{ name: string }>(
      'update storage_provider set is_default = false where is_default returning name',
    );
    for (const { name } of others) this.notes.add(`The storage "${name}" of this database is no longer a default.`);
  }
}

function columnsOf(table: string, { rowId, data }: MirrorRow): string[] {
  const row = parsed(data);
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw mirrorRowDamaged(table, rowId);
  return Object.keys(row);
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

/** Values that do not fit (22), constraints (23) and names (42) are about the schema; the message of the driver has values in it. */
function translated(table: string, error: unknown): unknown {
  const state = errnoOf(error) ?? '';
  if (!(error instanceof Error) || !/^(22|23|42)/.test(state)) return error;
  const named = ['column', 'constraint'].flatMap((kind) => {
    const name: unknown = Reflect.get(error, kind);
    return typeof name === 'string' ? [`${kind} ${name}`] : [];
  });
  return mirrorSchemaDiffers(table, [...named, `SQLSTATE ${state}`].join(', '), error);
}
