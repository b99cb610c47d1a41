import type { ApiClient } from './api-client.js';
import type { JobDto } from './api-types.js';
import type { NodeDto } from './api-types-nodes.js';
import { asAppError } from '../common/errors/index.js';
import { printable, time } from './format.js';
import { getNamed } from './named.js';

/** How a node is named. */
export const NODE = 'name, id or the beginning of the id';

const NAMED = { path: '/nodes', what: 'node', code: 'NODE_NOT_FOUND', list: 'backupd nodes list' };

/** The node meant by its name, its id or the beginning of one. Error: NODE_NOT_FOUND. */
export const getNode = (api: ApiClient, text: string): Promise<NodeDto> => getNamed(api, NAMED, text);

/** What a job waits for whose node may not come in. */
const WAY_IN: Partial<Record<NodeDto['access'], string>> = {
  blocked: 'which is blocked: it goes on after `backupd nodes unblock`',
  revoked:
    'whose key was revoked: it goes on when that host has joined again (`backupd node join`), or cancel it and move the site',
};

/** On which node the job runs, and whether that one is heard of; null for one of the master's. */
export async function hostOfJob(api: ApiClient, { nodeId, status }: JobDto): Promise<string | null> {
  if (nodeId === null) return null;
  const node = await nodeOrNull(api, nodeId);
  if (node === null) return 'on a node that is gone';
  const isActive = status === 'pending' || status === 'running';
  const way = WAY_IN[node.access];
  if (isActive && way !== undefined) return `on the node "${printable(node.name)}", ${way}`;
  if (!isActive || node.health === 'online') return `on the node "${printable(node.name)}"`;
  const since = node.lastSeenAt === null ? '' : ` since ${time(node.lastSeenAt)}`;
  return `on the node "${printable(node.name)}", which is not heard of${since}: it goes on when that is back`;
}

async function nodeOrNull(api: ApiClient, id: string): Promise<NodeDto | null> {
  try {
    return await api.get<NodeDto>(`/nodes/${id}`);
  } catch (error) {
    if (asAppError(error).code === 'NODE_NOT_FOUND') return null;
    throw error;
  }
}
