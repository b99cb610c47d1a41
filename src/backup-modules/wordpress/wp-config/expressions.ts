import { descendants, field, flag, nodes, text, type Node } from './ast.js';
import { readConstant } from './constants.js';
import type { Interpreter } from './interpreter.js';
import { constantNames } from './names.js';
import { binary, cast, element, type Outcome } from './operators.js';
import { interpolationParts, literalString, nowdocString } from './strings.js';
import {
  arrayKey,
  fitsInt,
  isUnknown,
  nextIndex,
  PhpArray,
  PhpObject,
  toBool,
  toStr,
  Unknown,
  type ArrayKey,
  type Value,
} from './values.js';
import { alias, isSuper, readSuper, readVariable, taint, variableName } from './variables.js';

const CHANGING = new Set([
  'assign',
  'assignref',
  'pre',
  'post',
  'call',
  'include',
  'eval',
  'new',
  'yield',
  'yieldfrom',
  'exit',
  'throw',
]);
const changes = (node: Node): boolean => {
  for (const inner of descendants(node)) if (CHANGING.has(inner.kind)) return true;
  return false;
};

const settle = (ctx: Interpreter, node: Node, outcome: Outcome): Value =>
  outcome.ok ? outcome.value : ctx.unknown(node, outcome.reason);

/** Evaluates one expression; what can't be known is an Unknown that says why. */
export function evalExpression(ctx: Interpreter, node: Node): Value {
  ctx.step();
  const value = ctx.deeper(() => evaluate(ctx, node));
  // What is not known may also be an error in PHP.
  if (isUnknown(value)) ctx.mayThrow++;
  return value;
}

function evaluate(ctx: Interpreter, node: Node): Value {
  switch (node.kind) {
    case 'string':
      return literalString(node) ?? ctx.unknown(node, 'a text literal that is not understood');
    case 'nowdoc':
      return nowdocString(node) ?? ctx.unknown(node, 'a nowdoc that is not understood');
    case 'encapsed':
      return interpolate(ctx, node);
    case 'number':
      return number(ctx, node);
    case 'boolean':
      return node['value'] === true;
    case 'nullkeyword':
      return null;
    case 'magic':
      return magic(ctx, node);
    case 'name':
      return readConstant(ctx, node, constantNames(node, ctx.file.names));
    case 'variable': {
      const name = variableName(ctx, node);
      return typeof name === 'string' ? readVariable(ctx, node, name) : name;
    }
    case 'array':
      return arrayLiteral(ctx, node);
    case 'bin':
      return binaryExpression(ctx, node);
    case 'unary':
      return unary(ctx, node);
    case 'cast':
      return castExpression(ctx, node);
    case 'retif':
      return ternary(ctx, node);
    case 'silent':
      return operand(ctx, node, 'expr');
    case 'isset':
      return issetExpression(ctx, nodes(node, 'variables'));
    case 'empty': {
      const target = field(node, 'expression');
      const value = target === null ? ctx.unknown(node, 'empty()') : quiet(ctx, target);
      return isUnknown(value) ? value : !toBool(value);
    }
    case 'offsetlookup':
    case 'propertylookup':
    case 'nullsafepropertylookup':
      return lookup(ctx, node, false);
    case 'staticlookup':
      return staticLookup(ctx, node);
    case 'assign':
      return assignment(ctx, node);
    case 'assignref': {
      const why = ctx.unknown(node, 'is bound by reference');
      const right = field(node, 'right');
      if (right !== null && right.kind !== 'variable') ctx.eval(right);
      alias(ctx, field(node, 'left'), why);
      alias(ctx, right, why);
      return why;
    }
    case 'pre':
    case 'post':
      return increment(ctx, node);
    case 'call':
    case 'new':
    case 'eval':
    case 'match':
    case 'exit':
    case 'throw':
    case 'print':
      return ctx.parts.evalCall(ctx, node);
    case 'include':
      return ctx.parts.evalInclude(ctx, node);
    case 'closure':
      for (const use of nodes(node, 'uses'))
        if (flag(use, 'byref')) alias(ctx, use, ctx.unknown(node, 'is shared with a closure'));
      return ctx.unknown(node, 'a closure');
    case 'arrowfunc':
      return ctx.unknown(node, 'an arrow function');
    default:
      return ctx.opaque(ctx.unknown(node, `"${node.kind}" is not evaluated`));
  }
}

