import type { Command } from 'commander';
import type { ReconciliationDto } from '../api-types.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode } from '../exit-codes.js';
import { bytes, count, plural, printable } from '../format.js';
import { untilEnded } from '../poll.js';
import { getStorage } from '../storages.js';
import { wholeNumber } from './arguments.js';
import type { Run } from './run.js';

interface Options {
  adopt?: boolean;
  mark?: boolean;
  delete?: boolean;
  grace: number;
  force?: boolean;
}

/** `backupd reconcile` */
export function addReconcile(program: Command, run: Run): void {
  program
    .command('reconcile')
    .description('compare a storage with the catalogue; a dry run unless told what to do')
    .argument('<storage>', 'name, id or the beginning of one')
    .option('--adopt', 'enter unknown backups into the catalogue')
    .option('--mark', 'mark what is missing or has changed, and what is back')
    .option('--delete', 'delete unknown objects that are part of no backup')
    .option('--grace <days>', 'never delete what is younger', wholeNumber, 7)
    .option('--force', 'believe the storage also when it lacks most of what it must have')
    .action((storage: string, options: Options) => run((context) => reconcile(context, storage, options)));
}

async function reconcile(context: CommandContext, storage: string, options: Options): Promise<ExitCode> {
  const api = await context.api();
  const { id, name } = await getStorage(api, storage);
  const actions = (['adopt', 'mark', 'delete'] as const).filter((action) => options[action] === true);
  const begun = await api.post<ReconciliationDto>(`/storage/${id}/reconciliations`, {
    actions,
    graceDays: options.grace,
    force: options.force === true,
  });
  const report = await untilEnded(
    begun,
    ({ status }) => status === 'running',
    () => api.get<ReconciliationDto>(`/reconciliations/${begun.id}`, {}, context.interrupted),
    context.interrupted,
  );
  return show(context, name, report);
}

function show({ output }: CommandContext, name: string, report: ReconciliationDto): ExitCode {
  const { counts, findings, error } = report;
  const number = (key: string): number => counts[key] ?? 0;
  output.data(report);
  if (error !== null && findings.length === 0) {
    output.remark(`${output.colors.red('✖')} ${printable(error.message)}`);
    if (error.hint !== null) output.remark(`  ${printable(error.hint)}`);
    return ExitCode.Failed;
  }
  output.table(
    ['FINDING', 'OBJECT', 'EXPECTED', 'STORED', 'DONE', ''],
    findings.map((finding) => [
      finding.kind,
      printable(finding.key),
      bytes(finding.expectedBytes),
      bytes(finding.storedBytes),
      finding.action === 'none' ? '–' : finding.action,
      printable(finding.note ?? ''),
    ]),
    'Storage and catalogue agree.',
  );
  const kinds = ['missing', 'size', 'orphan', 'foreign'];
  const all = kinds.reduce((sum, kind) => sum + number(kind), 0);
  if (all > findings.length) output.line(`… and ${count(all - findings.length)} more`);
  output.line(
    `${printable(name)}: ${plural(number('listed'), 'object')} (${bytes(number('listedBytes'))}), ${count(number('known'))} known, ` +
      kinds.map((kind) => `${count(number(kind))} ${kind}`).join(', '),
  );
  const done = ['adopted', 'marked', 'deleted', 'waiting', 'failed'].filter((action) => number(action) > 0);
  if (done.length > 0) output.line(done.map((action) => `${count(number(action))} ${action}`).join(', '));
  if (error === null) return number('missing') + number('size') > 0 ? ExitCode.Warnings : ExitCode.Ok;
  output.remark(`${output.colors.red('✖')} ${printable(error.message)}`);
  if (error.hint !== null) output.remark(`  ${printable(error.hint)}`);
  return ExitCode.Failed;
}
