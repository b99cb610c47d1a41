import { signal } from '@preact/signals';
import type { Dto } from '../../api/client.ts';

export type Found = Dto<'DiscoveredSiteDto'>;

/** What the steps hand on to each other; a reload begins again with the scan, as nothing is lost by that. */
export const found = signal<readonly Found[]>([]);
export const chosen = signal<ReadonlySet<string>>(new Set());
/** Sites that were registered in this run. */
export const added = signal<readonly { id: string; name: string }[]>([]);

export const STEPS = ['account', 'scan', 'sites', 'storage', 'schedule'] as const;
export type Step = (typeof STEPS)[number];

export const STEP_TITLES: Record<Step, string> = {
  account: 'Account',
  scan: 'Find sites',
  sites: 'Choose sites',
  storage: 'Storage',
  schedule: 'Schedule',
};
