import { field, type Node } from './ast.js';
import { isHarmlessFunction } from './builtin-names.js';
import { define, isDefined, readConstant } from './constants.js';
import { allKnown, type Interpreter } from './interpreter.js';
import { callLibraryFunction } from './libraries.js';
import { constantKey } from './names.js';
import { PURE } from './pure-functions.js';
import { safePattern } from './safe-pattern.js';
import { loseScope, UNSET } from './state.js';
import { isUnknown, PhpArray, toStr, type Value } from './values.js';
import { printable, readEnv, readVariable, taint, writeVariable } from './variables.js';

const MAX_READ = 256 * 1024;

/** Calls a function of PHP's own (or of a known library); undefined when it is none we know. */
export function callBuiltin(
  ctx: Interpreter,
  node: Node,
  name: string,
  args: readonly Value[],
  argNodes: readonly Node[],
): Value | undefined {
  const pure = PURE.get(name);
  if (pure !== undefined) {
    const known = allKnown(args);
    if (isUnknown2(known)) return known;
    ctx.step(
      known.reduce(
        (cost: number, arg) =>
          cost + (arg instanceof PhpArray ? arg.size : typeof arg === 'string' ? arg.length >> 6 : 1),
        0,
      ),
    );
    const outcome = pure(known);
    if (outcome.ok && typeof outcome.value === 'string') ctx.spend(outcome.value.length);
    if (outcome.ok && outcome.value instanceof PhpArray) ctx.spend(64 * outcome.value.size);
    if (!outcome.ok) ctx.mayThrow++;
    return outcome.ok ? outcome.value : ctx.unknown(node, `${name}() ${outcome.reason}`);
  }
  const own = OWN[name];
  if (own !== undefined) return own(ctx, node, args, argNodes);
  const library = callLibraryFunction(ctx, node, name, args);
  if (library !== undefined) return library;
  if (!isHarmlessFunction(name)) return undefined;
  const why = ctx.unknown(node, `${name}() is not evaluated`);
  for (const argument of argNodes) taint(ctx, argument, why);
  ctx.mayThrow++;
  return why;
}

const isUnknown2 = (
  value: ReturnType<typeof allKnown>,
): value is Exclude<ReturnType<typeof allKnown>, readonly unknown[]> => !Array.isArray(value);

type Own = (ctx: Interpreter, node: Node, args: readonly Value[], argNodes: readonly Node[]) => Value;

const textArg = (args: readonly Value[], index: number): string | null => {
  const value = args[index];
  return value === undefined || isUnknown(value) ? null : toStr(value);
};

/** First unknown argument, or a new unknown. */
const odd = (ctx: Interpreter, node: Node, args: readonly Value[], what: string): Value =>
  args.find(isUnknown) ?? ctx.unknown(node, what);

const pathTest =
  (test: (kind: 'file' | 'dir' | 'other' | 'missing') => boolean): Own =>
  (ctx, node, args) => {
    const path = textArg(args, 0);
    if (path === null) return odd(ctx, node, args, 'tests a path that is not understood');
    const kind = ctx.files.kind(path);
    return kind === null
      ? ctx.unknown(node, `whether ${printable(path)} exists is not known here (outside the site)`)
      : test(kind);
  };

const readWhole = (ctx: Interpreter, node: Node, args: readonly Value[]): Value => {
  const path = textArg(args, 0);
  if (path === null) return odd(ctx, node, args, 'reads a file whose name is not understood');
  if (!path.startsWith('/')) return ctx.unknown(node, 'reads a file by a relative name');
  const result = ctx.files.read(path, MAX_READ);
  if (!result.ok) return ctx.unknown(node, `the file ${printable(path)} ${result.reason}`);
  ctx.spend(result.content.length);
  if (!ctx.includedFiles.includes(result.path)) ctx.includedFiles.push(result.path);
  return result.content;
};

