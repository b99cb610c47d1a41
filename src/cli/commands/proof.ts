import { type Command, Option } from 'commander';
import type { ProofDto, ProviderProofDto } from '../api-types.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode } from '../exit-codes.js';
import { bytes, count, limit, plural, printable, time } from '../format.js';
import { untilEnded } from '../poll.js';
import { sizeOf, wholeNumber } from './arguments.js';
import type { Run } from './run.js';

interface Portion {
  minutes?: number;
  size?: number;
  megabytes?: number;
}

interface EditOptions extends Portion {
  everyDays?: number;
  budget: boolean;
}

/** `backupd proof …` */
export function addProof(program: Command, run: Run): void {
  const proof = program.command('proof').description('when the stored objects were last read back: show, run, edit');
  proof
    .command('show', { isDefault: true })
    .description('show how fresh the proofs of each storage are')
    .action(() => run(async (context) => show(context, await (await context.api()).get<ProofDto>('/proof'))));
  proof
    .command('run')
    .description('read objects back now, those first that were not read for longest')
    .option('--minutes <n>', 'at most so long (default: 10, without --size)', wholeNumber)
    .option('--size <size>', 'at most so much of each storage: 500MB, 50GB', sizeOf)
    .addOption(megabytes())
    .action((options: Portion) => run((context) => runNow(context, options)));
  proof
    .command('edit')
    .alias('set')
    .description('change how often everything is read back')
    .option('--every-days <n>', 'every byte of every copy within so many days', wholeNumber)
    .option('--size <size>', 'at most so much a day of each storage: 500MB, 50GB', sizeOf)
    .addOption(megabytes())
    .option('--minutes <n>', 'at most so many a day of each storage', wholeNumber)
    .option('--no-budget', 'as much as it takes')
    .action((options: EditOptions) => run((context) => edit(context, options)));
}

/** What `--size` was before: whole megabytes. */
function megabytes(): Option {
  return new Option('--megabytes <n>').argParser(wholeNumber).hideHelp();
}

function bytesOf({ size, megabytes: before }: Portion): number | undefined {
  return size ?? (before === undefined ? undefined : before * 1_000_000);
}

function show({ output }: CommandContext, proof: ProofDto): ExitCode {
  output.data(proof);
  const limits = [
    ...(proof.budgetBytes === null ? [] : [`at most ${limit(proof.budgetBytes)} a day`]),
    ...(proof.budgetMinutes === null ? [] : [`at most ${proof.budgetMinutes} minutes a day`]),
  ];
  output.line(`Everything is read again every ${proof.everyDays} days${limits.map((each) => `, ${each}`).join('')}.`);
  for (const provider of proof.providers) {
    const loss = lossOf(provider);
    if (loss === null) continue;
    output.line(`${output.colors.bold(output.colors.red(`✖ ${printable(provider.providerName)}: ${loss}.`))} ${TO_DO}`);
  }
  output.table(
    ['STORAGE', 'OBJECTS', 'SIZE', 'OLDEST PROOF', 'READ IN TIME', 'OVERDUE', 'DAMAGED', 'MISSING', 'KEPT UP'],
    proof.providers.map((provider) => [
      printable(provider.providerName),
      count(provider.objects),
      bytes(provider.bytes),
      time(provider.oldestProofAt),
      `${Math.floor(provider.shareReadInTime * 100)} %`,
      count(provider.overdue),
      provider.damaged > 0 ? output.colors.red(count(provider.damaged)) : '0',
      provider.missing > 0 ? output.colors.red(count(provider.missing)) : '0',
      lossOf(provider) === null ? keptUp(provider) : output.colors.red(`no: ${lossOf(provider)}`),
    ]),
    'There is no storage yet.',
  );
  const isBad = proof.providers.some((each) => each.damaged + each.missing > 0 || each.guaranteed === false);
  return isBad ? ExitCode.Warnings : ExitCode.Ok;
}

const TO_DO =
  '"backupd repair <site>" makes them whole from another storage; "backupd doctor" names the sites and what is lost.';

/** `6 damaged, 1 missing`; null when nothing is. */
function lossOf({ damaged, missing }: ProviderProofDto): string | null {
  const parts = [
    ...(damaged > 0 ? [`${count(damaged)} damaged`] : []),
    ...(missing > 0 ? [`${count(missing)} missing`] : []),
  ];
  return parts.length === 0 ? null : parts.join(', ');
}

function keptUp({ guaranteed, needsBytesPerDay }: ProviderProofDto): string {
  if (guaranteed === null) return 'not known yet';
  return guaranteed ? 'yes' : `no: needs ${bytes(needsBytesPerDay)} a day`;
}

const isRunning = ({ providers }: ProofDto): boolean => providers.some((provider) => provider.running);

async function runNow(context: CommandContext, portion: Portion): Promise<ExitCode> {
  const api = await context.api();
  const { minutes } = portion;
  const size = bytesOf(portion);
  const { startedAt } = await api.post<{ startedAt: string }>('/proof/run', {
    ...(minutes === undefined ? {} : { minutes }),
    ...(size === undefined ? {} : { bytes: size }),
  });
  const look = (): Promise<ProofDto> => api.get<ProofDto>('/proof', {}, context.interrupted);
  const proof = await untilEnded(await look(), isRunning, look, context.interrupted);
  for (const { providerName, last } of proof.providers) {
    if (last === null || last.startedAt < startedAt) continue;
    const { objects, damaged, missing, unreadable, error } = last;
    context.output.line(
      `${printable(providerName)}: ${plural(objects, 'object')} read (${bytes(last.bytes)}), ${damaged} damaged, ${missing} missing, ` +
        `${unreadable} unreadable${error === null ? '' : `: ${printable(error.message)}`}`,
    );
  }
  return show(context, proof);
}

async function edit(context: CommandContext, options: EditOptions): Promise<ExitCode> {
  const api = await context.api();
  const before = await api.get<ProofDto>('/proof');
  const bytesBefore = options.budget ? before.budgetBytes : null;
  const minutesBefore = options.budget ? before.budgetMinutes : null;
  const body = {
    everyDays: options.everyDays ?? before.everyDays,
    budgetBytes: bytesOf(options) ?? bytesBefore,
    budgetMinutes: options.minutes ?? minutesBefore,
  };
  return show(context, await api.put<ProofDto>('/proof', body));
}
