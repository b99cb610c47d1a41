import { AppError } from '../../common/errors/index.js';
import type { ResourceGate } from '../ports/index.js';
import { JobRunner, type JobPlan, type RunEnd } from './job-runner.js';
import type { RunObserver } from './observer.js';
import { RunJournal } from './run-journal.js';
import type { RunnableStage } from './runnable-stage.js';
import { WorkFolder } from './work-folder.js';

/** What a run told, for tests. */
export class Recorder implements RunObserver {
  readonly lines: string[] = [];
  readonly kept: string[] = [];
  readonly progressed: string[] = [];
  /** What each write brought. */
  readonly writes: string[][] = [];
  failOn: string | null = null;
  #told: string[] = [];

  resumed(kept: readonly string[]): void {
    this.#tell(`resumed ${kept.join(',')}`);
  }
  stageStarted(stage: string): void {
    this.#tell(`start ${stage}`);
  }
  stageEnded(stage: string, record: { status: string; warnings: number }): void {
    this.#tell(`${record.status} ${stage}${record.warnings > 0 ? ` (${record.warnings} warnings)` : ''}`);
  }
  progress({ stage, bytesDone }: { stage: string; bytesDone: number }): void {
    this.progressed.push(`${stage}:${bytesDone}`);
  }
  warning(stage: string, warning: { code: string }): void {
    this.kept.push(`${stage}:${warning.code}`);
    this.#told.push('warning');
  }
  note(stage: string, message: string): void {
    this.#tell(`note ${stage} ${message}`);
  }
  async write(): Promise<void> {
    const told = this.#told;
    this.#told = [];
    this.writes.push(told);
    await Promise.resolve();
    const bad = told.find((line) => this.failOn !== null && line.startsWith(this.failOn));
    if (bad !== undefined) throw new Error(`observer: ${bad}`);
  }
  #tell(line: string): void {
    this.lines.push(line);
    this.#told.push(line);
  }
}

/** One attempt of a job in its work folder. */
export interface Attempt {
  recorder: Recorder;
  journal: RunJournal;
  work: WorkFolder;
  run: (stages: RunnableStage[], plan?: Partial<JobPlan>, signal?: AbortSignal, drain?: AbortSignal) => Promise<RunEnd>;
}

/** Resources that are always free. */
const free: ResourceGate = { capacity: () => 1, use: async (_kind, work) => work() };

export async function attempt(workDir: string, stallMs = 0): Promise<Attempt> {
  const recorder = new Recorder();
  const work = new WorkFolder(workDir);
  await work.open();
  const journal = new RunJournal(recorder, 0, { progressIntervalMs: 0 });
  const runner = new JobRunner(work, journal, { resources: free, stallMs });
  return {
    recorder,
    journal,
    work,
    run: (stages, plan = {}, signal = new AbortController().signal, drain) =>
      runner.run(
        { stages, goesOnLater: () => false, ...plan },
        { stop: signal, ...(drain === undefined ? {} : { drain }) },
      ),
  };
}

/** A stage that ends well. */
export const ok = (name: string, run: () => Promise<void> | void = () => undefined, check = true): RunnableStage => ({
  name,
  run: async () => {
    await run();
    return { message: `${name} done` };
  },
  check: () => Promise.resolve(check),
});
/** A stage that fails. */
export const failing = (name: string, error: Error): RunnableStage => ({ name, run: () => Promise.reject(error) });
/** A fault that passes. */
export const later = new AppError({ code: 'BUSY', kind: 'source', message: 'Busy.', retry: 'later' });
