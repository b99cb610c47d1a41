import { field, flag, nodes, text, type Node } from './ast.js';
import type { Interpreter } from './interpreter.js';
import { lookup } from './lookups.js';
import { binary } from './operators.js';
import { interpolationParts } from './strings.js';
import {
  arrayKey,
  fitsInt,
  isUnknown,
  nextIndex,
  PhpArray,
  type ArrayKey,
  type Unknown,
  type Value,
} from './values.js';
import { alias } from './variables.js';

export function interpolate(ctx: Interpreter, node: Node): Value {
  if (text(node, 'type') === 'shell') return ctx.unknown(node, 'a shell command');
  const parts = interpolationParts(node);
  if (parts === null) return ctx.unknown(node, 'a text that is not understood');
  let result: Value = '';
  for (const part of parts) {
    const value: Value = 'text' in part ? part.text : interpolated(ctx, part.expression);
    if (isUnknown(result)) continue;
    if (isUnknown(value)) result = value;
    else {
      const joined = binary('.', result, value);
      result = joined.ok ? joined.value : ctx.unknown(node, joined.reason);
    }
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

export function number(ctx: Interpreter, node: Node): Value {
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

export function magic(ctx: Interpreter, node: Node): Value {
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

export function arrayLiteral(ctx: Interpreter, node: Node): Value {
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
