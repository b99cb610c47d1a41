/** `POST /node/join-requests`: a host asks to become a node. */
export interface JoinRequest {
  /** How the node is to be called; the host name when absent. */
  name?: string;
  hostname: string;
  version: string;
  /** Random text of the node's own: the key is handed out only to who knows it. */
  secret: string;
  /** A one-time token: approves the request at once. */
  token?: string;
}

export interface JoinRequestAnswer {
  requestId: string;
  /** What an admin compares and approves; null when the token did it. */
  code: string | null;
  expiresInSeconds: number;
}

/** `POST /node/join-requests/:id/collect {secret}`. */
export interface CollectAnswer {
  /** `expired` also stands for a request that there never was, for a wrong secret, and for a key that is in use already. */
  status: 'waiting' | 'refused' | 'expired' | 'approved';
  /** With `approved`: the node's id, name and key. A new key each time until the first is used; then never again. */
  nodeId?: string;
  name?: string;
  key?: string;
}
