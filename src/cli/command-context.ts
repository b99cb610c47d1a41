import type { ApiClient } from './api-client.js';
import { isFinal, type JobDto } from './api-types.js';
import { connect, type Connection } from './connection.js';
import { ExitCode, exitCodeOfJob } from './exit-codes.js';
import { followJob } from './follow-job.js';
import { bytes, duration, printable } from './format.js';
import type { Output } from './output.js';

/** What each command works with: a connection made when first needed, the output, and Ctrl-C. */
export class CommandContext {
  #connection: Promise<Connection> | null = null;
  readonly #interrupt = new AbortController();

  constructor(readonly output: Output) {}

  /** Raised by the first Ctrl-C. */
  get interrupted(): AbortSignal {
    return this.#interrupt.signal;
  }

  /** What a Ctrl-C or SIGTERM does: the first lets the command end well, the second ends it at once. */
  interrupt(): void {
    if (this.#interrupt.signal.aborted) process.exit(ExitCode.Interrupted);
    this.#interrupt.abort();
  }

  async connection(): Promise<Connection> {
    this.#connection ??= this.connect(true);
    return this.#connection;
  }

  /** Only a master that runs: none is started for this command. Error: MASTER_NOT_RUNNING. */
  async runningApi(): Promise<ApiClient> {
    this.#connection ??= this.connect(false);
    return (await this.#connection).api;
  }

  async api(): Promise<ApiClient> {
    return (await this.connection()).api;
  }

  private connect(start: boolean): Promise<Connection> {
    return connect(this.output.terminal.env, (line) => this.output.remark(this.output.colors.dim(line)), start);
  }

  /** Ends a master that was started for this command. */
  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => null);
    await connection?.close();
  }

  /**
   * Waits for a job with progress shown, or says how to follow it. A master of our own must be waited for: its jobs end
   * with it. Ctrl-C leaves the job running in a server, and cancels it in a master of our own.
   */
  async finish(job: JobDto, wait: boolean): Promise<ExitCode> {
    const { api, embedded } = await this.connection();
    const { output } = this;
    if (!wait && !embedded) {
      output.data(job);
      output.line(`${job.kind} of ${printable(job.siteName)} is on its way: job ${job.id}`);
      output.line(output.colors.dim(`  follow it: backupd jobs follow ${job.id}`));
      return ExitCode.Ok;
    }
    const seen = {};
    const last = await followJob(api, job.id, output, this.interrupted, seen);
    if (isFinal(last)) return this.report(last);
    if (!embedded) {
      output.data(last);
      output.remark(`The ${last.kind} goes on in the server (job ${last.id}).`);
      output.remark(`  follow it: backupd jobs follow ${last.id}`);
      output.remark(`  cancel it: backupd jobs cancel ${last.id}`);
      return ExitCode.Interrupted;
    }
    output.remark('Cancelling …');
    await api.post(`/jobs/${job.id}/cancel`);
    this.report(await followJob(api, job.id, output, new AbortController().signal, seen));
    return ExitCode.Interrupted;
  }

  /** Shows how a job ended; the exit code for it. */
  report(job: JobDto): ExitCode {
    const { output } = this;
    const { colors } = output;
    output.data(job);
    const name = `${job.kind} of ${printable(job.siteName)}`;
    const took = secondsOf(job);
    if (job.status === 'completed') {
      const stored = job.result?.['storedBytes'];
      const size = typeof stored === 'number' ? `, ${bytes(stored)} stored` : '';
      const mark = job.warningCount > 0 ? colors.yellow('!') : colors.green('✔');
      const partial =
        job.warningCount > 0 ? ` with ${job.warningCount} warning${job.warningCount === 1 ? '' : 's'}` : '';
      output.line(`${mark} ${name} completed${partial} in ${duration(took)}${size}`);
      if (job.backupId !== null && job.kind === 'backup') output.line(`  backup ${job.backupId}`);
      for (const warning of job.warnings.slice(0, 20))
        output.line(`  ${colors.yellow('!')} ${printable(warning.message)} ${colors.dim(`[${warning.code}]`)}`);
      const more = job.warningCount - Math.min(20, job.warnings.length);
      if (more > 0) output.line(colors.dim(`  … and ${more} more: backupd jobs show ${job.id}`));
    } else if (job.status === 'cancelled') {
      output.line(`${colors.yellow('–')} ${name} was cancelled after ${duration(took)}`);
    } else {
      output.line(`${colors.red('✖')} ${name} failed: ${printable(job.error?.message ?? 'no reason is known')}`);
      if (typeof job.error?.hint === 'string') output.line(`  ${printable(job.error.hint)}`);
      output.line(colors.dim(`  [${job.error?.code ?? 'INTERNAL'}] job ${job.id}`));
    }
    return exitCodeOfJob(job);
  }
}

function secondsOf(job: JobDto): number | null {
  if (job.startedAt === null || job.finishedAt === null) return null;
  return (new Date(job.finishedAt).getTime() - new Date(job.startedAt).getTime()) / 1000;
}
