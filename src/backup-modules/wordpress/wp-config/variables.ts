import { field, flag, nodes, type Node } from './ast.js';
import type { Interpreter } from './interpreter.js';
import { loseScope, UNSET, type Scope } from './state.js';
import { arrayKey, isUnknown, PhpArray, PhpObject, toStr, Unknown, type Value } from './values.js';

const REQUEST = new Set([
  '_GET',
  '_POST',
  '_COOKIE',
  '_FILES',
  '_REQUEST',
  '_SESSION',
  'argv',
  'argc',
  'http_response_header',
]);

/** The scope a name lives in now. */
function scopeOf(ctx: Interpreter, name: string): Scope {
  const scope = ctx.state.scope;
  return scope.globals.has(name) ? ctx.state.globals : scope;
}

export function readVariable(ctx: Interpreter, node: Node | null, name: string): Value {
  if (REQUEST.has(name)) return ctx.unknown(node, `$${name} comes from the request`);
  if (name === '_SERVER' || name === '_ENV' || name === 'GLOBALS')
    return ctx.unknown(node, `$${name} as a whole is not known here`);
  if (name === 'this') return ctx.unknown(node, '$this is not evaluated');
  return readFrom(scopeOf(ctx, name), name);
}

function readFrom(scope: Scope, name: string): Value {
  const aliased = scope.aliased.get(name);
  if (aliased !== undefined) return aliased;
  const value = scope.vars.get(name);
  return value === undefined ? scope.opaque : value;
}

export function writeVariable(ctx: Interpreter, name: string, value: Value): void {
  if (REQUEST.has(name)) return;
  if (name === '_SERVER' || name === '_ENV') {
    ctx.state.loseEnvironment(ctx.unknown(null, `$${name} is overwritten`));
    return;
  }
  const scope = scopeOf(ctx, name);
  if (!scope.aliased.has(name)) scope.vars.set(name, value);
}

/** Marks a variable as bound by reference. */
export function alias(ctx: Interpreter, target: Node | null, why: Unknown): void {
  for (const name of rootNames(target)) {
    if (name === null) loseScope(ctx.state.scope, why);
    else if (name === 'GLOBALS') loseScope(ctx.state.globals, why);
    else if (name === '_SERVER' || name === '_ENV') ctx.state.loseEnvironment(why);
    else scopeOf(ctx, name).aliased.set(name, why);
  }
}

/** The variables at the root of an lvalue (`$a['b']->c` → a); null for one whose name is not written down. */
export function rootNames(target: Node | null): (string | null)[] {
  if (target === null) return [];
  switch (target.kind) {
    case 'variable':
      return [typeof target['name'] === 'string' ? target['name'] : null];
    case 'offsetlookup':
    case 'propertylookup':
    case 'nullsafepropertylookup':
      return rootNames(field(target, 'what'));
    case 'list':
    case 'array':
      return nodes(target, 'items').flatMap((item) => rootNames(item));
    case 'entry':
    case 'byref':
      return rootNames(field(target, 'value') ?? field(target, 'what'));
    case 'silent':
      return rootNames(field(target, 'expr'));
    default:
      return [];
  }
}

/** Makes a place unknown, whatever it is. */
export function taint(ctx: Interpreter, target: Node | null, why: Unknown): void {
  if (target?.kind === 'offsetlookup') {
    const base = field(target, 'what');
    if (base?.kind === 'variable' && isSuper(base['name'])) {
      writeSuper(ctx, String(base['name']), field(target, 'offset'), why);
      return;
    }
  }
  for (const name of rootNames(target)) {
    if (name === null) loseScope(ctx.state.scope, why);
    else if (name === 'GLOBALS') loseScope(ctx.state.globals, why);
    else writeVariable(ctx, name, why);
  }
}

export const isSuper = (name: unknown): boolean => name === '_SERVER' || name === '_ENV' || name === 'GLOBALS';

