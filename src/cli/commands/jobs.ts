import type { Command } from 'commander';
import { isFinal, type JobDto } from '../api-types.js';
import type { ApiClient } from '../api-client.js';
import type { CommandContext } from '../command-context.js';
import { ExitCode, exitCodeOfJob } from '../exit-codes.js';
import { bytes, duration, printable, shortIds, time } from '../format.js';
import { getJob, getSite } from '../lookup.js';
import { hostOfJob } from '../nodes.js';
import { liveLine } from '../progress-display.js';
import { wholeNumber } from './arguments.js';
import type { Run } from './run.js';

const SHOWN_NOTES = 50;

interface ListOptions {
  site?: string;
  status?: string;
  kind?: string;
  limit: number;
}

/** `backupd jobs …` */
export function addJobs(program: Command, run: Run): void {
  const jobs = program.command('jobs').description('the jobs: list, show, follow, cancel, retry');
  jobs
    .command('list', { isDefault: true })
    .description('list the jobs, newest first')
    .option('--site <site>', 'only of this site: id, name, address or path')
    .option('--status <status>', 'pending, running, completed, failed or cancelled')
    .option('--kind <kind>', 'backup, restore, verify or repair')
    .option('--limit <n>', 'how many', wholeNumber, 25)
    .action((options: ListOptions) => run((context) => list(context, options)));
  jobs
    .command('show')
    .description('show a job with its stages, warnings and notes')
    .argument('<job>', 'id or the beginning of one')
    .action((text: string) => run((context) => show(context, text)));
  jobs
    .command('follow')
    .description('show a job until its end')
    .argument('<job>', 'id or the beginning of one')
    .action((text: string) => run(async (context) => context.finish(await getJob(await context.api(), text), true)));
  jobs
    .command('cancel')
    .description('cancel a job')
    .argument('<job>', 'id or the beginning of one')
    .action((text: string) => run((context) => cancel(context, text)));
  jobs
    .command('retry')
    .description('run a failed or cancelled job again: a failed backup goes on from what it keeps')
    .argument('<job>', 'id or the beginning of one')
    .option('--wait', 'show it until its end')
    .action((text: string, options: { wait?: boolean }) =>
      run((context) => retry(context, text, options.wait === true)),
    );
}

async function list(context: CommandContext, options: ListOptions): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const query = {
    ...(options.site === undefined ? {} : { siteId: (await getSite(api, options.site)).id }),
    ...(options.status === undefined ? {} : { status: options.status }),
    ...(options.kind === undefined ? {} : { kind: options.kind }),
  };
  const found: JobDto[] = [];
  for await (const job of api.all<JobDto>('/jobs', query)) {
    if (found.length >= options.limit) break;
    found.push(job);
  }
  output.data(found);
  const idOf = shortIds(found);
  output.table(
    ['ID', 'KIND', 'SITE', 'STATUS', 'STARTED', 'TOOK'],
    found.map((job) => [
      idOf(job.id),
      job.kind,
      printable(job.siteName),
      statusText(context, job),
      time(job.startedAt ?? job.createdAt),
      job.startedAt === null || job.finishedAt === null ? '–' : duration(seconds(job.startedAt, job.finishedAt)),
    ]),
    Object.keys(query).length > 0 ? 'There is no such job.' : 'There was no job yet.',
  );
  return ExitCode.Ok;
}

function statusText(context: CommandContext, job: JobDto): string {
  const { colors } = context.output;
  if (job.status === 'failed') return colors.red('failed');
  if (job.status === 'completed' && job.warningCount > 0) return colors.yellow('completed, warnings');
  if (job.status === 'completed') return colors.green('completed');
  if (job.status === 'running') {
    const names = job.stages.filter((stage) => stage.status === 'running').map((stage) => stage.name);
    return colors.cyan(`running${names.length > 0 ? ` (${names.join(' + ')})` : ''}`);
  }
  return job.status;
}

async function show(context: CommandContext, text: string): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const job = await getJob(api, text);
  if (isFinal(job)) context.report(job);
  else {
    output.data(job);
    const again = job.retryAt === null ? '' : `, tried again at ${time(job.retryAt)}`;
    output.line(`${job.kind} of ${printable(job.siteName)}: ${job.status}${again}`);
    if (job.progress !== null) output.line(`  ${liveLine(job.progress)}`);
  }
  const host = await hostOfJob(api, job);
  if (host !== null) output.line(`  ${host}`);
  output.table(
    ['STAGE', 'STATUS', 'TOOK', ''],
    job.stages.map((stage) => [
      stage.name,
      stage.status,
      duration(stage.durationSeconds),
      printable(stage.message ?? ''),
    ]),
    '',
  );
  if (job.keptUntil !== null)
    output.line(
      `  ${bytes(job.keptBytes ?? 0)} of it are kept until ${time(job.keptUntil)}: backupd jobs retry ${job.id} goes on from there`,
    );
  if (job.attempts.length > 1 || job.retryAt !== null || job.attempts.some(({ outcome }) => outcome === 'cut-off'))
    output.table(
      ['ATTEMPT', 'ENDED', 'HOW', ''],
      job.attempts.map(({ number, endedAt, outcome, stage, error }) => [
        String(number),
        time(endedAt),
        stage === null ? outcome : `${outcome} in ${stage}`,
        printable(error === null ? '' : `${error.message} [${error.code}]`),
      ]),
      '',
    );
  if (!output.json && isFinal(job))
    for (const note of await notesOf(api, job.id, context.interrupted)) output.line(output.colors.dim(`  ${note}`));
  return exitCodeOfJob(job);
}

/** What the job has noted on its way (a storage that was passed over, another attempt), each once; the first of them. */
async function notesOf(api: ApiClient, id: string, signal: AbortSignal): Promise<string[]> {
  const notes = new Set<string>();
  for await (const { type, data } of api.events(`/jobs/${id}/events`, { signal }))
    if (type === 'job.note' && typeof data['message'] === 'string' && notes.size < SHOWN_NOTES)
      notes.add(printable(data['message']));
  return [...notes];
}

async function retry(context: CommandContext, text: string, wait: boolean): Promise<ExitCode> {
  const api = await context.api();
  const job = await getJob(api, text);
  return context.finish(await api.post<JobDto>(`/jobs/${job.id}/retry`), wait);
}

async function cancel(context: CommandContext, text: string): Promise<ExitCode> {
  const { output } = context;
  const api = await context.api();
  const job = await getJob(api, text);
  const answer = await api.post<JobDto | null>(`/jobs/${job.id}/cancel`);
  output.data(answer ?? job);
  const state = answer?.status === 'cancelled' ? 'is cancelled' : 'is being cancelled';
  output.line(`The ${job.kind} of ${printable(job.siteName)} ${state}`);
  return ExitCode.Ok;
}

const seconds = (from: string, to: string): number => (new Date(to).getTime() - new Date(from).getTime()) / 1000;
