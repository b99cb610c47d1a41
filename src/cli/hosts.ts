import type { ApiClient } from './api-client.js';
import { usageError } from './exit-codes.js';
import { printable } from './format.js';
import { asPath, WHOLE_ID } from './lookup.js';
import { getNamed } from './named.js';

/** What names the master's own host. */
export const SELF = 'self';

/** Id of the node meant by its name, its id or the beginning of one; null for `self`, the master's own host. Error: NODE_NOT_FOUND. */
export async function hostId(api: ApiClient, text: string): Promise<string | null> {
  if (text === SELF) return null;
  if (WHOLE_ID.test(text.toLowerCase())) return text.toLowerCase();
  const node = { path: '/nodes', what: 'node', code: 'NODE_NOT_FOUND', list: 'backupd nodes list' };
  return (await getNamed(api, node, text)).id;
}

/** A path on that host: only one on the master's own can be seen from here. */
export function pathOn(nodeId: string | null, text: string): string {
  if (nodeId === null) return asPath(text);
  if (text.startsWith('/')) return text;
  throw usageError(`"${printable(text)}" is on another host: give the whole path, from / on.`);
}

/** The host of a site, in a list. */
export const hostName = ({ nodeId, nodeName }: { nodeId: string | null; nodeName: string | null }): string =>
  nodeId === null ? SELF : printable(nodeName ?? `${nodeId} (gone)`);