/** `$_SERVER['X']`, `$_ENV['X']`, `$GLOBALS['x']`; undefined = not set. */
export function readSuper(ctx: Interpreter, node: Node, name: string, key: Value): Value | undefined {
  if (isUnknown(key)) return key;
  const keyText = toStr(key);
  if (keyText === null) return ctx.unknown(node, `$${name} is read with an odd key`);
  if (name === 'GLOBALS') return readFrom(ctx.state.globals, keyText);
  return readEnv(ctx, node, name === '_ENV' ? 'env' : 'server', keyText);
}

/** One environment variable from one of PHP's three stores; undefined = surely not set. */
export function readEnv(
  ctx: Interpreter,
  node: Node,
  store: 'getenv' | 'env' | 'server',
  name: string,
): Value | undefined {
  const entry = ctx.state.env.get(`${store}:${name}`);
  if (entry === UNSET) return undefined;
  if (entry !== undefined) return entry;
  if (store !== 'server' && ctx.state.envComplete) return undefined;
  const what = store === 'getenv' ? `getenv('${printable(name)}')` : `$_${store.toUpperCase()}['${printable(name)}']`;
  return ctx.unknown(node, `${what} is not known here`);
}

/** A name of a tenant's in a message: short, one line. */
export const printable = (name: string): string => name.slice(0, 100).replaceAll(/[^\x20-\x7e]/g, '?');

/** `$_SERVER[...] =`, `$GLOBALS[...] =`. */
export function writeSuper(ctx: Interpreter, name: string, offset: Node | null, value: Value): void {
  const key = offset === null ? null : ctx.eval(offset);
  const keyText = key === null || isUnknown(key) ? null : toStr(key);
  const why = ctx.unknown(offset, `$${name} is written with a key that is not known`);
  if (name === 'GLOBALS') {
    const globals = ctx.state.globals;
    if (keyText === null) loseScope(globals, why);
    else if (!globals.aliased.has(keyText)) globals.vars.set(keyText, value);
  } else if (keyText === null) ctx.state.loseEnvironment(why);
  else ctx.state.env.set(`${name === '_ENV' ? 'env' : 'server'}:${keyText}`, value);
}

/** Name of a variable node; for `$$x` the evaluated name, or why it is unknown. */
export function variableName(ctx: Interpreter, node: Node): string | Unknown {
  const name = node['name'];
  if (typeof name === 'string') return name;
  const inner = field(node, 'name');
  const value = inner === null ? ctx.unknown(node, 'a variable variable') : ctx.eval(inner);
  if (isUnknown(value)) return value;
  return toStr(value) ?? ctx.unknown(node, 'a variable variable with an odd name');
}

/** `target = value` for every kind of target. */
export function assign(ctx: Interpreter, target: Node, value: Value): void {
  ctx.step();
  switch (target.kind) {
    case 'variable': {
      const name = variableName(ctx, target);
      if (typeof name === 'string') writeVariable(ctx, name, value);
      else loseScope(ctx.state.scope, name);
      return;
    }
    case 'offsetlookup':
      assignElement(ctx, target, value);
      return;
    case 'list':
    case 'array':
      destructure(ctx, target, value);
      return;
    case 'propertylookup':
    case 'nullsafepropertylookup':
      // Objects are shared: whoever else holds it sees the change too.
      ctx.opaque(ctx.unknown(target, 'an object property is set'));
      return;
    case 'staticlookup':
      // Only `Env::$options` of the env library changes what is evaluated here; other classes' values are never known.
      if (isUnknown(value) || typeof value !== 'bigint' || (value & 15n) !== 15n) ctx.usualEnvOptions = false;
      return;
    default:
      ctx.opaque(ctx.unknown(target, `an assignment to ${target.kind}`));
  }
}

