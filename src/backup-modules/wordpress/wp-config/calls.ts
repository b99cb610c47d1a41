import { callBuiltin } from './builtins.js';
import { descendants, field, flag, nodes, text, type Node } from './ast.js';
import { containsOwn } from './effects.js';
import { Signal, type Interpreter } from './interpreter.js';
import { callLibraryMethod, callLibraryStatic, newLibraryObject } from './libraries.js';
import { className, functionNames } from './names.js';
import { loseScope, Scope, type UserFunction } from './state.js';
import { identical, isUnknown, PhpArray, type Unknown, type Value } from './values.js';
import { alias, printable, taint } from './variables.js';

/** Classes of PHP whose construction changes nothing that a configuration can see. */
const HARMLESS_CLASSES =
  /^(?:stdclass|pdo|mysqli|redis|memcached|arrayobject|arrayiterator|splfileinfo|date(?:time|timeimmutable|timezone|interval)|(?:[a-z]*exception)|error|typeerror|valueerror)$/;

/** Calls and what behaves like one: `new`, `eval`, `match`, `exit`, `throw`, `print`. */
export function evalCall(ctx: Interpreter, node: Node): Value {
  switch (node.kind) {
    case 'exit': {
      const inner = field(node, 'expression');
      if (inner !== null) ctx.eval(inner);
      return end(ctx, node);
    }
    case 'throw': {
      const what = field(node, 'what');
      if (what !== null) ctx.eval(what);
      return end(ctx, node);
    }
    case 'print': {
      const inner = field(node, 'expression');
      if (inner !== null) ctx.eval(inner);
      return 1n;
    }
    case 'eval': {
      const source = field(node, 'source');
      if (source !== null) ctx.eval(source);
      const why = ctx.unknown(node, 'eval() is never run');
      loseScope(ctx.state.scope, why);
      return ctx.opaque(why);
    }
    case 'match':
      return match(ctx, node);
    case 'new':
      return construct(ctx, node);
    default:
      return call(ctx, node);
  }
}

/** The program ends here; remembered in case no other way leads on. */
export function end(ctx: Interpreter, node: Node): never {
  const why = ctx.unknown(node, 'the configuration ends the program here');
  ctx.ended ??= { state: ctx.state, line: why.line, file: why.file };
  throw new Signal('exit');
}

function match(ctx: Interpreter, node: Node): Value {
  const cond = field(node, 'cond');
  const subject = cond === null ? ctx.unknown(node, 'match') : ctx.eval(cond);
  const giveUp = (why: Unknown): Value => {
    ctx.parts.havoc(ctx, node, why);
    return why;
  };
  if (isUnknown(subject)) return giveUp(subject);
  let fallback: Node | null = null;
  for (const arm of nodes(node, 'arms')) {
    const body = field(arm, 'body');
    if (body === null) return giveUp(ctx.unknown(node, 'a match that is not understood'));
    if (arm['conds'] === null) fallback = body;
    for (const test of nodes(arm, 'conds')) {
      const value = ctx.eval(test);
      const same = isUnknown(value) ? null : identical(subject, value);
      if (same === null) return giveUp(isUnknown(value) ? value : ctx.unknown(test, 'is not comparable here'));
      if (same) return ctx.eval(body);
    }
  }
  return fallback === null ? end(ctx, node) : ctx.eval(fallback);
}

interface Arguments {
  values: Value[];
  nodes: Node[];
  /** False when arguments are named or unpacked. */
  plain: boolean;
}

function argumentsOf(ctx: Interpreter, node: Node): Arguments {
  const list = nodes(node, 'arguments');
  let plain = true;
  const values = list.map((argument) => {
    if (argument.kind === 'variadicplaceholder') plain = false;
    if (argument.kind === 'variadic' || argument.kind === 'namedargument') {
      plain = false;
      const inner = field(argument, 'what') ?? field(argument, 'value');
      return inner === null ? null : ctx.eval(inner);
    }
    return argument.kind === 'variadicplaceholder' ? null : ctx.eval(argument);
  });
  return { values, nodes: list, plain };
}

/** Whatever is passed may be changed by reference. */
function taintArguments(ctx: Interpreter, args: Arguments, why: Unknown): void {
  for (const argument of args.nodes) taint(ctx, field(argument, 'value') ?? argument, why);
}

function unknownCall(ctx: Interpreter, node: Node, args: Arguments, what: string): Unknown {
  const why = ctx.unknown(node, `${what} is not evaluated`);
  taintArguments(ctx, args, why);
  return ctx.opaque(why);
}

function construct(ctx: Interpreter, node: Node): Value {
  const args = argumentsOf(ctx, node);
  const name = className(field(node, 'what'), ctx.file.names);
  const library = newLibraryObject(ctx, node, name, args.values);
  if (library !== undefined) return library;
  if (name !== '' && HARMLESS_CLASSES.test(name)) {
    ctx.mayThrow++;
    return ctx.unknown(node, 'an object');
  }
  return unknownCall(ctx, node, args, name === '' ? 'new' : `new ${printable(name)}`);
}

