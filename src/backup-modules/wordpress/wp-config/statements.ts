import { children, field, flag, nodes, text, type Node } from './ast.js';
import { define } from './constants.js';
import { containsOwn, DECLARATIONS, declaredName } from './effects.js';
import { Signal, type Interpreter } from './interpreter.js';
import { collectNames } from './names.js';
import { looseEqual } from './operators.js';
import { isUnknown, PhpArray, toBool, type Unknown, type Value } from './values.js';
import { alias, unset } from './variables.js';

/** Runs the top-level statements of a file: functions declared there exist from the start. */
export function execProgram(ctx: Interpreter, statements: readonly Node[]): void {
  ctx.file = { ...ctx.file, names: collectNames(ctx.file.names.namespace, statements) };
  for (const statement of statements) if (statement.kind === 'function') declare(ctx, statement);
  for (const statement of statements) {
    if (statement.kind === 'namespace') {
      ctx.file = { ...ctx.file, names: collectNames(text(statement, 'name'), []) };
      execProgram(ctx, nodes(statement, 'children'));
    } else if (statement.kind === 'declare') {
      execProgram(ctx, nodes(statement, 'children'));
    } else if (statement.kind === 'halt') {
      return;
    } else if (statement.kind !== 'function') {
      execStatement(ctx, statement);
    }
  }
}

function declare(ctx: Interpreter, node: Node): void {
  const name = declaredName(ctx, node);
  if (!ctx.state.functions.has(name))
    ctx.state.functions.set(name, ctx.state.functionsOpaque ?? { node, file: ctx.file.path, names: ctx.file.names });
}

/** Runs one statement. Leaves by throwing a Signal where PHP would jump. */
export function execStatement(ctx: Interpreter, node: Node): void {
  ctx.step();
  ctx.deeper(() => {
    run(ctx, node);
  });
}

function run(ctx: Interpreter, node: Node): void {
  switch (node.kind) {
    case 'expressionstatement':
      evalField(ctx, node, 'expression');
      return;
    case 'block':
    case 'declare':
      for (const child of nodes(node, 'children')) execStatement(ctx, child);
      return;
    case 'echo':
      for (const child of nodes(node, 'expressions')) ctx.eval(child);
      return;
    case 'if':
      runIf(ctx, node);
      return;
    case 'while':
    case 'do':
    case 'for':
    case 'foreach':
    case 'switch':
      runLoop(ctx, node);
      return;
    case 'try':
      runTry(ctx, node);
      return;
    case 'return': {
      const expression = field(node, 'expr');
      throw new Signal('return', expression === null ? null : ctx.eval(expression));
    }
    case 'break':
    case 'continue': {
      const level = field(node, 'level');
      throw new Signal(node.kind, null, level === null ? 1 : Number(level['value']));
    }
    case 'throw':
      ctx.parts.evalCall(ctx, node);
      return;
    case 'constantstatement':
      for (const constant of nodes(node, 'constants')) {
        const value = field(constant, 'value');
        const { namespace } = ctx.file.names;
        const name = `${namespace === '' ? '' : `${namespace}\\`}${text(constant, 'name')}`;
        define(ctx, constant, name, value === null ? null : ctx.eval(value));
      }
      return;
    case 'function':
      declare(ctx, node);
      return;
    case 'global':
      for (const item of nodes(node, 'items')) bindGlobal(ctx, item);
      return;
    case 'static':
      for (const item of nodes(node, 'variables'))
        alias(ctx, field(item, 'variable'), ctx.unknown(item, 'keeps its value between calls'));
      return;
    case 'unset':
      for (const target of nodes(node, 'variables')) unset(ctx, target);
      return;
    case 'inline':
    case 'noop':
    case 'usegroup':
    case 'class':
    case 'interface':
    case 'trait':
    case 'enum':
      return;
    default:
      // An expression used as a statement, or something new.
      ctx.eval(node);
  }
}

function evalField(ctx: Interpreter, node: Node, name: string): Value {
  const child = field(node, name);
  return child === null ? null : ctx.eval(child);
}

function bindGlobal(ctx: Interpreter, item: Node): void {
  const name = item['name'];
  if (typeof name !== 'string') {
    ctx.opaque(ctx.unknown(item, 'binds a global variable of unknown name'));
    return;
  }
  if (ctx.state.scopes.length > 1) ctx.state.scope.globals.add(name);
}

function runIf(ctx: Interpreter, node: Node): void {
  const test = evalField(ctx, node, 'test');
  const body = field(node, 'body');
  const other = field(node, 'alternate');
  const runOne = (branch: Node | null): Value => {
    if (branch !== null) execStatement(ctx, branch);
    return null;
  };
  if (isUnknown(test)) ctx.branch(test, [() => runOne(body), () => runOne(other)]);
  else runOne(toBool(test) ? body : other);
}

/** Loops and switches run as PHP would while their way is known; else all they may change becomes unknown. */
function runLoop(ctx: Interpreter, node: Node): void {
  const before = ctx.state.fork();
  ctx.step(before.weight);
  const pending = ctx.frames.at(-1)?.pending.length ?? 0;
  const settled = ctx.settled.length;
  try {
    if (node.kind === 'foreach') runForeach(ctx, node);
    else if (node.kind === 'switch') runSwitch(ctx, node);
    else runCounted(ctx, node);
  } catch (error) {
    if (!(error instanceof Signal) || error.kind !== 'undecided') throw error;
    ctx.state = before;
    // What was learnt of other ways out while trying is covered by the general loss below.
    const frame = ctx.frames.at(-1);
    if (frame !== undefined) frame.pending.length = pending;
    ctx.settled.length = settled;
    const why = isUnknown(error.value) ? error.value : ctx.unknown(node, 'a loop that is not evaluated');
    ctx.parts.havoc(ctx, node, why);
    if (leaves(node)) throw error;
  }
}