function assignElement(ctx: Interpreter, target: Node, value: Value): void {
  const base = field(target, 'what');
  const offset = field(target, 'offset');
  if (base === null) return;
  if (base.kind === 'variable' && isSuper(base['name'])) {
    writeSuper(ctx, String(base['name']), offset, value);
    return;
  }
  if (base.kind !== 'variable' && base.kind !== 'offsetlookup') {
    if (base.kind !== 'staticlookup') ctx.opaque(ctx.unknown(target, 'an element of an object is set'));
    return;
  }
  const container = ctx.eval(base);
  assign(ctx, base, withElement(ctx, target, container, offset, value));
}

function withElement(ctx: Interpreter, node: Node, container: Value, offset: Node | null, value: Value): Value {
  if (isUnknown(container)) {
    if (offset !== null) ctx.eval(offset);
    return container;
  }
  const array = container === null ? PhpArray.empty : container;
  if (array instanceof PhpObject) return ctx.opaque(ctx.unknown(node, 'an element of an object is set'));
  if (!(array instanceof PhpArray)) return ctx.unknown(node, 'sets an element of something that is not an array');
  ctx.step(array.size);
  ctx.spend(32 * (array.size + 1));
  if (offset === null)
    return array.next === null ? ctx.unknown(node, 'appends after a negative key') : array.with(array.next, value);
  const key = ctx.eval(offset);
  if (isUnknown(key)) return key;
  const k = arrayKey(key);
  return k === null ? ctx.unknown(node, 'sets an element with an odd key') : array.with(k, value);
}

function destructure(ctx: Interpreter, target: Node, value: Value): void {
  let index = 0n;
  for (const item of nodes(target, 'items')) {
    const position = index++;
    if (item.kind === 'noop') continue;
    const place = item.kind === 'entry' ? field(item, 'value') : item;
    if (place === null) continue;
    const keyNode = item.kind === 'entry' ? field(item, 'key') : null;
    const key = keyNode === null ? position : ctx.eval(keyNode);
    if (flag(item, 'byRef') || flag(place, 'byref')) {
      alias(ctx, place, ctx.unknown(item, 'is bound by reference'));
      continue;
    }
    const k = isUnknown(key) ? null : arrayKey(key);
    if (isUnknown(value)) assign(ctx, place, value);
    else if (value === null && !isUnknown(key)) assign(ctx, place, null);
    else if (value instanceof PhpArray && k !== null) assign(ctx, place, value.map.get(k) ?? null);
    else assign(ctx, place, isUnknown(key) ? key : ctx.unknown(item, 'takes apart something that is not an array'));
  }
}

/** `unset($place)`. */
export function unset(ctx: Interpreter, target: Node): void {
  if (target.kind === 'variable') {
    const name = variableName(ctx, target);
    if (typeof name !== 'string') loseScope(ctx.state.scope, name);
    else if (ctx.state.scope.globals.has(name)) ctx.state.scope.globals.delete(name);
    else {
      // Unbinding a reference is not followed: the name stays unknown.
      if (!ctx.state.scope.aliased.has(name)) ctx.state.scope.vars.set(name, null);
    }
    return;
  }
  const base = field(target, 'what');
  const offset = field(target, 'offset');
  if (target.kind !== 'offsetlookup' || base === null || offset === null) {
    taint(ctx, target, ctx.unknown(target, 'is unset in part'));
    return;
  }
  if (base.kind === 'variable' && isSuper(base['name'])) {
    const key = ctx.eval(offset);
    const name = String(base['name']);
    if (name === 'GLOBALS' || isUnknown(key)) writeSuper(ctx, name, offset, null);
    else ctx.state.env.set(`${name === '_ENV' ? 'env' : 'server'}:${toStr(key) ?? ''}`, UNSET);
    return;
  }
  const container = ctx.eval(base);
  const key = ctx.eval(offset);
  const k = isUnknown(key) ? null : arrayKey(key);
  if (container === null) return;
  if (container instanceof PhpArray && k !== null) assign(ctx, base, container.without(k));
  else taint(ctx, base, ctx.unknown(target, 'is unset in part'));
}
