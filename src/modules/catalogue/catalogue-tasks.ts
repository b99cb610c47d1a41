import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { asAppError } from '../../common/errors/index.js';
import { newId } from '../../common/ids.js';
import { AppConfig } from '../../config/index.js';
import { tryLock } from '../../database/index.js';
import { catalogueBusy, catalogueTaskNotFound } from './catalogue.errors.js';
import type { CatalogueTask, CatalogueTaskKind, TaskContext } from './catalogue-task.js';

const KEPT = 20;
const nothing = (): void => undefined;

/** Runs what takes long (backing the catalogue up, rebuilding, recovering it) in the background, one at a time. */
@Injectable()
export class CatalogueTasks implements OnModuleDestroy {
  private readonly logger = new Logger('catalogue');
  private readonly tasks: CatalogueTask[] = [];
  private readonly stop = new AbortController();
  private running: Promise<void> | null = null;

  constructor(private readonly config: AppConfig) {}

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  /** Begins the work and gives the task at once; what the work throws is kept in the task. Error: CATALOGUE_BUSY. */
  async start(
    kind: CatalogueTaskKind,
    work: (context: TaskContext) => Promise<Record<string, unknown>>,
  ): Promise<CatalogueTask> {
    if (this.running !== null) throw catalogueBusy();
    const answer = Promise.withResolvers<CatalogueTask>();
    const run = async (): Promise<void> => {
      let end = nothing;
      try {
        await this.locked(async (signal) => {
          const task = this.add(kind);
          answer.resolve(task);
          end = await this.run(task, work, signal);
        });
      } catch (error) {
        answer.reject(error);
      } finally {
        // Only now: who sees that it has ended may start the next one.
        this.running = null;
        end();
      }
    };
    this.running = run();
    return answer.promise;
  }

  /** Error: CATALOGUE_TASK_NOT_FOUND. */
  get(id: string): CatalogueTask {
    const task = this.tasks.find((each) => each.id === id);
    if (task === undefined) throw catalogueTaskNotFound(id);
    return task;
  }

  /** The newest task of this master; null when there was none since its start. */
  latest(): CatalogueTask | null {
    return this.tasks[0] ?? null;
  }

  /** Resolves when the task has ended, however it ended. */
  async ended(id: string): Promise<CatalogueTask> {
    const task = this.get(id);
    if (task.status === 'running') await this.running;
    return task;
  }

  private add(kind: CatalogueTaskKind): CatalogueTask {
    const task: CatalogueTask = {
      id: newId(),
      kind,
      status: 'running',
      progress: {},
      report: null,
      error: null,
      startedAt: new Date(),
      finishedAt: null,
    };
    this.tasks.unshift(task);
    this.tasks.splice(KEPT);
    return task;
  }

  /** Does the work; what is returned enters how it ended into the task. */
  private async run(
    task: CatalogueTask,
    work: (context: TaskContext) => Promise<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<() => void> {
    const count = (name: string, by = 1): void => {
      task.progress[name] = (task.progress[name] ?? 0) + by;
    };
    try {
      const report = await work({ signal, count });
      this.logger.log(`${task.kind} of the catalogue is done: ${JSON.stringify(task.progress)}`);
      return () => Object.assign(task, { report, status: 'completed', finishedAt: new Date() });
    } catch (thrown) {
      const error = asAppError(thrown);
      this.logger.warn(`${task.kind} of the catalogue failed: ${error.code} ${error.message}`);
      return () => Object.assign(task, { error, status: 'failed', finishedAt: new Date() });
    }
  }

  /** One task at a time on a database, whichever master runs it; it is stopped when the lock is lost. */
  private async locked(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const lock = await tryLock(this.config.databaseUrl ?? '', 'backupd:catalogue');
    if (lock === null) throw catalogueBusy();
    try {
      await work(AbortSignal.any([this.stop.signal, lock.lost]));
    } finally {
      await lock.release();
    }
  }
}
