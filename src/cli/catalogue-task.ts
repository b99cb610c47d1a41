import { AppError } from '../common/errors/index.js';
import type { CatalogueTaskDto, RebuildReportDto } from './api-types.js';
import type { CommandContext } from './command-context.js';
import { printable } from './format.js';
import { untilEnded } from './poll.js';

const SHOWN_FINDINGS = 50;

/** Waits until a task of the catalogue has ended well, with its progress shown; its report. A failed one is thrown as its error. */
export async function followTask<T>(context: CommandContext, begun: CatalogueTaskDto): Promise<T> {
  const { output, interrupted } = context;
  const api = await context.api();
  let shown = '';
  const showProgress = ({ progress }: CatalogueTaskDto): void => {
    const now = Object.entries(progress)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
    if (now !== shown && output.terminal.stderr.isTTY === true) output.remark(output.colors.dim(`  ${now}`));
    shown = now;
  };
  const look = async (): Promise<CatalogueTaskDto> => {
    const now = await api.get<CatalogueTaskDto>(`/catalogue/tasks/${begun.id}`);
    showProgress(now);
    return now;
  };
  const task = await untilEnded(begun, ({ status }) => status === 'running', look, interrupted);
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
