import type { Node } from './ast.js';
import { define } from './constants.js';
import { parseDotenv } from './dotenv.js';
import type { Interpreter } from './interpreter.js';
import { UNSET, type EnvEntry } from './state.js';
import { isUnknown, PhpArray, PhpObject, toBool, toStr, type LibraryObject, type Value } from './values.js';
import { printable, readEnv } from './variables.js';

const MAX_DOTENV = 256 * 1024;

/*
 * The libraries that Bedrock and its like read their configuration with: vlucas/phpdotenv, oscarotero/env and
 * Roots\WPConfig\Config. Their own PHP is not evaluated; what they do is written here.
 */

/** `new Dotenv\Dotenv($dir)` of old versions; undefined for other classes. */
export function newLibraryObject(
  ctx: Interpreter,
  node: Node,
  name: string,
  args: readonly Value[],
): Value | undefined {
  return name === 'dotenv\\dotenv' ? dotenv(ctx, node, args[0] ?? null, args[1] ?? null, true) : undefined;
}

export function callLibraryStatic(
  ctx: Interpreter,
  node: Node,
  cls: string,
  method: string,
  args: readonly Value[],
): Value | undefined {
  if (cls === 'dotenv\\dotenv') {
    if (method === 'create' && args[0] instanceof PhpObject)
      return dotenv(ctx, node, args[1] ?? null, args[2] ?? null, args[3] ?? true);
    if (/^create(?:unsafe)?(?:im)?mutable$|^create$/.test(method))
      return dotenv(ctx, node, args[0] ?? null, args[1] ?? null, args[2] ?? true, /(?<!im)mutable$/.test(method));
    return undefined;
  }
  if (cls === 'dotenv\\repository\\repositorybuilder') return library({ kind: 'dotenv-repository' });
  if (cls === 'env\\env' || cls === 'env') {
    if (method === 'init') return ctx.unknown(node, 'nothing');
    return method === 'get' ? env(ctx, node, args) : undefined;
  }
  return cls === 'roots\\wpconfig\\config' ? config(ctx, node, method, args) : undefined;
}

export function callLibraryMethod(
  ctx: Interpreter,
  node: Node,
  object: Value,
  method: string,
  _args: readonly Value[],
): Value | undefined {
  if (!(object instanceof PhpObject) || object.library === null) return undefined;
  const { library: self } = object;
  ctx.mayThrow++;
  if (self.kind !== 'dotenv') return object;
  if (method === 'load' || method === 'safeload' || method === 'overload') {
    load(ctx, node, method === 'overload' ? { ...self, override: true } : self);
    return ctx.unknown(node, 'the list of loaded variables');
  }
  return method === 'required' || method === 'ifpresent' ? library({ kind: 'dotenv-validator' }) : undefined;
}

/** `env()` and `Env\env()`; undefined for other functions. */
export function callLibraryFunction(
  ctx: Interpreter,
  node: Node,
  name: string,
  args: readonly Value[],
): Value | undefined {
  return name === 'env' || name === 'env\\env' ? env(ctx, node, args) : undefined;
}

const library = (object: LibraryObject): PhpObject => new PhpObject(null, object);

/** A path or a list of paths. */
function textList(value: Value): string[] | null {
  if (typeof value === 'string') return [value];
  if (!(value instanceof PhpArray)) return null;
  const items = [...value.map.values()];
  return items.every((item) => typeof item === 'string') ? items : null;
}

function dotenv(
  ctx: Interpreter,
  node: Node,
  paths: Value,
  names: Value,
  shortCircuit: Value,
  override = false,
): Value {
  const folders = textList(paths);
  const files = names === null ? ['.env'] : textList(names);
  if (folders === null || files === null || isUnknown(shortCircuit)) {
    const why =
      [paths, names, shortCircuit].find(isUnknown) ?? ctx.unknown(node, 'reads .env files of an unknown place');
    ctx.state.loseEnvironment(why);
    return ctx.opaque(why);
  }
  const all = folders.flatMap((folder) => files.map((file) => `${folder.replace(/\/+$/, '')}/${file}`));
  return library({ kind: 'dotenv', paths: all, shortCircuit: toBool(shortCircuit), override });
}

