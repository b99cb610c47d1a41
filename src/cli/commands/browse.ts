import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { ExitCode } from '../exit-codes.js';
import { bytes, plural, printable, time } from '../format.js';
import { getBackupId } from '../lookup.js';
import { BACKUP, memberPath, OF_SITE, type OfSite } from './backup-arguments.js';
import type { Run } from './run.js';

interface FolderItem {
  name: string;
  type: string;
  size: number;
  files: number;
  mtime?: string;
  target?: string;
}

/** `backupd ls` and `backupd get`: looking into backups. */
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
}

async function list(
  context: CommandContext,
  text: string,
  path: string | undefined,
  options: OfSite,
): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const id = await getBackupId(api, text, options.site);
  const items: FolderItem[] = [];
  let cursor: string | null = null;
  do {
    const query: Record<string, string | number> = { path: memberPath(path ?? ''), limit: 1000 };
    if (cursor !== null) query['cursor'] = cursor;
    // oxlint-disable-next-line no-await-in-loop -- a page says whether there is another
    const page: { items: FolderItem[]; nextCursor: string | null } = await api.get(`/backups/${id}/files`, query);
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
  const id = await getBackupId(api, text, options.site);
  const member = memberPath(path);
  const content = await api.download(`/backups/${id}/file`, { path: member }, context.interrupted);
  if (options.output === undefined) {
    await pipeline(content, output.terminal.stdout, { end: false });
    return ExitCode.Ok;
  }
  const target = await targetOf(options.output, basename(member));
  const partial = `${target}.${crypto.randomUUID()}.partial`;
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
