import { field, nodes, text, type Node } from './ast.js';
import type { FileNames } from './state.js';

export const NO_NAMES: FileNames = { namespace: '', classes: new Map(), functions: new Map(), constants: new Map() };

/** The imports of the statements of a file or namespace block. */
export function collectNames(namespace: string, statements: readonly Node[]): FileNames {
  const classes = new Map<string, string>();
  const functions = new Map<string, string>();
  const constants = new Map<string, string>();
  for (const statement of statements) {
    if (statement.kind !== 'usegroup') continue;
    const prefix = typeof statement['name'] === 'string' ? `${trimSlash(statement['name'])}\\` : '';
    for (const item of nodes(statement, 'items')) {
      const full = prefix + trimSlash(text(item, 'name'));
      const alias = field(item, 'alias');
      const short = alias === null ? (full.split('\\').at(-1) ?? full) : text(alias, 'name');
      const type = text(item, 'type') || text(statement, 'type');
      if (type === 'function') functions.set(short.toLowerCase(), full.toLowerCase());
      else if (type === 'const') constants.set(short, full);
      else classes.set(short.toLowerCase(), full);
    }
  }
  return { namespace, classes, functions, constants };
}

export const trimSlash = (name: string): string => (name.startsWith('\\') ? name.slice(1) : name);

/** Full names a function or constant may have, first match wins (namespaced, then global). */
function candidates(node: Node, names: FileNames, imports: ReadonlyMap<string, string>, key: string): string[] {
  const name = text(node, 'name');
  const resolution = text(node, 'resolution');
  if (resolution === 'fqn' || name.startsWith('\\')) return [trimSlash(name)];
  const within = names.namespace === '' ? '' : `${names.namespace}\\`;
  if (resolution === 'rn') return [within + name];
  if (name.includes('\\')) {
    const [head = '', ...rest] = name.split('\\');
    const imported = names.classes.get(head.toLowerCase());
    return [[imported ?? within + head, ...rest].join('\\')];
  }
  const imported = imports.get(key);
  if (imported !== undefined) return [imported];
  return within === '' ? [name] : [within + name, name];
}

/** Lower-case full names of the function a name node may mean. */
export function functionNames(node: Node, names: FileNames): string[] {
  return candidates(node, names, names.functions, text(node, 'name').toLowerCase()).map((name) => name.toLowerCase());
}

/** Full names of the constant a name node may mean; PHP ignores case in the namespace only. */
export function constantNames(node: Node, names: FileNames): string[] {
  return candidates(node, names, names.constants, text(node, 'name')).map(constantKey);
}

export function constantKey(name: string): string {
  const at = name.lastIndexOf('\\');
  return at < 0 ? name : name.slice(0, at).toLowerCase() + name.slice(at);
}

/** Lower-case full name of the class a name node means, or '' when it is not a plain name. */
export function className(node: Node | null, names: FileNames): string {
  if (node === null || node.kind !== 'name') return '';
  const name = text(node, 'name');
  if (text(node, 'resolution') === 'fqn' || name.startsWith('\\')) return trimSlash(name).toLowerCase();
  const [head = '', ...rest] = name.split('\\');
  const imported = names.classes.get(head.toLowerCase());
  if (imported !== undefined) return [imported, ...rest].join('\\').toLowerCase();
  return (names.namespace === '' ? name : `${names.namespace}\\${name}`).toLowerCase();
}
