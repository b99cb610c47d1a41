import type { Dto } from '../../api/client.ts';
import { plural } from '../../lib/format.ts';
import type { Tone } from '../../ui/badge.tsx';

export interface State {
  tone: Tone;
  text: string;
}

/** Whether a storage takes backups, and whether it answers. Only folders tell their free space: of a bucket nothing can be said by it. */
export function stateOf({ enabled, kind, space }: Dto<'StorageDto'>): State {
  if (kind === 'local' && space === null) return { tone: 'critical', text: 'Does not answer' };
  return enabled ? { tone: 'ok', text: 'In use' } : { tone: 'neutral', text: 'Switched off' };
}

/** How fresh the proofs of a storage are, in a few words. */
export function proofOf(proof: Dto<'ProviderProofDto'> | undefined, everyDays: number): State {
  if (proof === undefined || proof.objects === 0) return { tone: 'neutral', text: 'Nothing stored' };
  const bad = proof.damaged + proof.missing;
  if (bad > 0) return { tone: 'critical', text: `${plural(bad, 'object')} damaged or missing` };
  if (proof.overdue > 0) return { tone: 'warning', text: `${plural(proof.overdue, 'object')} overdue` };
  if (proof.neverRead === proof.objects) return { tone: 'neutral', text: 'Not read back yet' };
  return { tone: 'ok', text: `All within ${plural(everyDays, 'day')}` };
}

/** How full a disk is, in percent. */
export function fullness(space: Dto<'StorageSpaceDto'>): number {
  return space.totalBytes === 0 ? 0 : (1 - space.freeBytes / space.totalBytes) * 100;
}

export function fullnessTone(percent: number): 'active' | 'warning' | 'critical' {
  if (percent >= 95) return 'critical';
  return percent >= 85 ? 'warning' : 'active';
}