function operand(ctx: Interpreter, node: Node, name: string): Value {
  const child = field(node, name);
  return child === null ? ctx.unknown(node, `"${node.kind}" is not understood`) : ctx.eval(child);
}

function interpolate(ctx: Interpreter, node: Node): Value {
  if (text(node, 'type') === 'shell') return ctx.unknown(node, 'a shell command');
  const parts = interpolationParts(node);
  if (parts === null) return ctx.unknown(node, 'a text that is not understood');
  let result: Value = '';
  for (const part of parts) {
    const value: Value = 'text' in part ? part.text : interpolated(ctx, part.expression);
    if (isUnknown(result)) continue;
    if (isUnknown(value)) result = value;
    else result = settle(ctx, node, binary('.', result, value));
  }
  if (typeof result === 'string') ctx.spend(result.length);
  return result;
}

/** In simple interpolation `$a[key]` the bare word is a text, not a constant. */
function interpolated(ctx: Interpreter, node: Node): Value {
  const offset = field(node, 'offset');
  if (node.kind !== 'offsetlookup' || offset === null) return ctx.eval(node);
  if (offset.kind === 'identifier') return lookup(ctx, node, false, text(offset, 'name'));
  if (offset.kind === 'number') {
    const raw = String(offset['value']);
    return lookup(ctx, node, false, /^(?:0|-?[1-9]\d{0,17})$/.test(raw) ? BigInt(raw) : raw);
  }
  return ctx.eval(node);
}

function number(ctx: Interpreter, node: Node): Value {
  const raw = String(node['value']).replaceAll('_', '').toLowerCase();
  const octal = /^0o?([0-7]+)$/.exec(raw);
  let value: bigint | null = null;
  if (raw === '0' || /^[1-9]\d{0,29}$/.test(raw) || /^0x[0-9a-f]{1,20}$/.test(raw) || /^0b[01]{1,70}$/.test(raw))
    value = BigInt(raw);
  else if (octal?.[1] !== undefined) value = BigInt(`0o${octal[1]}`);
  if (value !== null) return fitsInt(value) ? value : Number(value);
  if (/^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/.test(raw)) return Number(raw);
  return ctx.unknown(node, 'a number that is not understood');
}

function magic(ctx: Interpreter, node: Node): Value {
  const path = ctx.file.path;
  switch (text(node, 'value').toUpperCase()) {
    case '__FILE__':
      return path;
    case '__DIR__':
      return path.slice(0, path.lastIndexOf('/')) || '/';
    case '__NAMESPACE__':
      return ctx.file.names.namespace;
    case '__FUNCTION__':
      return ctx.file.functionName === '' ? '' : ctx.unknown(node, 'the name of a function');
    case '__CLASS__':
      return '';
    default:
      return ctx.unknown(node, `${text(node, 'value')} is not evaluated`);
  }
}

function arrayLiteral(ctx: Interpreter, node: Node): Value {
  const map = new Map<ArrayKey, Value>();
  let next: bigint | null = 0n;
  let failed: Unknown | null = null;
  for (const item of nodes(node, 'items')) {
    ctx.step();
    const isEntry = item.kind === 'entry';
    const valueNode = isEntry ? field(item, 'value') : item;
    const keyNode = isEntry ? field(item, 'key') : null;
    if (valueNode === null) return ctx.unknown(node, 'an array that is not understood');
    if (flag(item, 'byRef') || flag(valueNode, 'byref'))
      alias(ctx, valueNode, ctx.unknown(item, 'is bound by reference'));
    if (flag(item, 'unpack') || item.kind === 'variadic') {
      ctx.eval(field(item, 'what') ?? valueNode);
      failed ??= ctx.unknown(item, 'unpacks an array');
      continue;
    }
    let key: Value = next;
    if (keyNode !== null) key = ctx.eval(keyNode);
    const value = ctx.eval(valueNode);
    if (isUnknown(key)) {
      failed ??= key;
      continue;
    }
    const k = keyNode === null ? next : arrayKey(key);
    if (k === null) failed ??= ctx.unknown(item, 'an array key that is not understood');
    else {
      map.set(k, value);
      next = nextIndex(next, k);
    }
  }
  ctx.spend(32 * map.size);
  return failed ?? new PhpArray(map, next);
}

