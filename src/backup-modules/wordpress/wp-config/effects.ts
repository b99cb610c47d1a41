import { children, field, flag, nodes, text, type Node } from './ast.js';
import { isHarmlessFunction, isPureFunction } from './builtin-names.js';
import type { Interpreter } from './interpreter.js';
import { constantKey, functionNames } from './names.js';
import { loseScope, Scope } from './state.js';
import { isUnknown, type Unknown } from './values.js';
import { alias, taint } from './variables.js';

/** Nodes whose code below runs only when called. */
export const DECLARATIONS = new Set([
  'function',
  'closure',
  'arrowfunc',
  'class',
  'interface',
  'trait',
  'enum',
  'method',
]);

/** The node and all below it, but not the bodies of functions and classes declared there. */
export function* ownNodes(root: Node): Generator<Node> {
  const stack: Node[] = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    yield node;
    if (node !== root && DECLARATIONS.has(node.kind)) continue;
    for (const child of children(node)) stack.push(child);
  }
}

export function containsOwn(root: Node, kinds: readonly string[]): boolean {
  for (const node of ownNodes(root)) if (kinds.includes(node.kind)) return true;
  return false;
}

/**
 * Makes everything unknown that the code below a node may change, without evaluating it: for loops and branches whose
 * way through can't be told. Errs on the side of unknown.
 */
export function havoc(ctx: Interpreter, root: Node, why: Unknown): void {
  havocNodes(ctx, root, why, new Set());
  if (containsOwn(root, ['return'])) ctx.frames.at(-1)?.pending.push({ state: ctx.state.fork(), value: why });
}

function havocNodes(ctx: Interpreter, root: Node, why: Unknown, visited: Set<Node>): void {
  if (visited.has(root)) return;
  visited.add(root);
  for (const node of ownNodes(root)) {
    ctx.step();
    havocNode(ctx, node, why, visited);
  }
}

function havocNode(ctx: Interpreter, node: Node, why: Unknown, visited: Set<Node>): void {
  switch (node.kind) {
    case 'assign':
    case 'assignref':
      taintSafely(ctx, field(node, 'left'), why);
      if (node.kind === 'assignref') {
        alias(ctx, field(node, 'left'), why);
        alias(ctx, field(node, 'right'), why);
      }
      return;
    case 'pre':
    case 'post':
      taintSafely(ctx, field(node, 'what'), why);
      return;
    case 'foreach': {
      taintSafely(ctx, field(node, 'key'), why);
      const value = field(node, 'value');
      taintSafely(ctx, value, why);
      if (value !== null && flag(value, 'byref')) {
        alias(ctx, value, why);
        alias(ctx, field(node, 'source'), why);
      }
      return;
    }
    case 'catch':
      taintSafely(ctx, field(node, 'variable'), why);
      return;
    case 'unset':
      for (const target of nodes(node, 'variables')) taintSafely(ctx, target, why);
      return;
    case 'global':
      // Later writes to the name may reach a global variable.
      for (const item of nodes(node, 'items')) alias(ctx, item, why);
      loseScope(ctx.state.globals, why);
      return;
    case 'static':
      for (const item of nodes(node, 'variables')) alias(ctx, field(item, 'variable'), why);
      return;
    case 'closure':
      for (const use of nodes(node, 'uses')) if (flag(use, 'byref')) alias(ctx, use, why);
      return;
    case 'array':
    case 'entry':
      if (flag(node, 'byRef')) alias(ctx, field(node, 'value'), why);
      return;
    case 'function':
      ctx.state.functions.set(declaredName(ctx, node), why);
      return;
    case 'call':
      havocCall(ctx, node, why, visited);
      return;
    case 'include':
    case 'eval':
      loseScope(ctx.state.scope, why);
      ctx.state.loseEverything(why);
      return;
    case 'new':
    case 'yield':
    case 'yieldfrom':
      ctx.state.loseEverything(why);
      return;
    default:
  }
}

/** `taint` evaluates keys of `$GLOBALS[...]`; here nothing may be evaluated, so those lose all. */
function taintSafely(ctx: Interpreter, target: Node | null, why: Unknown): void {
  let base = target;
  while (base?.kind === 'offsetlookup') base = field(base, 'what');
  const name = base?.kind === 'variable' ? base['name'] : null;
  if (name === 'GLOBALS') loseScope(ctx.state.globals, why);
  else if (name === '_SERVER' || name === '_ENV') ctx.state.loseEnvironment(why);
  else if (base?.kind === 'propertylookup' || base?.kind === 'nullsafepropertylookup') ctx.state.loseEverything(why);
  else taint(ctx, base ?? null, why);
}

export function declaredName(ctx: Interpreter, node: Node): string {
  const { namespace } = ctx.file.names;
  return `${namespace === '' ? '' : `${namespace}\\`}${text(node, 'name')}`.toLowerCase();
}

function havocCall(ctx: Interpreter, node: Node, why: Unknown, visited: Set<Node>): void {
  const callee = field(node, 'what');
  const args = nodes(node, 'arguments');
  const names = callee?.kind === 'name' ? functionNames(callee, ctx.file.names) : [];
  const name = names.at(-1) ?? '';
  if (name === 'define') {
    const first = args[0];
    if (first?.kind === 'string') {
      const key = constantKey(text(first, 'value'));
      if (!ctx.state.constants.has(key)) ctx.state.constants.set(key, { value: why, maybe: true });
    } else ctx.state.constantsOpaque ??= why;
    return;
  }
  if (name === 'putenv') {
    ctx.state.loseEnvironment(why);
    return;
  }
  const declared = names.map((candidate) => ctx.state.functions.get(candidate)).find((fn) => fn !== undefined);
  if (declared === undefined && isPureFunction(name)) return;
  for (const argument of args) taintSafely(ctx, field(argument, 'value') ?? argument, why);
  if (declared === undefined && isHarmlessFunction(name)) return;
  if (declared !== undefined && !isUnknown(declared)) {
    havocFunction(ctx, declared.node, why, visited);
    return;
  }
  if (name === 'extract' || name === 'parse_str') loseScope(ctx.state.scope, why);
  ctx.state.loseEverything(why);
}

/** What calling a declared function may change outside itself. Its own variables are nobody's business. */
function havocFunction(ctx: Interpreter, fn: Node, why: Unknown, visited: Set<Node>): void {
  const body = field(fn, 'body');
  if (body === null || visited.has(body)) return;
  for (const node of ownNodes(body))
    if (node.kind === 'global') for (const item of nodes(node, 'items')) taintGlobal(ctx, item, why);
  ctx.state.scopes.push(new Scope());
  try {
    havocNodes(ctx, body, why, visited);
  } finally {
    ctx.state.scopes.pop();
  }
}

function taintGlobal(ctx: Interpreter, item: Node, why: Unknown): void {
  const name = item['name'];
  if (typeof name === 'string') ctx.state.globals.vars.set(name, why);
  else loseScope(ctx.state.globals, why);
}
