import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { AppError, asAppError } from '../../common/errors/index.js';
import { pause } from '../../common/pause.js';
import { version } from '../../common/version.js';
import type { CollectAnswer, JoinRequest, JoinRequestAnswer } from '../node-protocol/index.js';
import { isAway, MasterClient } from './master-client.js';
import type { NodeIdentity } from './node-identity.js';
import { joinExpired, joinRefused, masterAnswerUnknown } from './node-link.errors.js';
import type { MasterPlace } from './trust.js';

export interface JoinOptions {
  /** How the node is to be called; the host's name when absent. */
  name?: string;
  /** A one-time token: nobody needs to approve then. */
  token?: string;
  /** Ends the waiting with JOB_CANCELLED. */
  signal: AbortSignal;
  /** Told once what an admin is to approve, and for how long. */
  onCode: (code: string, expiresInSeconds: number) => void;
  /** Between two questions; 2 s when absent. */
  everyMs?: number;
}

/**
 * Asks the master to take this host in and waits for the answer; a master that is away meanwhile is waited for. Writes nothing. Errors:
 * NODE_JOIN_REFUSED, NODE_JOIN_EXPIRED, what the master says, and those of MasterClient.
 */
export async function joinMaster(place: MasterPlace, options: JoinOptions): Promise<NodeIdentity> {
  const { name, token, signal, onCode, everyMs = 2000 } = options;
  const client = new MasterClient(place, () => null);
  // Only who knows it gets the key.
  const secret = randomBytes(32).toString('base64url');
  const request: JoinRequest = {
    hostname: hostname(),
    version,
    secret,
    ...(name === undefined ? {} : { name }),
    ...(token === undefined ? {} : { token }),
  };
  try {
    const asked = await client.call<JoinRequestAnswer>('/node/join-requests', request, { signal });
    if (asked.code !== null) onCode(asked.code, asked.expiresInSeconds);
    const until = performance.now() + asked.expiresInSeconds * 1000;
    const collect = async (): Promise<CollectAnswer> =>
      client.call<CollectAnswer>(
        `/node/join-requests/${encodeURIComponent(asked.requestId)}/collect`,
        { secret },
        { signal },
      );
    for (;;) {
      const answer = await collect().catch((error: unknown) => waitOrThrow(error, signal));
      if (answer?.status === 'approved') return identityOf(place, client.host, answer);
      if (answer?.status === 'refused') throw joinRefused();
      // The master's word counts; the clock here is for one that does not come back.
      if (answer?.status === 'expired' || performance.now() > until + 60_000) throw joinExpired();
      await pause(everyMs, signal);
    }
  } finally {
    client.close();
  }
}

/** A master that is away or busy is asked again. */
async function waitOrThrow(thrown: unknown, signal: AbortSignal): Promise<null> {
  const error: AppError = asAppError(thrown);
  if (error.kind === 'too-many') {
    const seconds = error.context['retryAfterSeconds'];
    await pause((typeof seconds === 'number' ? Math.min(seconds, 60) : 5) * 1000, signal);
  } else if (!isAway(error)) throw error;
  return null;
}

function identityOf(master: MasterPlace, host: string, { nodeId, name, key }: CollectAnswer): NodeIdentity {
  if (nodeId === undefined || name === undefined || key === undefined)
    throw masterAnswerUnknown(host, 'it approves without a key');
  return { master, nodeId, name, key };
}
