import type { NewEvent } from '../events/index.js';
import type { Node } from './node.entity.js';

type Named = Pick<Node, 'id' | 'name'>;

/** A host has become a node. */
export function joinedEvent(
  { id, name, hostname }: Pick<Node, 'id' | 'name' | 'hostname'>,
  by: 'token' | 'admin',
): NewEvent {
  return event('node.joined', { nodeId: id, name, hostname, by });
}

/** Times by the clock of the database. */
export function healthEvent(
  { id, name }: Named,
  health: 'online' | 'stale' | 'offline',
  { before, since, lastSeenAt }: { before: string; since: Date; lastSeenAt: Date | null },
): NewEvent {
  return event(`node.${health}`, {
    nodeId: id,
    name,
    before,
    since: since.toISOString(),
    lastSeenAt: lastSeenAt?.toISOString() ?? null,
  });
}

export function removedEvent({ id, name }: Named, sites: { keep: number; removed: number }): NewEvent {
  return event('node.removed', { nodeId: id, name, keptSites: sites.keep, removedSites: sites.removed });
}

function event(type: NewEvent['type'], data: Record<string, unknown>): NewEvent {
  return { jobId: null, siteId: null, type, data };
}