function call(ctx: Interpreter, node: Node): Value {
  const callee = field(node, 'what');
  if (callee === null) return ctx.opaque(ctx.unknown(node, 'a call that is not understood'));
  if (callee.kind === 'name') return namedCall(ctx, node, callee);
  if (callee.kind === 'staticlookup') {
    const args = argumentsOf(ctx, node);
    const name = className(field(callee, 'what'), ctx.file.names);
    const offset = field(callee, 'offset');
    const method = offset?.kind === 'identifier' ? text(offset, 'name').toLowerCase() : '';
    const result = args.plain ? callLibraryStatic(ctx, node, name, method, args.values) : undefined;
    return result === undefined ? unknownCall(ctx, node, args, `${printable(name)}::${printable(method)}()`) : result;
  }
  if (callee.kind === 'propertylookup' || callee.kind === 'nullsafepropertylookup') {
    const what = field(callee, 'what');
    const object = what === null ? null : ctx.eval(what);
    const args = argumentsOf(ctx, node);
    const method = text(callee, 'offset').toLowerCase();
    const result =
      args.plain && object !== null ? callLibraryMethod(ctx, node, object, method, args.values) : undefined;
    return result === undefined ? unknownCall(ctx, node, args, `the method ${printable(method)}()`) : result;
  }
  if (callee.kind !== 'closure' && callee.kind !== 'arrowfunc') ctx.eval(callee);
  return unknownCall(ctx, node, argumentsOf(ctx, node), 'a call of a value');
}

function namedCall(ctx: Interpreter, node: Node, callee: Node): Value {
  const names = functionNames(callee, ctx.file.names);
  const last = names.at(-1) ?? '';
  for (const name of names) {
    const declared = ctx.state.functions.get(name);
    if (declared === undefined) continue;
    if (isUnknown(declared)) return unknownCall(ctx, node, argumentsOf(ctx, node), `${printable(name)}()`);
    return callUser(ctx, node, declared, argumentsOf(ctx, node));
  }
  const args = argumentsOf(ctx, node);
  if (args.plain) {
    const result = callBuiltin(ctx, node, last, args.values, args.nodes);
    if (result !== undefined) return result;
  }
  return unknownCall(ctx, node, args, `${printable(last)}()`);
}

/** Runs a function that the configuration itself declares. */
function callUser(ctx: Interpreter, node: Node, fn: UserFunction, args: Arguments): Value {
  const body = field(fn.node, 'body');
  if (body === null || !args.plain || containsOwn(body, ['yield', 'yieldfrom']))
    return unknownCall(ctx, node, args, `${printable(text(fn.node, 'name'))}()`);
  const outer = ctx.file;
  const why = (): Unknown => ctx.unknown(node, 'depends on an early return');
  const result = ctx.frame(why, () => {
    ctx.state.scopes.push(new Scope());
    ctx.file = { path: fn.file, names: fn.names, functionName: text(fn.node, 'name'), className: '' };
    try {
      bindParameters(ctx, fn, args);
      ctx.exec(body);
      return null;
    } finally {
      ctx.file = outer;
    }
  });
  for (const [index, parameter] of nodes(fn.node, 'arguments').entries()) {
    if (!flag(parameter, 'byref')) continue;
    const passed = flag(parameter, 'variadic') ? args.nodes.slice(index) : args.nodes.slice(index, index + 1);
    for (const argument of passed) taint(ctx, argument, ctx.unknown(node, 'is passed by reference'));
  }
  const type = field(fn.node, 'type');
  if (flag(fn.node, 'byref')) return ctx.unknown(node, 'is returned by reference');
  return type === null || isUnknown(result) || fits(type, result)
    ? result
    : ctx.unknown(node, 'is converted to a declared type');
}

function bindParameters(ctx: Interpreter, fn: UserFunction, args: Arguments): void {
  for (const [index, parameter] of nodes(fn.node, 'arguments').entries()) {
    const name = text(parameter, 'name');
    if (flag(parameter, 'byref')) {
      alias(ctx, { kind: 'variable', name }, ctx.unknown(parameter, 'is passed by reference'));
      continue;
    }
    if (flag(parameter, 'variadic')) {
      ctx.state.scope.vars.set(name, PhpArray.list(args.values.slice(index)));
      return;
    }
    let value = args.values[index];
    if (value === undefined) {
      const fallback = field(parameter, 'value');
      if (fallback === null) {
        ctx.mayThrow++;
        end(ctx, parameter);
      }
      value = ctx.eval(fallback);
    }
    const type = field(parameter, 'type');
    if (type !== null && !isUnknown(value) && !fits(type, value))
      value = ctx.unknown(parameter, 'is converted to a declared type');
    ctx.state.scope.vars.set(name, value);
  }
}

/** Whether a value already has a declared type, so that PHP does not convert it. */
function fits(type: Node, value: Value): boolean {
  const names = new Set<string>();
  for (const node of descendants(type)) names.add(text(node, 'name').toLowerCase());
  if (names.has('mixed') || value === null)
    return names.has('mixed') || names.has('null') || names.has('void') || names.size === 1;
  if (typeof value === 'string') return names.has('string');
  if (typeof value === 'bigint') return names.has('int');
  if (typeof value === 'boolean') return names.has('bool');
  return value instanceof PhpArray && names.has('array');
}
