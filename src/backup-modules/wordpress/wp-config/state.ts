import type { Node } from './ast.js';
import { sameValue, Unknown, type Value } from './values.js';

/** A constant: `maybe` = it may not be defined at all. */
export interface ConstantEntry {
  value: Value;
  maybe: boolean;
}

export interface UserFunction {
  node: Node;
  file: string;
  /** Names in its file: namespace and imports. */
  names: FileNames;
}

/** Namespace and `use` imports of a file, lower case where PHP ignores case. */
export interface FileNames {
  namespace: string;
  classes: ReadonlyMap<string, string>;
  functions: ReadonlyMap<string, string>;
  constants: ReadonlyMap<string, string>;
}

/** The variables of one function, or the global ones. */
export class Scope {
  vars = new Map<string, Value>();
  /** Set: any variable not in the map may have any value. */
  opaque: Unknown | null = null;
  /** Variables bound by reference: their value is never known again. */
  aliased = new Map<string, Unknown>();
  /** Names that `global` binds to the global scope. */
  globals = new Set<string>();

  clone(): Scope {
    const copy = new Scope();
    copy.vars = new Map(this.vars);
    copy.opaque = this.opaque;
    copy.aliased = new Map(this.aliased);
    copy.globals = new Set(this.globals);
    return copy;
  }
}

/** A known absence (an environment variable that is not set). */
export const UNSET = Symbol('unset');
export type EnvEntry = Value | typeof UNSET;

/** Everything that running PHP can change, as far as it is known at one point of the program. */
export class State {
  constants = new Map<string, ConstantEntry>();
  /** Set: any constant not in the map may have been defined by something that could not be evaluated. */
  constantsOpaque: Unknown | null = null;
  functions = new Map<string, UserFunction | Unknown>();
  functionsOpaque: Unknown | null = null;
  /** `getenv:X`, `env:X`, `server:X` → value. */
  env = new Map<string, EnvEntry>();
  /** True: a name not in `env` is surely not set in the environment (not so for `$_SERVER`). */
  envComplete = false;
  /** Real paths of included files: true = surely, false = maybe. */
  included = new Map<string, boolean>();
  /** Constants collected by Bedrock's Config until `apply()`. */
  collected = new Map<string, Value>();
  collectedOpaque: Unknown | null = null;
  /** Global scope first; the current one last. */
  scopes: Scope[] = [new Scope()];

  get globals(): Scope {
    const scope = this.scopes[0];
    if (scope === undefined) throw new Error('no global scope');
    return scope;
  }

  get scope(): Scope {
    return this.scopes.at(-1) ?? this.globals;
  }

  fork(): State {
    const copy = new State();
    copy.constants = new Map(this.constants);
    copy.constantsOpaque = this.constantsOpaque;
    copy.functions = new Map(this.functions);
    copy.functionsOpaque = this.functionsOpaque;
    copy.env = new Map(this.env);
    copy.envComplete = this.envComplete;
    copy.included = new Map(this.included);
    copy.collected = new Map(this.collected);
    copy.collectedOpaque = this.collectedOpaque;
    copy.scopes = this.scopes.map((scope) => scope.clone());
    return copy;
  }

  /** What a fork costs, in evaluation steps. */
  get weight(): number {
    let weight = this.constants.size + this.functions.size + this.env.size + this.included.size + this.collected.size;
    for (const scope of this.scopes) weight += scope.vars.size + scope.aliased.size;
    return weight;
  }

  /** After something that can't be evaluated: anything not yet fixed may have changed. Defined constants stay: PHP never changes one. */
  loseEverything(why: Unknown): void {
    this.constantsOpaque ??= why;
    this.functionsOpaque ??= why;
    this.loseEnvironment(why);
    this.collected = new Map([...this.collected.keys()].map((key) => [key, why]));
    this.collectedOpaque ??= why;
    loseScope(this.globals, why);
  }

  loseEnvironment(why: Unknown): void {
    this.env = new Map([...this.env.keys()].map((key) => [key, why]));
    this.envComplete = false;
  }
}

export function loseScope(scope: Scope, why: Unknown): void {
  scope.vars = new Map();
  scope.opaque ??= why;
}

/** The state when either of two may be the case: equal facts stay, the others become unknown for the given reason. */
export function mergeStates(a: State, b: State, why: Unknown): State {
  const merged = new State();
  merged.constantsOpaque = a.constantsOpaque ?? b.constantsOpaque;
  merged.functionsOpaque = a.functionsOpaque ?? b.functionsOpaque;
  merged.constants = mergeMaps(a.constants, b.constants, (x, y) => {
    if (x !== undefined && y !== undefined) {
      if (sameValue(x.value, y.value)) return { value: x.value, maybe: x.maybe || y.maybe };
      return { value: firstUnknown(x.value, y.value) ?? why, maybe: x.maybe || y.maybe };
    }
    const present = (x ?? y)?.value;
    return { value: present instanceof Unknown ? present : why, maybe: true };
  });
  merged.functions = mergeMaps(a.functions, b.functions, (x, y) => (x !== undefined && x === y ? x : why));
  merged.envComplete = a.envComplete && b.envComplete;
  merged.env = mergeMaps<EnvEntry>(a.env, b.env, (x, y) => {
    if (x === undefined || y === undefined || x === UNSET || y === UNSET) return x === y && x !== undefined ? x : why;
    return sameValue(x, y) ? x : (firstUnknown(x, y) ?? why);
  });
  merged.included = mergeMaps(a.included, b.included, (x, y) => x === true && y === true);
  merged.collected = mergeMaps(a.collected, b.collected, (x, y) =>
    x !== undefined && y !== undefined && sameValue(x, y) ? x : why,
  );
  merged.collectedOpaque = a.collectedOpaque ?? b.collectedOpaque;
  merged.scopes = a.scopes.map((scope, i) => mergeScopes(scope, b.scopes[i] ?? scope, why));
  for (const [i, scope] of merged.scopes.entries()) {
    const other = b.scopes[i];
    for (const name of scope.globals) {
      if (a.scopes[i]?.globals.has(name) === true && (other === undefined || other.globals.has(name))) continue;
      // Bound to the global variable in one branch only: later writes may or may not reach it.
      scope.globals.delete(name);
      scope.aliased.set(name, why);
      merged.globals.vars.set(name, why);
    }
  }
  return merged;
}

function mergeScopes(a: Scope, b: Scope, why: Unknown): Scope {
  const merged = new Scope();
  merged.opaque = a.opaque ?? b.opaque;
  merged.aliased = new Map([...a.aliased, ...b.aliased]);
  merged.globals = new Set([...a.globals, ...b.globals]);
  for (const name of new Set([...a.vars.keys(), ...b.vars.keys()])) {
    const x = a.vars.get(name) ?? a.opaque ?? null;
    const y = b.vars.get(name) ?? b.opaque ?? null;
    if (sameValue(x, y)) merged.vars.set(name, x);
    else merged.vars.set(name, firstUnknown(x, y) ?? why);
  }
  return merged;
}

function firstUnknown(a: Value, b: Value): Unknown | null {
  return a instanceof Unknown ? a : b instanceof Unknown ? b : null;
}

function mergeMaps<T>(
  a: ReadonlyMap<string, T>,
  b: ReadonlyMap<string, T>,
  merge: (x: T | undefined, y: T | undefined) => T,
): Map<string, T> {
  const result = new Map<string, T>();
  for (const [key, x] of a) {
    const y = b.get(key);
    result.set(key, x === y ? x : merge(x, y));
  }
  for (const [key, y] of b) if (!a.has(key)) result.set(key, merge(undefined, y));
  return result;
}
