import type { Command } from 'commander';
import type { AuditEntryDto, AuditPageDto } from '../api-types-audit.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode } from '../exit-codes.js';
import { printable, time } from '../format.js';
import { wholeNumber } from './arguments.js';
import type { Run } from './run.js';

const PAGE = 500;

interface AuditOptions {
  actor?: string;
  action?: string;
  target?: string;
  from?: string;
  until?: string;
  limit: number;
}

/** `backupd audit` */
export function addAudit(program: Command, run: Run): void {
  program
    .command('audit')
    .description('who did what from where, newest first')
    .option('--actor <who>', 'id or name of a token, "system" or "nobody"')
    .option('--action <action>', 'sites.update; or all of a feature: sites.')
    .option('--target <id>', 'only what was done to this site, backup, token, …')
    .option('--from <time>', 'from this time on (2026-03-01 or 2026-03-01T14:00:00Z)')
    .option('--until <time>', 'before this time')
    .option('--limit <n>', 'how many', wholeNumber, 50)
    .action((options: AuditOptions) => run((context) => list(context, options)));
}

async function list(context: CommandContext, { limit, ...filter }: AuditOptions): Promise<ExitCode> {
  const { output } = context;
  const entries = await read(context, filter, limit);
  output.data(entries);
  output.table(
    ['TIME', 'WHO', 'FROM', 'ACTION', 'TARGET', 'ANSWER'],
    entries.map((entry) => [
      time(entry.at),
      printable(entry.actorName ?? entry.actor),
      printable(entry.address ?? '–'),
      printable(entry.action),
      printable(entry.targetId ?? '–'),
      entry.error === null ? String(entry.status ?? '–') : `${entry.status ?? ''} ${printable(entry.error)}`.trim(),
    ]),
    'There is no such entry.',
  );
  return ExitCode.Ok;
}

async function read(
  context: CommandContext,
  filter: Omit<AuditOptions, 'limit'>,
  limit: number,
): Promise<AuditEntryDto[]> {
  const api = await context.api();
  const entries: AuditEntryDto[] = [];
  let cursor: number | null = null;
  while (entries.length < limit) {
    const query = new URLSearchParams({ ...filter, limit: String(Math.min(PAGE, limit - entries.length)) });
    if (cursor !== null) query.set('cursor', String(cursor));
    const page: AuditPageDto = await api.get<AuditPageDto>(`/audit?${query.toString()}`);
    entries.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === null) break;
  }
  return entries;
}
