/** A node of php-parser's tree, read defensively: its own typings do not match what it builds. */
export interface Node {
  readonly kind: string;
  readonly [key: string]: unknown;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}

/** A child node, or null. */
export function field(node: Node, name: string): Node | null {
  const value = node[name];
  return isNode(value) ? value : null;
}

/** Child nodes in a list; what is not a node is left out. */
export function nodes(node: Node, name: string): Node[] {
  const value = node[name];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** A text property, or ''. An identifier node counts as its name. */
export function text(node: Node, name: string): string {
  const value = node[name];
  if (typeof value === 'string') return value;
  return isNode(value) && typeof value['name'] === 'string' ? value['name'] : '';
}

export const flag = (node: Node, name: string): boolean => node[name] === true;

export function lineOf(node: Node): number {
  const loc = node['loc'];
  if (typeof loc !== 'object' || loc === null || !('start' in loc)) return 0;
  const start = loc.start;
  return typeof start === 'object' && start !== null && 'line' in start && typeof start.line === 'number'
    ? start.line
    : 0;
}

/** All nodes directly below this one. */
export function* children(node: Node): Generator<Node> {
  for (const key of Object.keys(node)) {
    if (key === 'loc' || key === 'leadingComments' || key === 'trailingComments') continue;
    const value = node[key];
    if (isNode(value)) yield value;
    else if (Array.isArray(value)) for (const item of value) if (isNode(item)) yield item;
  }
}

/** The node and everything below it, without recursion (trees of hostile files are deep). */
export function* descendants(root: Node): Generator<Node> {
  const stack: Node[] = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    yield node;
    for (const child of children(node)) stack.push(child);
  }
}
