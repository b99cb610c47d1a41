import { field, text, type Node } from './ast.js';
import type { Interpreter } from './interpreter.js';
import { element } from './operators.js';
import { arrayKey, isUnknown, PhpObject, toStr, type Value } from './values.js';
import { isSuper, readSuper } from './variables.js';

export function issetExpression(ctx: Interpreter, variables: readonly Node[]): Value {
  const [first, ...rest] = variables;
  if (first === undefined) return true;
  const value = quiet(ctx, first);
  if (isUnknown(value))
    return rest.length === 0 ? value : ctx.branch(value, [() => false, () => issetExpression(ctx, rest)]);
  return value === null ? false : issetExpression(ctx, rest);
}

/** The value of a place that may not exist: null then, without the string-offset rules of a plain read. */
export function quiet(ctx: Interpreter, node: Node): Value {
  if (node.kind === 'offsetlookup' || node.kind === 'propertylookup' || node.kind === 'nullsafepropertylookup')
    return lookup(ctx, node, true);
  return ctx.eval(node);
}

export function lookup(ctx: Interpreter, node: Node, isQuiet: boolean, givenKey?: Value): Value {
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

export function staticLookup(ctx: Interpreter, node: Node): Value {
  const offset = field(node, 'offset');
  if (offset?.kind === 'identifier' && text(offset, 'name').toLowerCase() === 'class') {
    const what = field(node, 'what');
    if (what?.kind === 'name') return ctx.unknown(node, 'the name of a class');
  }
  ctx.mayThrow++;
  return ctx.unknown(node, 'a value of a class');
}