function binaryExpression(ctx: Interpreter, node: Node): Value {
  const op = text(node, 'type').toLowerCase();
  const left = field(node, 'left');
  const right = field(node, 'right');
  if (left === null || right === null) return ctx.unknown(node, 'an operator that is not understood');
  if (op === '??') {
    const value = quiet(ctx, left);
    if (isUnknown(value)) return ctx.branch(value, [() => value, () => ctx.eval(right)]);
    return value ?? ctx.eval(right);
  }
  if (op === '&&' || op === 'and' || op === '||' || op === 'or')
    return shortCircuit(ctx, op === '&&' || op === 'and', left, right);
  if (op === 'instanceof') return ctx.unknown(node, 'instanceof is not evaluated');
  // PHP reads a plain variable only after the other side has run: `$i + $i++`.
  const late = left.kind === 'variable' && changes(right);
  const early = late ? null : ctx.eval(left);
  const b = ctx.eval(right);
  const a = early === null && late ? ctx.eval(left) : early;
  if (versionDependent(op, left, right))
    return ctx.unknown(node, 'mixes operators whose order differs between PHP versions');
  if (isUnknown(a)) return a;
  if (isUnknown(b)) return b;
  const result = settle(ctx, node, binary(op, a, b));
  if (typeof result === 'string') ctx.spend(result.length);
  if (isUnknown(result)) ctx.mayThrow++;
  return result;
}

/** "." against "+", "-", "<<", ">>" without parentheses: PHP 8 changed which binds first. */
function versionDependent(op: string, left: Node, right: Node): boolean {
  const mixed = op === '.' ? ['+', '-', '<<', '>>'] : ['+', '-', '<<', '>>'].includes(op) ? ['.'] : [];
  if (mixed.length === 0) return false;
  return [left, right].some((side) => {
    let at: Node | null = side;
    while (at !== null && at.kind === 'bin' && !flag(at, 'parenthesizedExpression')) {
      if (mixed.includes(text(at, 'type'))) return true;
      at = field(at, side === left ? 'right' : 'left');
    }
    return false;
  });
}

function shortCircuit(ctx: Interpreter, isAnd: boolean, left: Node, right: Node): Value {
  const a = ctx.eval(left);
  const second = (): Value => {
    const b = ctx.eval(right);
    return isUnknown(b) ? b : toBool(b);
  };
  if (isUnknown(a)) {
    const value = ctx.branch(a, [() => !isAnd, second]);
    return value;
  }
  return toBool(a) === isAnd ? second() : !isAnd;
}

function unary(ctx: Interpreter, node: Node): Value {
  const value = operand(ctx, node, 'what');
  if (isUnknown(value)) return value;
  const op = text(node, 'type');
  if (op === '!') return !toBool(value);
  if (op === '-') return settle(ctx, node, binary('*', value, -1n));
  if (op === '+') return settle(ctx, node, binary('*', value, 1n));
  if (op === '~' && typeof value === 'bigint') return ~value;
  return ctx.unknown(node, `uses the operator ${op}`);
}

function castExpression(ctx: Interpreter, node: Node): Value {
  const value = operand(ctx, node, 'expr');
  if (isUnknown(value)) return value;
  const type = text(node, 'type').toLowerCase();
  if (type === 'object')
    return value instanceof PhpArray ? new PhpObject(value) : ctx.unknown(node, 'casts to an object');
  return settle(ctx, node, cast(type, value));
}

function ternary(ctx: Interpreter, node: Node): Value {
  const test = field(node, 'test');
  const yes = field(node, 'trueExpr');
  const no = field(node, 'falseExpr');
  if (test === null || no === null) return ctx.unknown(node, 'a condition that is not understood');
  for (const inner of [test, no])
    if (
      inner.kind === 'retif' &&
      !flag(inner, 'parenthesizedExpression') &&
      !(yes === null && field(inner, 'trueExpr') === null)
    ) {
      ctx.parts.havoc(ctx, node, ctx.unknown(node, 'nests ?: without parentheses, which differs between PHP versions'));
      return ctx.unknown(node, 'nests ?: without parentheses, which differs between PHP versions');
    }
  const value = ctx.eval(test);
  if (isUnknown(value)) return ctx.branch(value, [() => (yes === null ? value : ctx.eval(yes)), () => ctx.eval(no)]);
  if (!toBool(value)) return ctx.eval(no);
  return yes === null ? value : ctx.eval(yes);
}

function issetExpression(ctx: Interpreter, variables: readonly Node[]): Value {
  const [first, ...rest] = variables;
  if (first === undefined) return true;
  const value = quiet(ctx, first);
  if (isUnknown(value))
    return rest.length === 0 ? value : ctx.branch(value, [() => false, () => issetExpression(ctx, rest)]);
  return value === null ? false : issetExpression(ctx, rest);
}

