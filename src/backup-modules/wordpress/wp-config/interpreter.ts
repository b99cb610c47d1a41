import { lineOf, type Node } from './ast.js';
import type { ConfigFiles } from './config-files.js';
import { mergeStates, State, type FileNames } from './state.js';
import { sameValue, Unknown, type PhpValue, type Value } from './values.js';

const MAX_STEPS = 400_000;
const MAX_DEPTH = 600;
const MAX_BYTES = 16 << 20;

/** Ends the whole evaluation: everything is unknown. */
export class LimitReached extends Error {}

/** How running code leaves its place; thrown, since PHP can do it inside expressions. Never leaves the evaluator. */
export class Signal extends Error {
  constructor(
    readonly kind: 'return' | 'break' | 'continue' | 'exit' | 'settings' | 'undecided',
    readonly value: Value = null,
    readonly level = 1,
  ) {
    super(kind);
  }
}

/** The file being evaluated. */
export interface FileFrame {
  path: string;
  names: FileNames;
  functionName: string;
  className: string;
}

/** One running function or included file: returns taken in branches that may not be the ones taken. */
export interface CallFrame {
  pending: { state: State; value: Value }[];
}

/** Evaluates one site's configuration. The parts (expressions, statements, calls) are bound in evaluate.ts. */
export class Interpreter {
  state = new State();
  file: FileFrame;
  frames: CallFrame[] = [];
  /** States at `require 'wp-settings.php'` in branches that may be the ones taken. */
  settled: State[] = [];
  /** The states of branches that end the program. */
  ended: { state: State; line: number; file: string } | null = null;
  /** Counts things that may throw, so that `try` knows. */
  mayThrow = 0;
  readonly includedFiles: string[] = [];
  /** Names of functions that the files read so far declare anywhere. */
  readonly declared = new Set<string>();
  /** False when `Env::$options` was set to something other than all conversions. */
  usualEnvOptions = true;
  private steps = 0;
  private depth = 0;
  private bytes = 0;

  constructor(
    readonly files: ConfigFiles,
    /** Folder that relative includes start from (where index.php runs). */
    readonly workingDir: string,
    readonly parts: Parts,
    main: FileFrame,
  ) {
    this.file = main;
  }

  unknown(node: Node | null, reason: string): Unknown {
    return new Unknown(reason, this.file.path, node === null ? 0 : lineOf(node));
  }

  step(cost = 1): void {
    this.steps += cost;
    if (this.steps > MAX_STEPS) throw new LimitReached('takes too many steps to evaluate');
  }

  /** Counts memory that values take. */
  spend(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > MAX_BYTES) throw new LimitReached('builds too much data');
  }

  deeper<T>(work: () => T): T {
    if (++this.depth > MAX_DEPTH) throw new LimitReached('is nested too deeply to evaluate');
    try {
      return work();
    } finally {
      this.depth--;
    }
  }

  eval(node: Node): Value {
    return this.parts.evalExpression(this, node);
  }

  exec(node: Node): void {
    this.parts.execStatement(this, node);
  }

  /** After a call or include that can't be evaluated. */
  opaque(why: Unknown): Unknown {
    this.mayThrow++;
    this.state.loseEverything(why);
    return why;
  }

  /**
   * Runs alternatives of which it is not known which one PHP takes, and goes on with what they have in common.
   * A branch that ends the program is one a working site does not take.
   */
  branch(why: Unknown, alternatives: readonly (() => Value)[]): Value {
    const base = this.state;
    const normal: { state: State; value: Value }[] = [];
    let left = false;
    let ended: Signal | null = null;
    for (const alternative of alternatives) {
      this.step(base.weight);
      this.state = base.fork();
      try {
        const value = alternative();
        normal.push({ state: this.state, value });
      } catch (signal) {
        if (!(signal instanceof Signal)) throw signal;
        if (signal.kind === 'exit') ended = signal;
        else if (signal.kind === 'settings') {
          this.settled.push(this.state);
          left = true;
        } else if (signal.kind === 'return') {
          this.frames.at(-1)?.pending.push({ state: this.state, value: signal.value });
          left = true;
        } else {
          this.state = base;
          throw new Signal('undecided', why);
        }
      }
    }
    const joined = join(normal, why);
    if (joined === null) {
      if (left || ended === null) throw new Signal('exit');
      throw ended;
    }
    this.state = joined.state;
    return joined.value;
  }

  /** Runs a function's or file's body with its own frame; gives what it returns in every way it may. */
  frame(why: () => Unknown, body: () => Value): Value {
    const frame: CallFrame = { pending: [] };
    const scopes = this.state.scopes.length;
    this.frames.push(frame);
    const outcomes: { state: State; value: Value }[] = [];
    let ended: Signal | null = null;
    try {
      const value = body();
      outcomes.push({ state: this.state, value });
    } catch (signal) {
      if (!(signal instanceof Signal)) throw signal;
      if (signal.kind === 'return') outcomes.push({ state: this.state, value: signal.value });
      else if (signal.kind === 'exit' || signal.kind === 'settings') ended = signal;
      else throw signal;
    } finally {
      this.frames.pop();
    }
    if (frame.pending.length > 0 && ended?.kind === 'settings') this.settled.push(this.state);
    outcomes.push(...frame.pending);
    const joined = join(outcomes, why());
    if (joined === null) throw ended ?? new Signal('exit');
    this.state = joined.state;
    this.state.scopes.length = Math.min(scopes, this.state.scopes.length);
    return joined.value;
  }
}

export function join(
  outcomes: readonly { state: State; value: Value }[],
  why: Unknown,
): { state: State; value: Value } | null {
  const [first, ...others] = outcomes;
  if (first === undefined) return null;
  let { state, value } = first;
  for (const other of others) {
    state = mergeStates(state, other.state, why);
    if (!sameValue(value, other.value))
      value = value instanceof Unknown ? value : other.value instanceof Unknown ? other.value : why;
  }
  return { state, value };
}

/** The parts of the evaluator, bound together at run time (they call each other). */
export interface Parts {
  evalExpression(ctx: Interpreter, node: Node): Value;
  execStatement(ctx: Interpreter, node: Node): void;
  /** Runs the top-level statements of a file: functions declared there exist from the start. */
  execProgram(ctx: Interpreter, statements: readonly Node[]): void;
  evalCall(ctx: Interpreter, node: Node): Value;
  evalInclude(ctx: Interpreter, node: Node): Value;
  assign(ctx: Interpreter, target: Node, value: Value): void;
  /** Makes everything that the code below a node may change unknown. */
  havoc(ctx: Interpreter, node: Node, why: Unknown): void;
}

/** The function's result when all arguments are known, else the first unknown one. */
export function allKnown(values: readonly Value[]): Unknown | readonly PhpValue[] {
  const known: PhpValue[] = [];
  for (const value of values) {
    if (value instanceof Unknown) return value;
    known.push(value);
  }
  return known;
}
