import { dirname } from 'node:path';
import { ConfigFiles, fromBinary, toBinary, type ConfigFilesOptions } from './config-files.js';
import { evalCall } from './calls.js';
import { havoc } from './effects.js';
import { evalExpression } from './expressions.js';
import { descendants, field, type Node } from './ast.js';
import { endsInSettings, evalInclude, runFile } from './includes.js';
import { Interpreter, join, LimitReached, Signal, type Parts } from './interpreter.js';
import { NO_NAMES } from './names.js';
import { MAX_SOURCE, parsePhp } from './parse.js';
import { execProgram, execStatement } from './statements.js';
import type { State } from './state.js';
import { withTimeLimit } from './time-limit.js';
import { isUnknown, PhpArray, toStr, Unknown, type Value } from './values.js';
import { assign } from './variables.js';

const TIME_LIMIT_MS = 2_000;
/** Below this many bytes a straight program needs no time limit. */
const SMALL_SOURCE = 20_000;

/** A value of the configuration as JavaScript. Texts whose bytes are not UTF-8 are Buffers. */
export type ConfigData = null | boolean | bigint | number | string | Buffer | readonly ConfigData[] | ConfigMap;
export interface ConfigMap {
  readonly [key: string]: ConfigData;
}

/** What is known of one constant or variable. */
export type ConfigValue =
  | { known: true; value: ConfigData }
  | { known: false; reason: string; file: string; line: number };

export interface EvaluateOptions extends ConfigFilesOptions {
  /** Environment variables of the site's PHP, as far as they are known. Never this process's own. */
  environment?: Readonly<Record<string, string>>;
  /** True: what is not in `environment` is surely not set. */
  environmentComplete?: boolean;
  /** Constants that exist before the file is run (ABSPATH). */
  constants?: Readonly<Record<string, string>>;
  /** Folder of index.php; relative includes start there. Default: the file's own. */
  workingDir?: string;
}

/** What a configuration says, without having been run. */
export interface EvaluatedConfig {
  /** Constants that are, or may be, defined. */
  constants: ReadonlyMap<string, ConfigValue>;
  /** One constant; undefined when it is surely not defined. */
  constant(name: string): ConfigValue | undefined;
  /** One global variable; undefined when it is surely not set (or null). */
  variable(name: string): ConfigValue | undefined;
  /** Files that were read besides the configuration itself: includes and `.env` files, real paths. */
  includedFiles: readonly string[];
  /** Why the configuration as a whole could not be evaluated; null when it could. */
  problem: { reason: string; line: number } | null;
}

const PARTS: Parts = { evalExpression, execStatement, execProgram, evalCall, evalInclude, assign, havoc };

/**
 * Evaluates a wp-config.php (or another PHP configuration) without running PHP: walks its syntax tree with what is
 * known, up to `require wp-settings.php`. What can't be known is reported as unknown with file, line and reason: never as
 * empty, never as a guess. Never throws and never takes long, whatever the file holds.
 */
export function evaluateConfig(file: string, options: EvaluateOptions): EvaluatedConfig {
  const files = new ConfigFiles(options);
  const source = files.read(toBinary(file), MAX_SOURCE);
  const binaryPath = source.ok ? source.path : toBinary(file);
  const failed = (reason: string, line = 1): EvaluatedConfig =>
    unknownConfig(fromBinary(binaryPath) ?? file, reason, line);
  if (!source.ok) return failed(source.reason, 0);
  const ctx = new Interpreter(files, toBinary(options.workingDir ?? dirname(file)), PARTS, {
    path: binaryPath,
    names: NO_NAMES,
    functionName: '',
    className: '',
  });
  prepare(ctx, options);
  ctx.state.included.set(binaryPath, true);
  try {
    // Starting a watchdog takes longer than evaluating an ordinary small file, whose work its size bounds.
    if (source.content.length <= SMALL_SOURCE) {
      const parsed = parsePhp(source.content, binaryPath);
      if (!parsed.ok) return failed(parsed.reason, parsed.line);
      const work = (): EvaluatedConfig => evaluateParsed(ctx, binaryPath, parsed.program);
      return isStraight(parsed.program) ? work() : withTimeLimit(TIME_LIMIT_MS, work);
    }
    return withTimeLimit(TIME_LIMIT_MS, () => {
      const parsed = parsePhp(source.content, binaryPath);
      return parsed.ok ? evaluateParsed(ctx, binaryPath, parsed.program) : failed(parsed.reason, parsed.line);
    });
  } catch (error) {
    if (error instanceof LimitReached) return failed(error.message);
    if (error instanceof RangeError) return failed('is nested too deeply to evaluate');
    // Made in another realm: no instanceof.
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      return failed('takes too long to evaluate');
    throw error;
  }
}

