import { quoteIdentifier, type MySqlSession } from '../mysql/index.js';
import type { TableState } from './state.js';

/** User settings that WordPress core names with the blog's table prefix. */
const USER_KEYS = [
  'capabilities',
  'user_level',
  'user-settings',
  'user-settings-time',
  'dashboard_quick_press_last_post_id',
  'persisted_preferences',
  'media_library_mode',
  'autosave_draft_ids',
  'user_roles',
];

/** A table's name under the target's prefix; tables without the prefix keep theirs. */
export function renamed(name: string, from: string, to: string): string {
  return from !== to && from !== '' && name.startsWith(from) ? `${to}${name.slice(from.length)}` : name;
}

/**
 * Changes the rows whose keys hold the prefix, in the scratch tables: `<prefix>user_roles` in each options table and the
 * known keys in usermeta. Only exact, known keys: a plug-in's own key that looks alike stays.
 */
export async function changePrefixInRows(
  session: MySqlSession,
  tables: readonly TableState[],
  from: string,
  to: string,
): Promise<number> {
  if (from === to) return 0;
  const blogs = [''];
  for (const table of tables) {
    const blog = table.source.startsWith(from) ? /^(\d+_)options$/.exec(table.source.slice(from.length)) : null;
    if (blog?.[1]) blogs.push(blog[1]);
  }
  let changed = 0;
  for (const blog of blogs) {
    const options = tables.find((table) => table.source === `${from}${blog}options`);
    // oxlint-disable no-await-in-loop -- one connection
    if (options && (await hasColumn(session, options.scratch, 'option_name'))) {
      changed += await change(
        session,
        options.scratch,
        'option_name',
        `${from}${blog}user_roles`,
        `${to}${blog}user_roles`,
      );
    }
    const meta = tables.find((table) => table.source === `${from}usermeta`);
    if (!meta || !(await hasColumn(session, meta.scratch, 'meta_key'))) continue;
    for (const key of USER_KEYS) {
      changed += await change(session, meta.scratch, 'meta_key', `${from}${blog}${key}`, `${to}${blog}${key}`);
    }
    // oxlint-enable no-await-in-loop
  }
  return changed;
}

async function hasColumn(session: MySqlSession, table: string, column: string): Promise<boolean> {
  const row = await session.row<{ n: number | string }>(
    'SELECT COUNT(*) AS n FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND COLUMN_NAME = ?',
    [table, column],
  );
  return Number(row?.n ?? 0) > 0;
}

async function change(session: MySqlSession, table: string, column: string, from: string, to: string): Promise<number> {
  const name = quoteIdentifier(column);
  // The first comparison uses the index, the second is exact.
  await session.run(`UPDATE ${quoteIdentifier(table)} SET ${name} = ? WHERE ${name} = ? AND BINARY ${name} = ?`, [
    to,
    from,
    from,
  ]);
  const row = await session.row<{ n: number | string }>('SELECT ROW_COUNT() AS n');
  return Math.max(0, Number(row?.n ?? 0));
}
