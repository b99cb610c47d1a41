import type { Dto } from '../../api/client.ts';
import { StatusBadge, type Tone } from '../../ui/badge.tsx';

const HEALTH: Record<Dto<'NodeDto'>['health'], readonly [Tone, string]> = {
  new: ['neutral', 'Never seen'],
  online: ['ok', 'Online'],
  stale: ['warning', 'Late'],
  offline: ['critical', 'Offline'],
};

const ACCESS: Partial<Record<Dto<'NodeDto'>['access'], readonly [Tone, string]>> = {
  waiting: ['neutral', 'Fetches its key'],
  blocked: ['warning', 'Blocked'],
  revoked: ['critical', 'Key revoked'],
};

/** Whether a host is there, or why it may not come in. */
export function NodeHealth({ node: { health, access } }: { node: Pick<Dto<'NodeDto'>, 'health' | 'access'> }) {
  const [tone, text] = ACCESS[access] ?? HEALTH[health];
  return <StatusBadge tone={tone}>{text}</StatusBadge>;
}
