import { AsyncLocalStorage } from 'node:async_hooks';
import type { Hash } from 'node:crypto';
import { AppError } from '../../../src/common/errors/index.js';
import { SeededRandom } from '../../../src/engine/testing/random.js';

// The module itself is replaced (`replaced.ts`).
const { createHash } = process.getBuiltinModule('node:crypto');

/** One life of a master: from its start to its end or its death. */
export interface SimProcess {
  readonly name: string;
  /** Nothing that it does has any effect any more. */
  isDead: boolean;
  /** It dies at its so-many-th outside call from now; null = it lives. */
  diesIn: number | null;
  /** It stands still, while others go on. */
  isFrozen: boolean;
}

/** One outside call that waits for its turn. */
interface Call {
  process: SimProcess;
  what: string;
  isReady: () => boolean;
  perform: () => Promise<void>;
  refuse: (error: Error) => void;
}

interface Sleeper {
  process: SimProcess;
  at: number;
  wake: () => void;
  refuse: (error: Error) => void;
}

/** Turns of the event loop after which all that follows from a call has come to its next outside call. */
const TURNS = 3;
const PATIENCE_MS = 10_000;
const LOGGED = 4000;

/** Whose code is running; nobody's outside of the simulation. */
export const running = new AsyncLocalStorage<{ world: World; process: SimProcess }>();

export class Dead extends AppError {
  constructor() {
    super({ code: 'SIM_DEAD', kind: 'internal', message: 'This process is dead.', retry: 'never' });
  }
}

/**
 * The order of all that happens. Every outside call of every process (SQL, storage, work folder, queue) waits here; one at a time
 * is done, chosen by the seed. Time stands still but for `advance`.
 */
export class World {
  readonly random: SeededRandom;
  /** The last things that happened, for a person. */
  readonly log: string[] = [];
  /** Told when a process has died, at once. */
  onDeath: (process: SimProcess) => Promise<void> = () => Promise.resolve();
  /** Calls that were done. */
  calls = 0;
  private time: number;
  private readonly hash: Hash = createHash('sha256');
  private pending: Call[] = [];
  private sleepers: Sleeper[] = [];

  constructor(
    readonly seed: number,
    start: Date,
    private readonly setClock: (now: number) => void,
  ) {
    this.random = new SeededRandom(seed);
    this.time = start.getTime();
    this.setClock(this.time);
  }

  get now(): number {
    return this.time;
  }

  /** The same for the same seed. */
  get trace(): string {
    return this.hash.copy().digest('hex').slice(0, 16);
  }

  note(line: string): void {
    this.hash.update(`${line}\n`);
    this.log.push(line);
    if (this.log.length > LOGGED) this.log.shift();
  }

  advance(milliseconds: number): void {
    this.time += milliseconds;
    this.setClock(this.time);
  }

  /** Runs work as this process. */
  as<T>(process: SimProcess, work: () => Promise<T>): Promise<T> {
    return running.run({ world: this, process }, work);
  }

  /** An outside call: waits for its turn, and may be where the process dies: before it, or right after it was done. */
  call<T>(
    process: SimProcess,
    what: string,
    effect: () => Promise<T> | T,
    isReady: () => boolean = () => true,
  ): Promise<T> {
    if (process.isDead) return Promise.reject(new Dead());
    return new Promise<T>((resolve, reject) => {
      const perform = async (): Promise<void> => {
        const isLast = process.diesIn !== null && --process.diesIn <= 0;
        const isDone = !isLast || this.random.chance(0.5);
        let result: { value: T } | { error: unknown } | null = null;
        if (isDone) {
          try {
            result = { value: await running.exit(async () => effect()) };
          } catch (error) {
            result = { error };
          }
        }
        this.note(`${process.name} ${what}${isLast ? (isDone ? ' — dies after it' : ' — dies before it') : ''}`);
        if (isLast) {
          await this.kill(process);
          reject(new Dead());
        } else if (result !== null && 'value' in result) resolve(result.value);
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- whatever the call threw
        else reject(result?.error);
      };
      this.pending.push({ process, what, isReady, perform, refuse: reject });
    });
  }

  /** Resolves when nothing else can happen any more; then the clock has gone on by so much. */
  sleep(process: SimProcess, milliseconds: number): Promise<void> {
    if (process.isDead) return Promise.reject(new Dead());
    return new Promise((wake, refuse) => {
      this.sleepers.push({ process, at: this.time + milliseconds, wake, refuse });
    });
  }

  /** From now on nothing of the process has any effect. */
  async kill(process: SimProcess): Promise<void> {
    process.isDead = true;
    const refused = [...this.pending, ...this.sleepers].filter((each) => each.process === process);
    this.pending = this.pending.filter((each) => each.process !== process);
    this.sleepers = this.sleepers.filter((each) => each.process !== process);
    for (const each of refused) each.refuse(new Dead());
    await running.exit(async () => this.onDeath(process));
  }

  /** Lets so many calls be done, or fewer when there is nothing to do. */
  async run(calls: number): Promise<void> {
    const end = this.calls + calls;
    await this.until(() => this.calls >= end, false);
  }

  /** Lets calls be done until it is so. Fails when it never becomes so. */
  async finish(task: Promise<unknown>): Promise<void> {
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    task.then(over, over);
    await this.until(() => isOver, true);
  }

  private async until(isEnough: () => boolean, mustBecome: boolean): Promise<void> {
    let waitingSince: number | null = null;
    for (;;) {
      for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (isEnough()) return;
      const ready = this.pending.filter((call) => !call.process.isFrozen && call.isReady());
      const chosen = ready.length > 1 ? ready[this.random.below(ready.length)] : ready[0];
      if (chosen !== undefined) {
        waitingSince = null;
        this.pending = this.pending.filter((call) => call !== chosen);
        this.calls += 1;
        await chosen.perform();
        continue;
      }
      if (this.wakeOne()) continue;
      if (!mustBecome) return;
      // Real work of another thread; nothing should need it for long.
      waitingSince ??= realTime();
      if (realTime() - waitingSince > PATIENCE_MS) {
        const waiting = this.pending.map((call) => `${call.process.name} ${call.what}`).join(', ');
        throw new Error(`Nothing can go on. Waiting: ${waiting || 'nothing'}`);
      }
    }
  }

  private wakeOne(): boolean {
    const [first] = this.sleepers.toSorted((a, b) => a.at - b.at);
    if (first === undefined) return false;
    this.sleepers = this.sleepers.filter((each) => each !== first);
    this.advance(Math.max(0, first.at - this.time));
    first.wake();
    return true;
  }
}

/** Milliseconds that no simulated clock touches. */
export function realTime(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
