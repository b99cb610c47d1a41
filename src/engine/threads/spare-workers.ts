import type { Worker } from 'node:worker_threads';
import { closeWorker, spawnWorker } from './spawn-worker.js';

/** One that nobody has taken by then ends. */
const PATIENCE_MS = 5_000;

/**
 * Worker threads of one module that are started before there is work for them: one takes some 50 ms to come up, which can pass
 * while something else is waited for. The module gets its data as its first message, not as `workerData`.
 */
export class SpareWorkers {
  /** With what is to be undone when one is taken. */
  private readonly spares = new Map<Worker, () => void>();

  constructor(
    private readonly module: string,
    private readonly callerUrl: string,
  ) {}

  /** Sees to it that so many are there or on their way. They keep no process alive. */
  prepare(count: number): void {
    while (this.spares.size < count) this.add();
  }

  /** One that was prepared, or a new one; it has been sent its data. The caller's to listen to and to close. */
  take(data: unknown): Worker {
    const [spare] = this.spares;
    const worker = spare?.[0] ?? spawnWorker(this.module, this.callerUrl, null);
    spare?.[1]();
    worker.postMessage(data, []);
    return worker;
  }

  private add(): void {
    const worker = spawnWorker(this.module, this.callerUrl, null);
    const gone = (): void => void this.spares.delete(worker);
    worker.once('exit', gone);
    // Whatever it is, whoever starts the next one meets it too.
    worker.once('error', gone);
    worker.unref();
    const timer = setTimeout(() => {
      if (this.spares.delete(worker)) void closeWorker(worker);
    }, PATIENCE_MS).unref();
    this.spares.set(worker, () => {
      clearTimeout(timer);
      this.spares.delete(worker);
      worker.off('exit', gone).off('error', gone).ref();
    });
  }
}
