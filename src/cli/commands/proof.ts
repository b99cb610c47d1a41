import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import type { ProofDto, ProviderProofDto } from '../api-types.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode } from '../exit-codes.js';
import { bytes, count, plural, printable, time } from '../format.js';
import { wholeNumber } from './arguments.js';
import type { Run } from './run.js';

const POLL_MS = 300;
const MEGABYTE = 1_000_000;

interface SetOptions {
  everyDays?: number;
  megabytes?: number;
  minutes?: number;
  budget: boolean;
}

/** `backupd proof …` */
export function addProof(program: Command, run: Run): void {
  const proof = program.command('proof').description('when the stored objects were last read back: show, run, set');
  proof
    .command('show', { isDefault: true })
    .description('show how fresh the proofs of each storage are')
    .action(() => run(async (context) => show(context, await (await context.api()).get<ProofDto>('/proof'))));
  proof
    .command('run')
    .description('read objects back now, those first that were not read for longest')
    .option('--minutes <n>', 'at most so long (default: 10, without --megabytes)', wholeNumber)
    .option('--megabytes <n>', 'at most so many of each storage', wholeNumber)
    .action((options: { minutes?: number; megabytes?: number }) => run((context) => runNow(context, options)));
  proof
    .command('set')
    .description('change how often everything is read back')
    .option('--every-days <n>', 'every byte of every copy within so many days', wholeNumber)
    .option('--megabytes <n>', 'at most so many a day of each storage', wholeNumber)
    .option('--minutes <n>', 'at most so many a day of each storage', wholeNumber)
    .option('--no-budget', 'as much as it takes')
    .action((options: SetOptions) => run((context) => set(context, options)));
}

function show({ output }: CommandContext, proof: ProofDto): ExitCode {
  output.data(proof);
  const limits = [
    ...(proof.budgetBytes === null ? [] : [`at most ${bytes(proof.budgetBytes)} a day`]),
    ...(proof.budgetMinutes === null ? [] : [`at most ${proof.budgetMinutes} minutes a day`]),
  ];
  output.line(`Everything is read again every ${proof.everyDays} days${limits.map((limit) => `, ${limit}`).join('')}.`);
  output.table(
    ['STORAGE', 'OBJECTS', 'SIZE', 'OLDEST PROOF', 'READ IN TIME', 'OVERDUE', 'DAMAGED', 'MISSING', 'KEPT UP'],
    proof.providers.map((provider) => [
      printable(provider.providerName),
      count(provider.objects),
      bytes(provider.bytes),
      time(provider.oldestProofAt),
      `${Math.floor(provider.shareReadInTime * 100)} %`,
      count(provider.overdue),
      count(provider.damaged),
      count(provider.missing),
      keptUp(provider),
    ]),
    'There is no storage yet.',
  );
  const isBad = proof.providers.some((each) => each.damaged + each.missing > 0 || each.guaranteed === false);
  return isBad ? ExitCode.Warnings : ExitCode.Ok;
}

function keptUp({ guaranteed, needsBytesPerDay }: ProviderProofDto): string {
  if (guaranteed === null) return 'not known yet';
  return guaranteed ? 'yes' : `no: needs ${bytes(needsBytesPerDay)} a day`;
}

async function runNow(
  context: CommandContext,
  { minutes, megabytes }: { minutes?: number; megabytes?: number },
): Promise<ExitCode> {
  const api = await context.api();
  const { startedAt } = await api.post<{ startedAt: string }>('/proof/run', {
    ...(minutes === undefined ? {} : { minutes }),
    ...(megabytes === undefined ? {} : { bytes: megabytes * MEGABYTE }),
  });
  let proof = await api.get<ProofDto>('/proof');
  while (proof.providers.some((provider) => provider.running)) {
    await pause(POLL_MS, undefined, { signal: context.interrupted });
    proof = await api.get<ProofDto>('/proof', {}, context.interrupted);
  }
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

async function set(context: CommandContext, options: SetOptions): Promise<ExitCode> {
  const api = await context.api();
  const before = await api.get<ProofDto>('/proof');
  const bytesBefore = options.budget ? before.budgetBytes : null;
  const minutesBefore = options.budget ? before.budgetMinutes : null;
  const body = {
    everyDays: options.everyDays ?? before.everyDays,
    budgetBytes: options.megabytes === undefined ? bytesBefore : options.megabytes * MEGABYTE,
    budgetMinutes: options.minutes ?? minutesBefore,
  };
  return show(context, await api.put<ProofDto>('/proof', body));
}