/** The value of a place that may not exist: null then, without the string-offset rules of a plain read. */
function quiet(ctx: Interpreter, node: Node): Value {
  if (node.kind === 'offsetlookup' || node.kind === 'propertylookup' || node.kind === 'nullsafepropertylookup')
    return lookup(ctx, node, true);
  return ctx.eval(node);
}

function lookup(ctx: Interpreter, node: Node, isQuiet: boolean, givenKey?: Value): Value {
  const base = field(node, 'what');
  const offset = field(node, 'offset');
  if (base === null || (offset === null && givenKey === undefined)) return ctx.unknown(node, 'reads with no key');
  const isProperty = node.kind !== 'offsetlookup';
  const keyOf = (): Value => {
    if (givenKey !== undefined) return givenKey;
    if (offset === null) return ctx.unknown(node, 'reads with no key');
    return isProperty && offset.kind === 'identifier' ? text(offset, 'name') : ctx.eval(offset);
  };
  if (base.kind === 'variable' && isSuper(base['name']) && !isProperty) {
    const found = readSuper(ctx, node, String(base['name']), keyOf());
    return found === undefined ? null : found;
  }
  const container = isQuiet ? quiet(ctx, base) : ctx.eval(base);
  const key = keyOf();
  if (isUnknown(container)) return container;
  if (isUnknown(key)) return key;
  if (isProperty) {
    if (container === null) return null;
    if (!(container instanceof PhpObject) || container.props === null)
      return ctx.unknown(node, 'an object property is not evaluated');
    const k = toStr(key);
    const value = k === null ? undefined : (container.props.map.get(k) ?? (arrayKey(k) === k ? null : undefined));
    return value === undefined ? ctx.unknown(node, 'an odd object property') : value;
  }
  const found = element(container, key);
  if (found === null) return ctx.unknown(node, 'reads with a key that is not understood');
  if (found !== undefined) return found.found;
  return typeof container === 'string' && !isQuiet ? ctx.unknown(node, 'reads beyond the end of a text') : null;
}

function staticLookup(ctx: Interpreter, node: Node): Value {
  const offset = field(node, 'offset');
  if (offset?.kind === 'identifier' && text(offset, 'name').toLowerCase() === 'class') {
    const what = field(node, 'what');
    if (what?.kind === 'name') return ctx.unknown(node, 'the name of a class');
  }
  ctx.mayThrow++;
  return ctx.unknown(node, 'a value of a class');
}

function assignment(ctx: Interpreter, node: Node): Value {
  const target = field(node, 'left');
  const right = field(node, 'right');
  if (target === null || right === null) return ctx.unknown(node, 'an assignment that is not understood');
  const op = text(node, 'operator');
  const odd = target.kind !== 'variable' && changes(target);
  if (odd) {
    const why = ctx.unknown(node, 'assigns to a place that is computed with side effects');
    ctx.parts.havoc(ctx, node, why);
    return why;
  }
  if (op === '??=') {
    const before = quiet(ctx, target);
    const set = (): Value => {
      const value = ctx.eval(right);
      ctx.parts.assign(ctx, target, value);
      return value;
    };
    if (isUnknown(before)) return ctx.branch(before, [() => before, set]);
    return before ?? set();
  }
  let value = ctx.eval(right);
  if (op !== '=') {
    const before = ctx.eval(target);
    if (isUnknown(before)) value = before;
    else if (!isUnknown(value)) value = settle(ctx, node, binary(op.slice(0, -1), before, value));
    if (typeof value === 'string') ctx.spend(value.length);
  }
  ctx.parts.assign(ctx, target, value);
  return value;
}

function increment(ctx: Interpreter, node: Node): Value {
  const target = field(node, 'what');
  if (target === null) return ctx.unknown(node, 'an increment that is not understood');
  if (target.kind !== 'variable' && changes(target)) {
    const why = ctx.unknown(node, 'counts in a place that is computed with side effects');
    taint(ctx, target, why);
    return why;
  }
  const before = ctx.eval(target);
  let after: Value;
  if (isUnknown(before)) after = before;
  else if (typeof before === 'bigint') after = settle(ctx, node, binary(text(node, 'type'), before, 1n));
  else if (before === null) after = text(node, 'type') === '+' ? 1n : null;
  else after = ctx.unknown(node, 'counts with something that is not an integer');
  ctx.parts.assign(ctx, target, after);
  return node.kind === 'pre' ? after : before;
}