const evaluateParsed = (ctx: Interpreter, path: string, program: Node): EvaluatedConfig =>
  result(
    ctx,
    evaluateProgram(ctx, () => runFile(ctx, null, path, program)),
  );

/** Whether a program can do no more than its size: no loops, functions or other files. */
function isStraight(program: Node): boolean {
  for (const node of descendants(program)) {
    if (['while', 'do', 'for', 'foreach', 'function'].includes(node.kind)) return false;
    if (node.kind === 'include' && !endsInSettings(field(node, 'target'))) return false;
  }
  return true;
}

function prepare(ctx: Interpreter, options: EvaluateOptions): void {
  for (const [name, value] of Object.entries(options.constants ?? {}))
    ctx.state.constants.set(name, { value: toBinary(value), maybe: false });
  for (const [name, value] of Object.entries(options.environment ?? {}))
    for (const store of ['env', 'getenv', 'server']) ctx.state.env.set(`${store}:${toBinary(name)}`, toBinary(value));
  ctx.state.envComplete = options.environmentComplete ?? false;
}

/** The state when WordPress takes over: at `require wp-settings.php`, or at the end of the file. */
function evaluateProgram(ctx: Interpreter, run: () => Value): State {
  try {
    run();
    ctx.settled.push(ctx.state);
  } catch (signal) {
    if (!(signal instanceof Signal)) throw signal;
    if (signal.kind !== 'settings' && signal.kind !== 'exit')
      ctx.state.loseEverything(
        isUnknown(signal.value) ? signal.value : ctx.unknown(null, 'leaves a loop that is not there'),
      );
    if (signal.kind !== 'exit') ctx.settled.push(ctx.state);
  }
  const why = ctx.unknown(null, 'depends on a condition that is not known');
  const joined = join(
    ctx.settled.map((state) => ({ state, value: null })),
    why,
  );
  if (joined !== null) return joined.state;
  const { ended } = ctx;
  const end = new Unknown(
    'the configuration ends the program before WordPress starts',
    ended?.file ?? ctx.file.path,
    ended?.line ?? 0,
  );
  const state = ended?.state ?? ctx.state;
  state.loseEverything(end);
  return state;
}

function result(ctx: Interpreter, state: State): EvaluatedConfig {
  const constants = new Map<string, ConfigValue>();
  for (const [name, entry] of state.constants) {
    const shown = fromBinary(name) ?? name;
    constants.set(shown, describe(entry.value));
  }
  const opaque = state.constantsOpaque;
  return {
    constants,
    constant: (name) => constants.get(name) ?? (opaque === null ? undefined : describe(opaque)),
    variable: (name) => {
      const scope = state.globals;
      const value = scope.aliased.get(name) ?? scope.vars.get(name) ?? (scope.vars.has(name) ? null : scope.opaque);
      return value === null ? undefined : describe(value);
    },
    includedFiles: ctx.includedFiles.map((path) => fromBinary(path) ?? path),
    problem: null,
  };
}

function describe(value: Value): ConfigValue {
  const budget = { left: 10_000 };
  const data = toData(value, budget);
  if (data instanceof Unknown)
    return { known: false, reason: data.reason, file: fromBinary(data.file) ?? data.file, line: data.line };
  return { known: true, value: data };
}

/** Plain data, or the first unknown inside. */
function toData(value: Value, budget: { left: number }): ConfigData | Unknown {
  if (isUnknown(value)) return value;
  if (--budget.left < 0) return new Unknown('is too large', '', 0);
  if (typeof value === 'string') return fromBinary(value) ?? Buffer.from(value, 'latin1');
  if (value === null || typeof value !== 'object') return value;
  if (!(value instanceof PhpArray)) return new Unknown('is an object', '', 0);
  const entries: [string, ConfigData][] = [];
  for (const [key, item] of value.map) {
    const data = toData(item, budget);
    if (data instanceof Unknown) return data;
    entries.push([toStr(key) ?? '', data]);
  }
  const isList = [...value.map.keys()].every((key, i) => key === BigInt(i));
  return isList ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

function unknownConfig(file: string, reason: string, line: number): EvaluatedConfig {
  const value: ConfigValue = { known: false, reason: `the file ${reason}`, file, line };
  return {
    constants: new Map(),
    constant: () => value,
    variable: () => value,
    includedFiles: [],
    problem: { reason, line },
  };
}
