export { joinMaster, type JoinOptions } from './join.js';
export { type CallOptions, isAway, MasterClient, type Query, type SizedStream } from './master-client.js';
export {
  certificatesOf,
  type NodeIdentity,
  prepareFolder,
  readIdentity,
  type ResolvedIdentity,
  resolveIdentity,
  writeIdentity,
} from './node-identity.js';
export { alreadyJoined } from './node-link.errors.js';
export { partStream, type PartBody, type SendOptions, type SignedAccess, SignedClient } from './signed-client.js';
export { checkedUrl, type MasterPlace } from './trust.js';
export type { LinkState, NodeStatusFile } from './status-file.js';
