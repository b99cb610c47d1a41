import type { ApiClient } from './api-client.js';
import type { NodeDto } from './api-types-nodes.js';
import { getNamed } from './named.js';

/** How a node is named. */
export const NODE = 'name, id or the beginning of the id';

const NAMED = { path: '/nodes', what: 'node', code: 'NODE_NOT_FOUND', list: 'backupd nodes list' };

/** The node meant by its name, its id or the beginning of one. Error: NODE_NOT_FOUND. */
export const getNode = (api: ApiClient, text: string): Promise<NodeDto> => getNamed(api, NAMED, text);
