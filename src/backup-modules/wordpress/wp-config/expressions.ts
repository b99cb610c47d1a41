import { descendants, field, flag, nodes, text, type Node } from './ast.js';
import { readConstant } from './constants.js';
import type { Interpreter } from './interpreter.js';
import { constantNames } from './names.js';
import { arrayLiteral, interpolate, magic, number } from './literals.js';
import { issetExpression, lookup, quiet, staticLookup } from './lookups.js';
import { binary, cast, type Outcome } from './operators.js';
import { literalString, nowdocString } from './strings.js';
import { isUnknown, PhpArray, PhpObject, toBool, type Value } from './values.js';
import { alias, readVariable, taint, variableName } from './variables.js';

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
