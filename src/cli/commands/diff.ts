import type { Command } from 'commander';
import { AppError } from '../../common/errors/index.js';
import type { ApiClient } from '../api-client.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode, usageError } from '../exit-codes.js';
import { bytes, count, plural, printable } from '../format.js';
import { getBackupId } from '../lookup.js';
import type { Output } from '../output.js';
import { wholeNumber } from './arguments.js';
import { BACKUP, memberPath, OF_SITE, type OfSite } from './backup-arguments.js';
import type { Run } from './run.js';

type Change = 'added' | 'removed' | 'changed';

interface FileChange {
  change: Change;
  name: string;
  what: string[];
  before?: { size: number };
  after?: { size: number };
}

interface FileDiff {
  from: string;
  to: string;
  totals: { added: number; removed: number; changed: number; newBytes: number; goneBytes: number } | null;
  items: FileChange[];
  nextCursor: string | null;
}

interface TableChange {
  name: string;
  change: Change | 'same';
  definitionChanged: boolean;
  rowsAdded: number;
  rowsRemoved: number;
  rowsChanged: number;
  exact: boolean;
}

interface TableDiff {
  from: string;
  to: string;
  totals: { added: number; removed: number; changed: number; same: number; exact: boolean };
  tables: TableChange[];
  objects: { kind: string; name: string | null; change: Change }[];
}

interface DiffOptions extends OfSite {
  from?: string;
  only?: string;
  path?: string;
  limit: number;
}

/** The two backups; `from` is left out for the one before. */
interface Pair {
  from?: string;
  to: string;
}

/** `backupd diff`: what changed between two backups, files and then tables. */
export function addDiff(program: Command, run: Run): void {
  program
    .command('diff')
    .description('what changed in the files and the database since the backup before')
    .argument('<backup>', BACKUP)
    .option(...OF_SITE)
    .option('--from <backup>', 'the earlier backup (default: the one before)')
    .option('--only <part>', '"files" or "database"')
    .option('--path <path>', 'only files of this path below the site')
    .option('--limit <n>', 'how many changes of files to show', wholeNumber, 1000)
    .action((text: string, options: DiffOptions) => run((context) => diff(context, text, options)));
}

async function diff(context: CommandContext, text: string, options: DiffOptions): Promise<ExitCode> {
  checkOptions(options);
  const { output } = context;
  const api = await context.api();
  const pair: Pair = { to: await getBackupId(api, text, options.site) };
  if (options.from !== undefined) pair.from = await getBackupId(api, options.from, options.site);
  const files = options.only === 'database' ? null : await fileChanges(api, pair, options);
  if (files !== null) showFiles(output, files);
  const withTables = options.only === 'database' || (options.only === undefined && options.path === undefined);
  const database = withTables ? await tableChanges(api, pair, options.only === 'database') : null;
  if (database !== null) {
    if (files !== null) output.line();
    showTables(output, database);
  }
  const nothing = { from: database?.from, to: pair.to, totals: null, items: [], nextCursor: null };
  output.data({ ...(files ?? nothing), database });
  return ExitCode.Ok;
}

function checkOptions({ limit, only, path }: DiffOptions): void {
  if (limit < 1) throw usageError('--limit is at least 1.');
  if (only !== undefined && only !== 'files' && only !== 'database')
    throw usageError(`--only is "files" or "database", not "${printable(only)}".`);
  if (only === 'database' && path !== undefined)
    throw usageError('--path chooses files: it does not go with --only database.');
}

async function fileChanges(api: ApiClient, pair: Pair, options: DiffOptions): Promise<FileDiff> {
  const items: FileChange[] = [];
  let first: FileDiff | null = null;
  let cursor: string | null = null;
  do {
    const query: Record<string, string | number> = { limit: Math.min(1000, options.limit - items.length) };
    if (pair.from !== undefined) query['from'] = pair.from;
    if (options.path !== undefined) query['path'] = memberPath(options.path);
    if (cursor !== null) query['cursor'] = cursor;
    // oxlint-disable-next-line no-await-in-loop -- a page says whether there is another
    const page: FileDiff = await api.get(`/backups/${pair.to}/diff`, query);
    first ??= page;
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && items.length < options.limit);
  return { ...first, items, nextCursor: cursor };
}

/** Null when the site's module can't compare databases, unless that was asked for. */
async function tableChanges(api: ApiClient, pair: Pair, isAsked: boolean): Promise<TableDiff | null> {
  try {
    return await api.get<TableDiff>(
      `/backups/${pair.to}/diff/tables`,
      pair.from === undefined ? {} : { from: pair.from },
    );
  } catch (error) {
    if (!isAsked && error instanceof AppError && error.code === 'DIFF_UNSUPPORTED') return null;
    throw error;
  }
}

function showFiles(output: Output, { totals, items, nextCursor }: FileDiff): void {
  for (const change of items) output.line(`${sign(output, change.change)} ${printable(change.name)}${detail(change)}`);
  if (totals === null) return;
  if (nextCursor !== null) output.line('… and more: --limit shows them');
  output.line(
    `${count(totals.added)} added, ${count(totals.changed)} changed, ${count(totals.removed)} removed; ${bytes(totals.newBytes)} of new content`,
  );
}

function sign({ colors }: Output, change: Change): string {
  return { added: colors.green('+'), removed: colors.red('-'), changed: colors.yellow('~') }[change];
}

function detail(change: FileChange): string {
  if (change.change !== 'changed') return '';
  const sizes =
    change.what.includes('content') && change.before !== undefined && change.after !== undefined
      ? ` ${bytes(change.before.size)} → ${bytes(change.after.size)}`
      : '';
  return `  (${change.what.join(', ')}${sizes})`;
}

function showTables(output: Output, { totals, tables, objects }: TableDiff): void {
  const rows = tables.flatMap((table) => (table.change === 'same' ? [] : [tableRow(output, table, table.change)]));
  output.table(['TABLE', 'ROWS ADDED', 'REMOVED', 'CHANGED', ''], rows, 'No table changed.');
  for (const { kind, name, change } of objects)
    output.line(`${sign(output, change)} ${name === null ? `a ${kind}` : `${kind} ${printable(name)}`}`);
  if (!totals.exact) output.line('≤ is the most that it can be: there was too much to compare.');
  const { added, changed, removed, same } = totals;
  output.line(
    `${plural(added, 'table')} added, ${count(changed)} changed, ${count(removed)} removed, ${count(same)} the same`,
  );
}

function tableRow(output: Output, table: TableChange, change: Change): string[] {
  const figure = (rows: number): string => `${table.exact ? '' : '≤ '}${count(rows)}`;
  return [
    `${sign(output, change)} ${printable(table.name)}`,
    figure(table.rowsAdded),
    figure(table.rowsRemoved),
    figure(table.rowsChanged),
    table.definitionChanged ? 'definition changed' : '',
  ];
}
