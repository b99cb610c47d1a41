/** SQL: `table` and `column` of all that can be written in this database. */
export const WRITABLE_COLUMNS = `select table_name as "table", column_name as "column" from information_schema.columns
  where table_schema = current_schema() and is_generated = 'NEVER'`;

/**
 * SQL that puts rows into a table as they were: the one parameter (written `parameter`) is a JSON array of `to_jsonb` of each.
 * PostgreSQL reads the JSON itself, so no number or time is rounded on the way; columns that are not named take their defaults.
 */
export function insertRows(table: string, columns: readonly string[], parameter: '?' | '$1', onConflict = ''): string {
  const names = columns.map((column) => `"${column}"`).join(', ');
  return `insert into "${table}" (${names}) select ${names}
    from jsonb_populate_recordset(null::"${table}", ${parameter}::jsonb) ${onConflict}`;
}
