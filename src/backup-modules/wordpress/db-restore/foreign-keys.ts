import { quoteIdentifier, type MySqlSession } from '../mysql/index.js';
import type { ByteSession } from './byte-session.js';
import { listForeignKeys, type KeyFacts } from './live-schema.js';
import { quoteNameBytes } from './sql/lexer.js';
import type { LiveForeignKey, Plan, TableState } from './state.js';

/** The server names a key without a name `<table>_ibfk_<n>`, and renames it with its table. */
export function isOwnName(key: Pick<LiveForeignKey, 'table' | 'name'>): boolean {
  return key.name.startsWith(`${key.table}_ibfk_`);
}

/** Names the restored tables' keys want; constraint names are one per database. */
export function wantedKeyNames(tables: readonly TableState[]): Set<string> {
  return new Set(tables.flatMap((table) => table.foreignKeys.map((key) => (key.name ?? '').toLowerCase())));
}

/** Makes a key as described, unless it is there and right. Run with foreign_key_checks = 0. */
async function ensureKey(session: MySqlSession, existing: readonly KeyFacts[], key: LiveForeignKey): Promise<void> {
  const found = existing.find((one) => one.table === key.table && one.name === key.name);
  if (found?.referencedTable === key.referencedTable) return;
  const table = quoteIdentifier(key.table);
  const name = quoteIdentifier(key.name);
  if (found) await session.run(`ALTER TABLE ${table} DROP FOREIGN KEY ${name}`);
  await session.run(
    `ALTER TABLE ${table} ADD CONSTRAINT ${name} FOREIGN KEY ${key.columns} REFERENCES ${quoteIdentifier(key.referencedTable)} ${key.rest}`,
  );
}

/** Makes each of the keys unless it is there and right. */
export async function ensureKeys(session: MySqlSession, keys: readonly LiveForeignKey[]): Promise<void> {
  if (keys.length === 0) return;
  const existing = await listForeignKeys(session);
  // oxlint-disable-next-line no-await-in-loop -- one connection
  for (const key of keys) await ensureKey(session, existing, key);
}

/**
 * After the swap: keys of other tables point to the new tables again (they had followed the old ones), the old tables
 * give up the names that the new ones need, and the new tables get their keys.
 */
export async function activateKeys(
  session: MySqlSession,
  bytes: ByteSession,
  plan: Plan,
  tables: readonly TableState[],
): Promise<void> {
  await session.run('SET SESSION foreign_key_checks = 0');
  await ensureKeys(session, plan.outsideKeys);
  const wanted = wantedKeyNames(tables);
  const old = new Set(plan.moves.map((move) => move.to));
  const before = await listForeignKeys(session);
  for (const key of before) {
    if (!old.has(key.table) || !wanted.has(key.name.toLowerCase())) continue;
    // oxlint-disable-next-line no-await-in-loop -- one connection
    await session.run(`ALTER TABLE ${quoteIdentifier(key.table)} DROP FOREIGN KEY ${quoteIdentifier(key.name)}`);
  }
  const restored = new Set(tables.map((table) => table.name));
  const taken = new Set(
    before.filter((key) => !old.has(key.table) && !restored.has(key.table)).map((key) => key.name.toLowerCase()),
  );
  const done = new Set(before.map((key) => key.table));
  for (const table of tables) {
    if (table.foreignKeys.length === 0 || done.has(table.name)) continue;
    const parts = table.foreignKeys.map((key) => {
      // Another table of the database has the name: let the server choose one.
      const isFree = key.name !== null && !taken.has(key.name.toLowerCase());
      const name = isFree && key.name !== null ? ` CONSTRAINT ${quoteNameBytes(key.name)}` : '';
      return `ADD${name} FOREIGN KEY ${key.columns} REFERENCES ${quoteNameBytes(key.referencedTable)} ${key.referencedColumns} ${key.actions}`;
    });
    // oxlint-disable-next-line no-await-in-loop -- one connection
    await bytes.send(`ALTER TABLE ${quoteNameBytes(table.name)} ${parts.join(', ')}`);
  }
}
