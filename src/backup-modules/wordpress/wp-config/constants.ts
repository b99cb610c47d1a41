import { lookupBuiltinConstant } from './builtin-constants.js';
import type { Node } from './ast.js';
import type { Interpreter } from './interpreter.js';
import { constantKey } from './names.js';
import { isUnknown, PhpObject, toStr, type Value } from './values.js';
import { printable } from './variables.js';

/** The value of a constant by the full names it may have. */
export function readConstant(ctx: Interpreter, node: Node | null, names: readonly string[]): Value {
  for (const name of names) {
    const entry = ctx.state.constants.get(name);
    if (entry !== undefined)
      return entry.maybe && !isUnknown(entry.value) ? ctx.unknown(node, 'may not be defined') : entry.value;
    const builtin = lookupBuiltinConstant(name);
    if (builtin !== undefined) return builtin;
  }
  ctx.mayThrow++;
  const opaque = ctx.state.constantsOpaque;
  return opaque ?? ctx.unknown(node, `the constant ${printable(names.at(-1) ?? '')} is not defined here`);
}

/** `defined('X')`. */
export function isDefined(ctx: Interpreter, node: Node, name: string): Value {
  const entry = ctx.state.constants.get(constantKey(name.startsWith('\\') ? name.slice(1) : name));
  if (entry !== undefined) {
    if (!entry.maybe) return true;
    return isUnknown(entry.value) ? entry.value : ctx.unknown(node, 'may not be defined');
  }
  if (lookupBuiltinConstant(name) !== undefined) return true;
  if (ctx.state.constantsOpaque !== null) return ctx.state.constantsOpaque;
  // Names that PHP or an extension may define by itself.
  if (
    /::|^(?:PHP|E|M|LC|LOG|CURL|MYSQLI?|PDO|OPENSSL|SODIUM|JSON|FILTER|INI|SO|AF|MB|ENT|T|SQLITE3?|STREAM|POSIX|PCNTL|SIG[A-Z]*)_/.test(
      name,
    )
  )
    return ctx.unknown(node, `whether PHP defines ${printable(name)} is not known here`);
  return false;
}

/** `define(name, value)`: PHP never changes a constant that is already defined. Gives what the call returns. */
export function define(ctx: Interpreter, node: Node, name: Value, value: Value): Value {
  if (isUnknown(name)) {
    ctx.state.constantsOpaque ??= name;
    return name;
  }
  const text = toStr(name);
  if (text === null) return ctx.unknown(node, 'defines a constant with an odd name');
  if (lookupBuiltinConstant(text) !== undefined || /^(?:true|false|null|__compiler_halt_offset__)$/i.test(text))
    return false;
  if (text.includes('::')) {
    ctx.mayThrow++;
    return false;
  }
  const key = constantKey(text);
  const entry = ctx.state.constants.get(key);
  if (entry !== undefined && !entry.maybe) return false;
  ctx.spend(64 + text.length);
  const earlier = entry === undefined ? ctx.state.constantsOpaque : entry.value;
  const stored = isUnknown(value) || !(value instanceof PhpObject) ? value : ctx.unknown(node, 'is an object');
  if (earlier === null && entry === undefined) {
    ctx.state.constants.set(key, { value: stored, maybe: false });
    return true;
  }
  const why = earlier !== null && isUnknown(earlier) ? earlier : ctx.unknown(node, 'may be defined earlier');
  ctx.state.constants.set(key, { value: why, maybe: false });
  return why;
}
