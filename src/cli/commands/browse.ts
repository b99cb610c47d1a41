import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { ExitCode, usageError } from '../exit-codes.js';
import { bytes, count, plural, printable, time } from '../format.js';
import { getBackup } from '../lookup.js';
import { wholeNumber } from './arguments.js';
import type { Run } from './run.js';

interface OfSite {
  site?: string;
}

interface FolderItem {
  name: string;
  type: string;
  size: number;
  files: number;
  mtime?: string;
  target?: string;
}

interface FileDiff {
  from: string;
  to: string;
  totals: { added: number; removed: number; changed: number; newBytes: number; goneBytes: number } | null;
  items: FileChange[];
  nextCursor: string | null;
}

interface FileChange {
  change: 'added' | 'removed' | 'changed';
  name: string;
  what: string[];
  before?: { size: number };
  after?: { size: number };
}

const BACKUP = '"latest", an id, or the beginning of one';
const OF_SITE = ['--site <site>', 'the site of "latest": id, name, address or path'] as const;

/** `backupd ls`, `backupd get` and `backupd diff`: looking into backups. */
export function addBrowse(program: Command, run: Run): void {
  program
    .command('ls')
    .description('list a folder of a backup')
    .argument('<backup>', BACKUP)
    .argument('[path]', 'below the site, e.g. wp-content/uploads (default: the site itself)')
    .option(...OF_SITE)
    .action((text: string, path: string | undefined, options: OfSite) =>
      run((context) => list(context, text, path, options)),
    );
  program
    .command('get')
    .description('get one file out of a backup')
    .argument('<backup>', BACKUP)
    .argument('<path>', 'below the site, e.g. wp-config.php')
    .option(...OF_SITE)
    .option('-o, --output <file>', 'write it there, or into that folder (default: standard output)')
    .action((text: string, path: string, options: OfSite & { output?: string }) =>
      run((context) => get(context, text, path, options)),
    );
  program
    .command('diff')
    .description('what changed in the files since the backup before')
    .argument('<backup>', BACKUP)
    .option(...OF_SITE)
    .option('--from <backup>', 'the earlier backup (default: the one before)')
    .option('--path <path>', 'only this path below the site')
    .option('--limit <n>', 'how many changes to show', wholeNumber, 1000)
    .action((text: string, options: DiffOptions) => run((context) => diff(context, text, options)));
}

/** A path below the site as the backup has it; `database/…` and `external/…` stay. */
function memberPath(path: string): string {
  const plain = path.replace(/^(\.?\/)+|\/+$/g, '');
  if (plain === '' || plain === '.') return 'files';
  return /^(files|database|external|backupd)(\/|$)/.test(plain) ? plain : `files/${plain}`;
}

async function list(
  context: CommandContext,
  text: string,
  path: string | undefined,
  options: OfSite,
): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const backup = await getBackup(api, text, options.site);
  const items: FolderItem[] = [];
  let cursor: string | null = null;
  do {
    const query: Record<string, string | number> = { path: memberPath(path ?? ''), limit: 1000 };
    if (cursor !== null) query['cursor'] = cursor;
    // oxlint-disable-next-line no-await-in-loop -- a page says whether there is another
    const page: { items: FolderItem[]; nextCursor: string | null } = await api.get(
      `/backups/${backup.id}/files`,
      query,
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  output.data(items);
  output.table(
    ['NAME', 'SIZE', 'CHANGED'],
    items.map((item) => [nameOf(item), sizeOf(item), item.mtime === undefined ? '' : time(isoOf(item.mtime))]),
    'The folder is empty.',
  );
  return ExitCode.Ok;
}

function nameOf(item: FolderItem): string {
  const name = printable(item.name);
  if (item.type === 'dir') return `${name}/`;
  return item.target === undefined ? name : `${name} -> ${printable(item.target)}`;
}

function sizeOf(item: FolderItem): string {
  if (item.type === 'dir') return `${bytes(item.size)} in ${plural(item.files, 'file')}`;
  return item.type === 'file' ? bytes(item.size) : item.type;
}

function isoOf(nanoseconds: string): string {
  return new Date(Number(BigInt(nanoseconds) / 1_000_000n)).toISOString();
}

async function get(
  context: CommandContext,
  text: string,
  path: string,
  options: OfSite & { output?: string },
): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const backup = await getBackup(api, text, options.site);
  const member = memberPath(path);
  const content = await api.download(`/backups/${backup.id}/file`, { path: member }, context.interrupted);
  if (options.output === undefined) {
    await pipeline(content, output.terminal.stdout, { end: false });
    return ExitCode.Ok;
  }
  const target = await targetOf(options.output, basename(member));
  const partial = `${target}.${randomUUID()}.partial`;
  try {
    await pipeline(content, createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true }));
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  output.remark(`Written to ${printable(target)}.`);
  return ExitCode.Ok;
}

async function targetOf(given: string, name: string): Promise<string> {
  const path = resolve(given);
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() === true ? join(path, name) : path;
}

interface DiffOptions extends OfSite {
  from?: string;
  path?: string;
  limit: number;
}

async function diff(context: CommandContext, text: string, options: DiffOptions): Promise<ExitCode> {
  if (options.limit < 1) throw usageError('--limit is at least 1.');
  const { output } = context;
  const { colors } = output;
  const api = await context.api();
  const backup = await getBackup(api, text, options.site);
  const from = options.from === undefined ? undefined : (await getBackup(api, options.from, options.site)).id;
  const changes: FileChange[] = [];
  let first: FileDiff | null = null;
  let cursor: string | null = null;
  do {
    const query: Record<string, string | number> = { limit: Math.min(1000, options.limit - changes.length) };
    if (from !== undefined) query['from'] = from;
    if (options.path !== undefined) query['path'] = memberPath(options.path);
    if (cursor !== null) query['cursor'] = cursor;
    // oxlint-disable-next-line no-await-in-loop -- a page says whether there is another
    const page: FileDiff = await api.get(`/backups/${backup.id}/diff`, query);
    first ??= page;
    changes.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && changes.length < options.limit);
  output.data({ ...first, items: changes, nextCursor: cursor });
  const signs = { added: colors.green('+'), removed: colors.red('-'), changed: colors.yellow('~') };
  for (const change of changes) output.line(`${signs[change.change]} ${printable(change.name)}${detail(change)}`);
  const totals = first?.totals;
  if (totals === null || totals === undefined) return ExitCode.Ok;
  if (cursor !== null) output.line('… and more: --limit shows them');
  output.line(
    `${count(totals.added)} added, ${count(totals.changed)} changed, ${count(totals.removed)} removed; ${bytes(totals.newBytes)} of new content`,
  );
  return ExitCode.Ok;
}

function detail(change: FileChange): string {
  if (change.change !== 'changed') return '';
  const sizes =
    change.what.includes('content') && change.before !== undefined && change.after !== undefined
      ? ` ${bytes(change.before.size)} → ${bytes(change.after.size)}`
      : '';
  return `  (${change.what.join(', ')}${sizes})`;
}
