import { cancelledError } from '../../common/errors/index.js';
import type { RunnableStage } from './runnable-stage.js';

interface Waiter {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: Error) => void;
}

/** The stages of a job: which have ended well, which may begin. */
export class StageSet {
  readonly #done = new Set<string>();
  readonly #begun = new Set<string>();
  readonly #waiters = new Map<string, Waiter>();
  /** Nothing begins any more. */
  #given = false;
  /** Nothing ends well any more. */
  #lost = false;

  constructor(readonly stages: readonly RunnableStage[]) {}

  /** Names of the stages that have ended well, in their listed order. */
  get done(): string[] {
    return this.stages.map((stage) => stage.name).filter((name) => this.#done.has(name));
  }

  get areAllDone(): boolean {
    return this.stages.every((stage) => this.#done.has(stage.name));
  }

  /** Whether all that this stage needs has ended well. */
  isReady(stage: RunnableStage): boolean {
    return this.#needs(stage).every((name) => this.#done.has(name));
  }

  /** Stages that may begin now, each given once; none after `giveUp`. */
  take(): RunnableStage[] {
    if (this.#given) return [];
    const ready = this.stages.filter(
      (stage) => !this.#begun.has(stage.name) && !this.#done.has(stage.name) && this.isReady(stage),
    );
    for (const stage of ready) this.#begun.add(stage.name);
    return ready;
  }

  /** Stages that never began and did not end in an earlier attempt. */
  get left(): RunnableStage[] {
    return this.stages.filter((stage) => !this.#begun.has(stage.name) && !this.#done.has(stage.name));
  }

  finish(name: string): void {
    this.#done.add(name);
    this.#waiters.get(name)?.resolve();
  }

  /** No stage begins any more; who waits for one that has not begun is told. Those that run may end well. */
  drain(): void {
    this.#given = true;
    for (const [name, waiter] of this.#waiters) if (!this.#begun.has(name)) waiter.reject(cancelledError());
  }

  /** Nothing more will end well: whoever waits is told. */
  giveUp(): void {
    this.#given = true;
    this.#lost = true;
    for (const [name, waiter] of this.#waiters) if (!this.#done.has(name)) waiter.reject(cancelledError());
  }

  async finished(name: string): Promise<void> {
    if (this.#done.has(name)) return;
    if (this.#lost || (this.#given && !this.#begun.has(name))) throw cancelledError();
    if (!this.stages.some((stage) => stage.name === name)) throw new Error(`the job has no stage "${name}"`);
    let waiter = this.#waiters.get(name);
    if (waiter === undefined) {
      waiter = Promise.withResolvers<void>();
      waiter.promise.catch(() => undefined);
      this.#waiters.set(name, waiter);
    }
    await waiter.promise;
  }

  #needs(stage: RunnableStage): readonly string[] {
    if (stage.needs !== undefined) return stage.needs;
    return this.stages.slice(0, this.stages.indexOf(stage)).map((before) => before.name);
  }
}
