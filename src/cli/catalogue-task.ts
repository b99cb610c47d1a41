import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../common/errors/index.js';
import type { CatalogueTaskDto, RebuildReportDto } from './api-types.js';
import type { CommandContext } from './command-context.js';
import { printable } from './format.js';

const EVERY_MS = 250;
const SHOWN_FINDINGS = 50;

/** Waits until a task of the catalogue has ended well, with its progress shown; its report. A failed one is thrown as its error. */
export async function followTask<T>(context: CommandContext, begun: CatalogueTaskDto): Promise<T> {
  const { output, interrupted } = context;
  const api = await context.api();
  let task = begun;
  let shown = '';
  while (task.status === 'running') {
    if (interrupted.aborted) throw interruptedError(task);
    // oxlint-disable-next-line no-await-in-loop -- waiting is the point
    await pause(EVERY_MS);
    // oxlint-disable-next-line no-await-in-loop -- one look after the other
    task = await api.get<CatalogueTaskDto>(`/catalogue/tasks/${begun.id}`);
    const now = Object.entries(task.progress)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
    if (now !== shown && output.terminal.stderr.isTTY === true) output.remark(output.colors.dim(`  ${now}`));
    shown = now;
  }
  if (task.error !== null) {
    const { code, message, hint } = task.error;
    throw new AppError({ code, kind: 'precondition', message, ...(hint === null ? {} : { hint }) });
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the report is of the kind of task that was begun
  return task.report as T;
}

/** What a storage brought back, for a person. True when something in it needs a look. */
export function showRebuild({ output }: CommandContext, report: RebuildReportDto): boolean {
  const { sites, backups, missing, findings, moreFindings } = report;
  output.facts([
    ['sites', `${sites.entered} brought back, ${sites.known} known before`],
    ['backups', `${backups.adopted} brought back, ${backups.known} known before`],
  ]);
  const bad = backups.damaged + backups.incomplete + backups.later + sites.conflict + sites.refused + missing;
  if (bad > 0)
    output.line(
      `  ${backups.damaged} damaged, ${backups.incomplete} incomplete, ${backups.later} being worked on; ` +
        `${sites.conflict + sites.refused} sites not brought back; ${missing} objects missing`,
    );
  for (const { key, code, message } of findings.slice(0, SHOWN_FINDINGS))
    output.line(`    ${printable(key)}: ${printable(message)} [${printable(code)}]`);
  const more = findings.length - Math.min(findings.length, SHOWN_FINDINGS) + moreFindings;
  if (more > 0) output.line(`    and ${more} more`);
  return bad > 0 || findings.length > 0;
}

function interruptedError(task: CatalogueTaskDto): AppError {
  return new AppError({
    code: 'COMMAND_INTERRUPTED',
    kind: 'cancelled',
    message: `The ${task.kind} was not waited for.`,
    hint: '"backupd catalogue" shows how it goes on; done again, it goes on where it was.',
    retry: 'later',
  });
}