/** Reads the files and sets the variables in all of PHP's stores. What the real environment may hold besides is not asked. */
function load(ctx: Interpreter, node: Node, self: Extract<LibraryObject, { kind: 'dotenv' }>): void {
  const sources: string[] = [];
  for (const path of self.paths) {
    const result = ctx.files.read(path, MAX_DOTENV);
    if (!result.ok) {
      if (result.missing && ctx.files.kind(path) === 'missing') continue;
      ctx.state.loseEnvironment(ctx.unknown(node, `the file ${printable(path)} ${result.reason}`));
      return;
    }
    ctx.spend(result.content.length);
    if (!ctx.includedFiles.includes(result.path)) ctx.includedFiles.push(result.path);
    sources.push(result.content);
    if (self.shortCircuit) break;
  }
  if (sources.length === 0) return;
  const current = (name: string): EnvEntry | undefined =>
    ctx.state.env.get(`env:${name}`) ?? ctx.state.env.get(`getenv:${name}`) ?? ctx.state.env.get(`server:${name}`);
  const parsed = parseDotenv(sources.join('\n'), (name) => {
    const entry = current(name);
    if (entry === undefined) return ctx.state.envComplete ? undefined : null;
    return entry === UNSET ? undefined : typeof entry === 'string' ? entry : null;
  });
  if (!parsed.ok) {
    ctx.state.loseEnvironment(ctx.unknown(node, `the .env file is not valid (line ${parsed.line})`));
    return;
  }
  const mine = new Set<string>();
  for (const [name, value] of parsed.entries) {
    ctx.step();
    const before = current(name);
    if (value === null || (before !== undefined && before !== UNSET && !self.override && !mine.has(name))) continue;
    mine.add(name);
    const stored =
      parsed.unknown?.has(name) === true
        ? ctx.unknown(node, `${printable(name)} in .env uses an unknown variable`)
        : value;
    for (const store of ['env', 'getenv', 'server']) ctx.state.env.set(`${store}:${name}`, stored);
  }
  // A .env that holds the database's credentials is where this site keeps its settings: what it leaves out is not set.
  const has = (name: string): boolean => mine.has(name) || current(name) !== undefined;
  if (has('DATABASE_URL') || (has('DB_NAME') && has('DB_USER') && has('DB_PASSWORD'))) ctx.state.envComplete = true;
}

function env(ctx: Interpreter, node: Node, args: readonly Value[]): Value {
  const [first] = args;
  if (first === undefined || isUnknown(first)) return first ?? ctx.unknown(node, 'env() without a name');
  const name = toStr(first);
  if (name === null) return ctx.unknown(node, 'env() of something odd');
  const stores = ['env', 'getenv', 'server'] as const;
  const found = stores.find((store) => {
    const entry = ctx.state.env.get(`${store}:${name}`);
    return entry !== undefined && entry !== UNSET;
  });
  const value = readEnv(ctx, node, found ?? 'getenv', name);
  if (value === undefined) return args[1] ?? null;
  if (typeof value !== 'string') return value;
  const converted = convert(value);
  if (converted === undefined) return ctx.unknown(node, `${printable(name)} is a number beyond PHP's integers`);
  return converted === value || ctx.usualEnvOptions
    ? converted
    : ctx.unknown(node, `${printable(name)} is converted by options that are not known`);
}

/** What oscarotero/env makes of a value: true, false, null, whole numbers, quotes off. */
function convert(value: string): Value | undefined {
  const lower = value.toLowerCase();
  if (lower === 'true') return true;
  if (lower === 'false') return false;
  if (lower === 'null') return null;
  if (/^\d+$/.test(value)) return value.replace(/^0+/, '').length > 18 ? undefined : BigInt(value);
  const quote = value.charAt(0);
  return value.length > 1 && (quote === '"' || quote === "'") && value.endsWith(quote) ? value.slice(1, -1) : value;
}

/** Roots\WPConfig\Config: collects constants, defines them at `apply()`. */
function config(ctx: Interpreter, node: Node, method: string, args: readonly Value[]): Value | undefined {
  const [key, value = null] = args;
  if (method === 'apply') {
    for (const [name, stored] of ctx.state.collected) define(ctx, node, name, stored);
    if (ctx.state.collectedOpaque !== null) ctx.state.constantsOpaque ??= ctx.state.collectedOpaque;
    return ctx.unknown(node, 'nothing');
  }
  const name = key === undefined || isUnknown(key) ? null : toStr(key);
  if (method === 'define' || method === 'set' || method === 'remove') {
    ctx.mayThrow++;
    ctx.spend(64);
    if (name === null)
      ctx.state.collectedOpaque ??= key !== undefined && isUnknown(key) ? key : ctx.unknown(node, 'an odd name');
    else if (method === 'remove') ctx.state.collected.delete(name);
    else ctx.state.collected.set(name, value);
    return ctx.unknown(node, 'nothing');
  }
  if (method !== 'get') return undefined;
  ctx.mayThrow++;
  if (name === null) return ctx.unknown(node, 'an odd name');
  const stored = ctx.state.collected.get(name);
  if (stored !== undefined) return stored;
  return ctx.state.collectedOpaque ?? ctx.unknown(node, `${printable(name)} is not configured before`);
}
