import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { descendants, field, isNode, nodes, text, type Node } from '../wp-config/ast.js';
import { parsePhp } from '../wp-config/parse.js';
import type { MySqlCredentials } from '../types.js';

interface Replacement {
  start: number;
  end: number;
  text: string;
}

/**
 * Makes a restored wp-config.php use another database: the plain values of DB_NAME, DB_USER, DB_PASSWORD, DB_HOST and
 * `$table_prefix` are replaced in the source, nothing else of it is touched. Returns the names that could not be set
 * (computed values, an environment file): those are left as they are.
 */
export async function pointConfigAt(
  root: string,
  configFile: string | null,
  target: { credentials: MySqlCredentials; tablePrefix: string },
): Promise<string[]> {
  const { credentials, tablePrefix } = target;
  const wanted = new Map([
    ['DB_NAME', credentials.database],
    ['DB_USER', credentials.user],
    ['DB_PASSWORD', credentials.password],
    ['DB_HOST', hostText(credentials)],
    ['$table_prefix', tablePrefix],
  ]);
  if (configFile === null) return [...wanted.keys()];
  const file = await openQuietly(join(root, configFile));
  if (file === null) return [...wanted.keys()];
  try {
    const source = (await file.readFile()).toString('latin1');
    const { replaced, missing } = rewriteConfig(source, wanted);
    if (missing.length === wanted.size) return missing;
    await file.truncate(0);
    await file.write(Buffer.from(replaced, 'latin1'), 0, null, 0);
    await file.sync();
    return missing;
  } finally {
    await file.close();
  }
}

/** The source (binary text) with the wanted values, and which of them it has no plain value for. */
export function rewriteConfig(
  source: string,
  wanted: ReadonlyMap<string, string>,
): { replaced: string; missing: string[] } {
  const parsed = parsePhp(source, 'wp-config.php');
  if (!parsed.ok) return { replaced: source, missing: [...wanted.keys()] };
  const found = new Map<string, Replacement[]>();
  for (const node of descendants(parsed.program)) {
    const place = definition(node) ?? prefixAssignment(node);
    const value = place === null ? undefined : wanted.get(place.name);
    if (place === null || value === undefined) continue;
    const range = isPlain(place.value) ? offsets(place.value) : null;
    const list = found.get(place.name) ?? [];
    if (range !== null) list.push({ ...range, text: phpString(value) });
    else list.push({ start: -1, end: -1, text: '' });
    found.set(place.name, list);
  }
  // Several definitions, or a computed one: which of them counts is not for us to guess.
  const sure = [...found].filter(([, list]) => list.length === 1 && list.every((one) => one.start >= 0));
  const edits = sure.flatMap(([, list]) => list).toSorted((a, b) => b.start - a.start);
  let replaced = source;
  for (const edit of edits) replaced = replaced.slice(0, edit.start) + edit.text + replaced.slice(edit.end);
  const set = new Set(sure.map(([name]) => name));
  return { replaced, missing: [...wanted.keys()].filter((name) => !set.has(name)) };
}

function definition(node: Node): { name: string; value: Node } | null {
  if (node.kind !== 'call') return null;
  const what = field(node, 'what');
  if (what === null || text(what, 'name').replace(/^\\/, '').toLowerCase() !== 'define') return null;
  const [name, value] = nodes(node, 'arguments');
  if (name?.kind !== 'string' || value === undefined) return null;
  return { name: text(name, 'value'), value };
}

function prefixAssignment(node: Node): { name: string; value: Node } | null {
  if (node.kind !== 'assign') return null;
  const left = field(node, 'left');
  const right = field(node, 'right');
  if (left?.kind !== 'variable' || left['name'] !== 'table_prefix' || right === null) return null;
  return { name: '$table_prefix', value: right };
}

const isPlain = (node: Node): boolean => node.kind === 'string' && node['isDoubleQuote'] !== undefined;

function offsets(node: Node): { start: number; end: number } | null {
  const loc = node['loc'];
  if (typeof loc !== 'object' || loc === null || !('start' in loc) || !('end' in loc)) return null;
  const start = offsetOf(loc.start);
  const end = offsetOf(loc.end);
  return start === null || end === null ? null : { start, end };
}

function offsetOf(position: unknown): number | null {
  if (typeof position !== 'object' || position === null || isNode(position) || !('offset' in position)) return null;
  return typeof position.offset === 'number' ? position.offset : null;
}

/** A single-quoted PHP string as binary text. */
function phpString(value: string): string {
  const escaped = value.replace(/\\/g, '\\\\').replace(/'/g, "\\'");
  return `'${Buffer.from(escaped).toString('latin1')}'`;
}

/** DB_HOST as WordPress reads it. */
function hostText({ host, port, socketPath }: MySqlCredentials): string {
  if (socketPath !== null) return `${host ?? 'localhost'}:${socketPath}`;
  const name = host ?? 'localhost';
  const shown = name.includes(':') && port !== null ? `[${name}]` : name;
  return port === null ? shown : `${shown}:${port}`;
}

async function openQuietly(path: string) {
  try {
    return await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  } catch {
    return null;
  }
}
