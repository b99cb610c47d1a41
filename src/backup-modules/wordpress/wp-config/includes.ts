import { descendants, field, flag, nodes, text, type Node } from './ast.js';
import { Signal, type Interpreter } from './interpreter.js';
import { NO_NAMES } from './names.js';
import { MAX_SOURCE, parsePhp } from './parse.js';
import { loseScope } from './state.js';
import { isUnknown, toStr, type Unknown, type Value } from './values.js';
import { printable } from './variables.js';

/** `include`, `require` and their `_once` forms. */
export function evalInclude(ctx: Interpreter, node: Node): Value {
  const target = field(node, 'target');
  const value = target === null ? ctx.unknown(node, 'include') : ctx.eval(target);
  if (isUnknown(value)) {
    if (endsInSettings(target)) throw new Signal('settings');
    return lost(ctx, node, `includes a file whose name is not known: ${value.reason}`);
  }
  const path = toStr(value);
  if (path === null || path === '' || path.includes('\0')) return lost(ctx, node, 'includes a file with an odd name');
  if (/(?:^|\/)wp-settings\.php$/.test(path)) throw new Signal('settings');
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return lost(ctx, node, `includes ${printable(path)}, which is not a file`);
  // Composer's autoloader declares classes and functions; the libraries that matter are known (libraries.ts).
  if (/(?:^|\/)vendor\/autoload\.php$/.test(path)) return ctx.unknown(node, "Composer's autoloader");
  const resolved = resolve(ctx, path);
  if (resolved === null)
    return lost(ctx, node, `includes ${printable(path)} by a relative name that can mean two files`);
  return includeFile(ctx, node, resolved);
}

/** Whether a path that is not known as a whole surely ends in wp-settings.php. */
export function endsInSettings(target: Node | null): boolean {
  let at = target;
  while (at !== null && at.kind === 'bin' && text(at, 'type') === '.') at = field(at, 'right');
  return at?.kind === 'string' && /(?:^|\/)wp-settings\.php$/.test(text(at, 'value'));
}

function lost(ctx: Interpreter, node: Node, reason: string): Unknown {
  const why = ctx.unknown(node, reason);
  loseScope(ctx.state.scope, why);
  return ctx.opaque(why);
}

/** PHP looks in the include path (the working folder first), then beside the including file. */
function resolve(ctx: Interpreter, path: string): string | null {
  if (path.startsWith('/')) return path;
  const fromWork = `${ctx.workingDir}/${path}`;
  if (/^\.\.?\//.test(path)) return fromWork;
  const beside = `${ctx.file.path.slice(0, ctx.file.path.lastIndexOf('/'))}/${path}`;
  const [a, b] = [ctx.files.real(fromWork), ctx.files.real(beside)];
  if (a !== null && b !== null && a !== b) return null;
  return a !== null ? fromWork : beside;
}

function includeFile(ctx: Interpreter, node: Node, path: string): Value {
  const shown = printable(path);
  const real = ctx.files.real(path);
  if (flag(node, 'once') && real !== null) {
    const before = ctx.state.included.get(real);
    if (before === true) return true;
    if (before === false) {
      const why = ctx.unknown(node, `${shown} may be included before`);
      return ctx.branch(why, [() => true, () => load(ctx, node, path, shown)]);
    }
  }
  return load(ctx, node, path, shown);
}

function load(ctx: Interpreter, node: Node, path: string, shown: string): Value {
  const result = ctx.files.read(path, MAX_SOURCE);
  if (!result.ok) {
    if (result.missing && !flag(node, 'require') && ctx.files.kind(path) === 'missing') return false;
    return lost(ctx, node, `includes ${shown}, which ${result.reason}`);
  }
  if (!ctx.includedFiles.includes(result.path)) ctx.includedFiles.push(result.path);
  ctx.state.included.set(result.path, true);
  ctx.step(10 + (result.content.length >> 4));
  ctx.spend(result.content.length);
  const parsed = parsePhp(result.content, result.path);
  if (!parsed.ok) return lost(ctx, node, `includes ${shown}, which ${parsed.reason}`);
  return ctx.deeper(() => runFile(ctx, node, result.path, parsed.program));
}

/** Evaluates a parsed file in the current scope and gives what it returns (1 when nothing). */
export function runFile(ctx: Interpreter, node: Node | null, path: string, program: Node): Value {
  for (const inner of descendants(program))
    if (inner.kind === 'function') ctx.declared.add(text(inner, 'name').toLowerCase());
  const outer = ctx.file;
  const why = (): Unknown => ctx.unknown(node, 'depends on an early return of an included file');
  ctx.file = { path, names: NO_NAMES, functionName: '', className: '' };
  try {
    return ctx.frame(why, () => {
      ctx.parts.execProgram(ctx, nodes(program, 'children'));
      return 1n;
    });
  } finally {
    ctx.file = outer;
  }
}
