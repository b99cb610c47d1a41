import { AppError } from '../../../common/errors/index.js';
import { TableScope } from '../dump/scope.js';
import { readBlogIds, readTables } from '../dump/catalogue.js';
import { quoteIdentifier, readServerFacts, type MySqlSession } from '../mysql/index.js';
import { serverErrno } from './errors.js';
import { isOwnName, wantedKeyNames } from './foreign-keys.js';
import { describeKeys, listForeignKeys, listTables, listTriggers, showCreate, type LiveTable } from './live-schema.js';
import type { WaitingObject } from './objects-file.js';
import type { Move, Plan, StateFile } from './state.js';

const LOCK_TIMEOUT = 1205;
const LOCK_SECONDS = 60;

/** What of the live database a restore replaces, adds and puts away. */
export interface LiveDifference {
  replace: LiveTable[];
  create: string[];
  extra: LiveTable[];
}

/** Compares the names of a backup with the live database. `keep`: tables left out of the backup on purpose. */
export async function compareLive(
  session: MySqlSession,
  names: readonly string[],
  prefix: string,
  keep: readonly string[],
): Promise<LiveDifference> {
  const facts = await readServerFacts(session);
  const fold = (name: string): string => (facts.lowerCaseTableNames === 0 ? name : name.toLowerCase());
  const all = await listTables(session);
  const live = all.filter((table) => !/^_bk[or][0-9a-f]{10}_\d+$/.test(table.name));
  const restored = new Set(names.map(fold));
  const there = new Set(live.map((table) => fold(table.name)));
  const scope = new TableScope({
    prefix,
    excludeTables: keep,
    names: live.map((table) => table.name),
    blogIds: await blogIds(session, prefix),
    foldCase: facts.lowerCaseTableNames !== 0,
  });
  return {
    replace: live.filter((table) => restored.has(fold(table.name))),
    create: names.filter((name) => !there.has(fold(name))),
    extra: live.filter(
      // In a database of its own the scope takes everything; what has not the site's prefix is not ours to drop.
      (table) =>
        !restored.has(fold(table.name)) && fold(table.name).startsWith(fold(prefix)) && scope.takes(table.name),
    ),
  };
}

async function blogIds(session: MySqlSession, prefix: string): Promise<string[]> {
  const database = await session.row<{ name: string }>('SELECT DATABASE() AS name');
  const name = database?.name ?? '';
  return readBlogIds(session, name, prefix, await readTables(session, name));
}

/** Decides the swap. */
export async function makePlan(
  session: MySqlSession,
  state: StateFile,
  objects: readonly WaitingObject[],
  prefix: string,
  keep: readonly string[],
): Promise<Plan> {
  const { tables, views } = state.state;
  const restored = [...tables.map((table) => table.name), ...views];
  const difference = await compareLive(session, restored, prefix, keep);
  const moves: Move[] = [
    ...difference.replace.map((table) => ({ ...table, extra: false })),
    ...difference.extra.map((table) => ({ ...table, extra: true })),
  ].map((table, i) => ({ from: table.name, to: state.oldName(i), kind: table.kind, extra: table.extra }));
  const moved = new Set(moves.map((move) => move.from));
  const keys = await listForeignKeys(session);
  const wanted = wantedKeyNames(tables);
  const replaced = new Set(difference.replace.map((table) => table.name));
  const triggers = await listTriggers(session);
  const oldTriggers = [];
  for (const object of objects) {
    if (object.kind !== 'trigger') continue;
    const live = [...triggers].find(([name]) => name.toLowerCase() === object.name.toLowerCase());
    if (!live || !moved.has(live[1])) continue;
    // oxlint-disable-next-line no-await-in-loop -- one connection
    const old = await showCreate(session, 'trigger', live[0], live[1]);
    if (old) oldTriggers.push(old);
  }
  return {
    moves,
    fresh: difference.create,
    outsideKeys: await describeKeys(
      session,
      keys.filter((key) => !moved.has(key.table) && replaced.has(key.referencedTable)),
    ),
    oldKeys: await describeKeys(
      session,
      keys.filter((key) => moved.has(key.table) && !isOwnName(key) && wanted.has(key.name.toLowerCase())),
    ),
    oldTriggers,
  };
}

