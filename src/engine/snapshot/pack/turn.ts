const TURN = 0;
const ABORT = 1;
const OFFSET = 1;
const PROGRESS = 2;
const BYTES = 24;
/** Bounds how long a worker sleeps if it missed the wake-up of an abort. */
const WAIT_MS = 500;

/** Thrown in a worker that finds the run aborted. */
export class PackAborted extends Error {
  constructor() {
    super('the run was aborted');
    this.name = 'PackAborted';
  }
}

/**
 * Shared by all threads of a run: whose turn it is to take a place in the bundle, where the next place begins, how many
 * bytes were read, and whether the run was aborted. Turns go by the tasks' numbers, so the bundle's order does not
 * depend on which worker is faster; only taking the place is serial, not the writing.
 */
export class Turn {
  private readonly words: Int32Array;
  private readonly longs: BigInt64Array;

  constructor(readonly shared: SharedArrayBuffer) {
    this.words = new Int32Array(shared, 0, 2);
    this.longs = new BigInt64Array(shared);
  }

  static create(firstOffset: number): Turn {
    const turn = new Turn(new SharedArrayBuffer(BYTES));
    turn.longs[OFFSET] = BigInt(firstOffset);
    return turn;
  }

  /** Blocks until the task may take places; throws PackAborted. */
  wait(seq: number): void {
    for (;;) {
      this.check();
      const current = Atomics.load(this.words, TURN);
      if (current === seq) return;
      Atomics.wait(this.words, TURN, current, WAIT_MS);
    }
  }

  /** Takes the next so many bytes of the bundle; only in one's turn. */
  take(bytes: number): number {
    return Number(Atomics.add(this.longs, OFFSET, BigInt(bytes)));
  }

  /** Gives the turn to the next task. */
  pass(seq: number): void {
    Atomics.store(this.words, TURN, seq + 1);
    Atomics.notify(this.words, TURN);
  }

  /** First byte after all places taken. */
  get end(): number {
    return Number(Atomics.load(this.longs, OFFSET));
  }

  addProgress(bytes: number): void {
    Atomics.add(this.longs, PROGRESS, BigInt(bytes));
  }

  get progress(): number {
    return Number(Atomics.load(this.longs, PROGRESS));
  }

  abort(): void {
    Atomics.store(this.words, ABORT, 1);
    Atomics.notify(this.words, TURN);
  }

  /** Throws PackAborted when the run was aborted. */
  check(): void {
    if (this.aborted) throw new PackAborted();
  }

  get aborted(): boolean {
    return Atomics.load(this.words, ABORT) === 1;
  }
}