const OWN: Readonly<Record<string, Own>> = Object.assign<object, Record<string, Own>>(Object.create(null), {
  define: (ctx, node, args) => define(ctx, node, args[0] ?? null, args[1] ?? null),
  defined: (ctx, node, args) => {
    const name = textArg(args, 0);
    return name === null ? odd(ctx, node, args, 'defined() of something odd') : isDefined(ctx, node, name);
  },
  constant: (ctx, node, args) => {
    const name = textArg(args, 0);
    return name === null || name.includes('::')
      ? odd(ctx, node, args, 'constant() of something odd')
      : readConstant(ctx, node, [constantKey(name)]);
  },
  getenv: (ctx, node, args) => {
    const name = textArg(args, 0);
    if (name === null) return odd(ctx, node, args, 'the whole environment is not known here');
    const value = readEnv(ctx, node, 'getenv', name);
    return value === undefined ? false : value;
  },
  putenv: (ctx, node, args) => {
    const text = textArg(args, 0);
    if (text === null) {
      const why = ctx.unknown(node, 'sets an environment variable that is not known');
      ctx.state.loseEnvironment(why);
      return why;
    }
    const at = text.indexOf('=');
    ctx.spend(text.length + 64);
    if (at > 0) ctx.state.env.set(`getenv:${text.slice(0, at)}`, text.slice(at + 1));
    else if (at < 0) ctx.state.env.set(`getenv:${text}`, UNSET);
    return true;
  },
  function_exists: (ctx, node, args) => {
    const name = textArg(args, 0)?.toLowerCase().replace(/^\\/, '');
    if (name === undefined) return odd(ctx, node, args, 'function_exists() of something odd');
    const declared = ctx.state.functions.get(name);
    if (declared !== undefined) return isUnknown(declared) ? declared : true;
    if (ctx.state.functionsOpaque !== null) return ctx.state.functionsOpaque;
    if (name in OWN || (PURE.has(name) && !/^str_(?:contains|starts_with|ends_with)$/.test(name))) return true;
    // A function that this configuration brings along by itself does not exist before that.
    return ctx.declared.has(name) ? false : ctx.unknown(node, `whether ${printable(name)}() exists is not known here`);
  },
  file_exists: pathTest((kind) => kind !== 'missing'),
  is_readable: pathTest((kind) => kind !== 'missing'),
  is_file: pathTest((kind) => kind === 'file'),
  is_dir: pathTest((kind) => kind === 'dir'),
  realpath: (ctx, node, args) => {
    const path = textArg(args, 0);
    const kind = path === null || path === '' ? null : ctx.files.kind(path);
    if (path === null || kind === null) return odd(ctx, node, args, 'realpath() of a path outside the site');
    return kind === 'missing' ? false : (ctx.files.real(path) ?? false);
  },
  file_get_contents: (ctx, node, args) =>
    args.length === 1 ? readWhole(ctx, node, args) : odd(ctx, node, args, 'reads part of a file'),
  file: (ctx, node, args) => {
    const flags = args[1] ?? 0n;
    const content = readWhole(ctx, node, args);
    if (isUnknown(content) || typeof content !== 'string' || typeof flags !== 'bigint' || (flags & ~6n) !== 0n)
      return isUnknown(content) ? content : odd(ctx, node, args, 'reads lines in an odd way');
    let lines = content.split(/(?<=\n)/);
    if (content === '') lines = [];
    ctx.step(lines.length);
    // PHP strips "\n" only (and "\r\n" as of 8.?): lines that end in "\r" are left alone here.
    if (content.includes('\r') && (flags & 2n) !== 0n) return ctx.unknown(node, 'reads lines that end in CR LF');
    if ((flags & 2n) !== 0n) lines = lines.map((line) => line.replace(/\n$/, ''));
    if ((flags & 4n) !== 0n && (flags & 2n) !== 0n) lines = lines.filter((line) => line !== '');
    return PhpArray.list(lines);
  },
  compact: (ctx, node, args) => {
    let result = PhpArray.empty;
    for (const arg of args) {
      if (typeof arg !== 'string') return odd(ctx, node, args, 'compact() of something odd');
      result = result.with(arg, readVariable(ctx, node, arg));
    }
    return result;
  },
  extract: (ctx, node, args) => {
    const [array] = args;
    if (!(array instanceof PhpArray) || args.length > 1) {
      const why = ctx.unknown(node, 'extract() sets variables that are not known');
      loseScope(ctx.state.scope, why);
      return why;
    }
    for (const [key, value] of array.map)
      if (
        typeof key === 'string' &&
        /^[A-Za-z_\x80-\xff][\w\x80-\xff]*$/.test(key) &&
        key !== 'this' &&
        key !== 'GLOBALS'
      )
        writeVariable(ctx, key, value);
    return ctx.unknown(node, 'extract() is not counted');
  },
  parse_str: (ctx, node, args, argNodes) => {
    const why = ctx.unknown(node, 'parse_str() is not evaluated');
    if (args.length < 2) loseScope(ctx.state.scope, why);
    for (const argument of argNodes) taint(ctx, argument, why);
    return null;
  },
  preg_replace: (ctx, node, args) => {
    const [pattern, replacement, subject] = args;
    const expression = typeof pattern === 'string' ? safePattern(pattern) : null;
    if (
      args.length !== 3 ||
      expression === null ||
      typeof replacement !== 'string' ||
      typeof subject !== 'string' ||
      subject.length > 255 ||
      /[\\$]/.test(replacement)
    )
      return odd(ctx, node, args, 'preg_replace() with this pattern is not evaluated');
    return subject.replaceAll(expression, () => replacement);
  },
  preg_match: (ctx, node, args, argNodes) => {
    const [pattern, subject] = args;
    const expression = typeof pattern === 'string' ? safePattern(pattern) : null;
    const why = ctx.unknown(node, 'preg_match() with this pattern is not evaluated');
    for (const argument of argNodes.slice(2)) taint(ctx, field(argument, 'value') ?? argument, why);
    if (expression === null || typeof subject !== 'string' || subject.length > 255 || args.length > 3)
      return odd(ctx, node, args.slice(0, 2), why.reason);
    return expression.test(subject) ? 1n : 0n;
  },
});