/** Whether the swap of this plan has happened: it is one statement, so all of it or nothing. */
export async function isSwapped(session: MySqlSession, state: StateFile): Promise<boolean> {
  const names = new Set((await listTables(session)).map((table) => table.name));
  const { plan, tables } = state.state;
  if (plan?.moves.some((move) => names.has(move.to))) return true;
  return tables.length > 0 && tables.every((table) => !names.has(table.scratch));
}

/** Live tables go aside and the loaded ones take their names, in one statement. */
export async function swapIn(session: MySqlSession, state: StateFile): Promise<void> {
  const { plan, tables } = state.state;
  await renameAll(session, [
    ...(plan?.moves ?? []).map((move): Rename => [move.from, move.to]),
    ...tables.map((table): Rename => [table.scratch, table.name]),
  ]);
}

/** The reverse, from whatever state: what stands under a live name and is ours goes aside, what was there comes back. */
export async function swapBack(session: MySqlSession, state: StateFile): Promise<void> {
  const { plan, tables, views } = state.state;
  if (plan === null) return;
  const live = await listTables(session);
  const names = new Set(live.map((table) => table.name));
  const isView = new Set(live.filter((table) => table.kind === 'view').map((table) => table.name));
  const moveOf = findMove(plan.moves);
  const fresh = new Set(plan.fresh);
  const swapped = await isSwapped(session, state);
  for (const view of views) {
    const move = moveOf(view);
    const isOurs = move === undefined ? fresh.has(view) && swapped : names.has(move.to);
    // oxlint-disable-next-line no-await-in-loop -- one connection
    if (isOurs && isView.has(view)) await session.run(`DROP VIEW IF EXISTS ${quoteIdentifier(view)}`);
  }
  const renames: Rename[] = [];
  for (const table of tables) {
    const move = moveOf(table.name);
    const isOurs = move === undefined ? fresh.has(table.name) : names.has(move.to);
    if (isOurs && names.has(table.name) && !names.has(table.scratch)) renames.push([table.name, table.scratch]);
  }
  for (const move of plan.moves) if (names.has(move.to)) renames.push([move.to, move.from]);
  await renameAll(session, renames);
}

/** The move of a live name; names that differ only in case are one where the server says so. */
function findMove(moves: readonly Move[]): (name: string) => Move | undefined {
  const exact = new Map(moves.map((move) => [move.from, move]));
  const folded = new Map(moves.map((move) => [move.from.toLowerCase(), move]));
  return (name) => exact.get(name) ?? folded.get(name.toLowerCase());
}

type Rename = readonly [from: string, to: string];

async function renameAll(session: MySqlSession, renames: readonly Rename[]): Promise<void> {
  if (renames.length === 0) return;
  await session.run(`SET SESSION lock_wait_timeout = ${LOCK_SECONDS}, foreign_key_checks = 0`);
  try {
    await session.run(
      `RENAME TABLE ${renames.map(([from, to]) => `${quoteIdentifier(from)} TO ${quoteIdentifier(to)}`).join(', ')}`,
    );
  } catch (error) {
    if (serverErrno(error) !== LOCK_TIMEOUT) throw error;
    throw new AppError({
      code: 'DATABASE_BUSY',
      kind: 'source',
      message: `A table of the site stayed locked by another session for ${LOCK_SECONDS} seconds, so the tables could not be swapped.`,
      hint: 'End the long-running query or transaction (SHOW PROCESSLIST) and restore again.',
      retry: 'later',
      cause: error,
    });
  }
}

/** Removes what is left under our scratch names; with `old` the tables that were replaced, too. */
export async function dropLeftovers(session: MySqlSession, state: StateFile, which: 'scratch' | 'old'): Promise<void> {
  const prefix = which === 'scratch' ? `_bkr${state.state.id}_` : `_bko${state.state.id}_`;
  const found = (await listTables(session)).filter((table) => table.name.startsWith(prefix));
  await session.run('SET SESSION foreign_key_checks = 0');
  for (const kind of ['view', 'table'] as const) {
    const names = found.filter((table) => table.kind === kind).map((table) => quoteIdentifier(table.name));
    if (names.length === 0) continue;
    // oxlint-disable-next-line no-await-in-loop -- one connection
    await session.run(`DROP ${kind.toUpperCase()} IF EXISTS ${names.join(', ')}`);
  }
}