const LOOPS = new Set(['while', 'do', 'for', 'foreach', 'switch']);

/** Whether a `break` or `continue` below may leave the node itself. */
function leaves(node: Node, depth = 0): boolean {
  if (node.kind === 'break' || node.kind === 'continue') {
    const level = field(node, 'level');
    return (level === null ? 1 : Number(level['value'])) > depth;
  }
  const inside = LOOPS.has(node.kind) ? depth + 1 : depth;
  for (const child of children(node)) if (!DECLARATIONS.has(child.kind) && leaves(child, inside)) return true;
  return false;
}

/** Runs a loop's body once; false = leave the loop. */
function once(ctx: Interpreter, body: Node | null): boolean {
  try {
    if (body !== null) execStatement(ctx, body);
    return true;
  } catch (signal) {
    if (!(signal instanceof Signal) || (signal.kind !== 'break' && signal.kind !== 'continue')) throw signal;
    if (signal.level > 1) throw new Signal(signal.kind, null, signal.level - 1);
    return signal.kind === 'continue';
  }
}

function decided(value: Value): boolean {
  if (isUnknown(value)) throw new Signal('undecided', value);
  return toBool(value);
}

function runCounted(ctx: Interpreter, node: Node): void {
  const all = (name: string): Value => {
    let last: Value = true;
    for (const child of nodes(node, name)) last = ctx.eval(child);
    return last;
  };
  const body = field(node, 'body');
  if (node.kind === 'for') {
    all('init');
    while (decided(all('test')) && once(ctx, body)) all('increment');
    return;
  }
  const test = (): boolean => decided(evalField(ctx, node, 'test'));
  if (node.kind === 'do') {
    while (once(ctx, body) && test()) ctx.step();
    return;
  }
  while (test() && once(ctx, body)) ctx.step();
}

function runForeach(ctx: Interpreter, node: Node): void {
  const source = evalField(ctx, node, 'source');
  const key = field(node, 'key');
  const value = field(node, 'value');
  if (isUnknown(source)) throw new Signal('undecided', source);
  if (!(source instanceof PhpArray) || value === null || flag(value, 'byref') || containsOwn(value, ['call']))
    throw new Signal('undecided', ctx.unknown(node, 'a foreach that is not evaluated'));
  for (const [k, v] of source.map) {
    ctx.parts.assign(ctx, value, v);
    if (key !== null) ctx.parts.assign(ctx, key, k);
    if (!once(ctx, field(node, 'body'))) return;
  }
}

function runSwitch(ctx: Interpreter, node: Node): void {
  const subject = evalField(ctx, node, 'test');
  if (isUnknown(subject)) throw new Signal('undecided', subject);
  const block = field(node, 'body');
  const cases = block === null ? [] : nodes(block, 'children').filter((child) => child.kind === 'case');
  let start = cases.findIndex((child) => {
    const test = field(child, 'test');
    if (test === null) return false;
    const value = ctx.eval(test);
    const same = isUnknown(value) ? value : looseEqual(subject, value);
    if (same === null || isUnknown(same))
      throw new Signal(
        'undecided',
        isUnknown(same) ? same : ctx.unknown(child, 'compares values in a way that differs between PHP versions'),
      );
    return same;
  });
  if (start < 0) start = cases.findIndex((child) => field(child, 'test') === null);
  if (start < 0) return;
  for (const child of cases.slice(start)) if (!once(ctx, field(child, 'body'))) return;
  // `continue` in a switch acts like `break`.
}

/** A try whose body surely runs through is its body; else it may be left anywhere. */
function runTry(ctx: Interpreter, node: Node): void {
  const before = ctx.state.fork();
  ctx.step(before.weight);
  const marks = { throws: ctx.mayThrow, pending: ctx.frames.at(-1)?.pending.length ?? 0, settled: ctx.settled.length };
  const body = field(node, 'body');
  let why: Unknown = ctx.unknown(node, 'a try block that may be left anywhere');
  try {
    if (body !== null) execStatement(ctx, body);
    const quiet = ctx.mayThrow === marks.throws && (ctx.frames.at(-1)?.pending.length ?? 0) === marks.pending;
    if (quiet && ctx.settled.length === marks.settled) {
      const always = field(node, 'always');
      if (always !== null) execStatement(ctx, always);
      return;
    }
  } catch (error) {
    if (!(error instanceof Signal)) throw error;
    const quiet = ctx.mayThrow === marks.throws && field(node, 'always') === null;
    if (quiet && error.kind !== 'undecided' && error.kind !== 'exit') throw error;
    if (isUnknown(error.value) && error.kind === 'undecided') why = error.value;
  }
  ctx.state = before;
  const frame = ctx.frames.at(-1);
  if (frame !== undefined) frame.pending.length = marks.pending;
  ctx.settled.length = marks.settled;
  ctx.parts.havoc(ctx, node, why);
  if (leaves(node)) throw new Signal('undecided', why);
}
