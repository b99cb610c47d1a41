import type { Dto } from '../../api/client.ts';

export type Kind = Dto<'ScheduleDto'>['kind'];

/** What schedules can start, in the words of people. */
export const KINDS: readonly { kind: Kind; title: string; about: string }[] = [
  { kind: 'backup', title: 'Back up', about: 'A backup of each site.' },
  { kind: 'verify', title: 'Verify', about: 'Reads all copies of the newest good backup of each site.' },
  {
    kind: 'retention',
    title: 'Apply retention',
    about: 'Lets go what the policies do not keep. Without such a schedule: every hour.',
  },
  {
    kind: 'reconcile',
    title: 'Compare storages',
    about: 'Compares all storages with the catalogue. Without such a schedule: on Sundays.',
  },
  { kind: 'scan', title: 'Look for sites', about: 'Looks for sites that are new, have moved or are gone.' },
];

export function kindTitle(kind: Kind): string {
  return KINDS.find((candidate) => candidate.kind === kind)?.title ?? kind;
}

/** Whether it starts something for each site, and so has a scope. */
export function ofSites(kind: Kind): boolean {
  return kind === 'backup' || kind === 'verify';
}

/** What a schedule is for: `All sites`, `Sites labelled shop`, … */
export function scopeWords({ kind, scope, scopeValue, scopeName }: Dto<'ScheduleDto'>): string {
  if (!ofSites(kind)) return 'Everything';
  switch (scope) {
    case 'all':
      return 'All sites';
    case 'label':
      return `Sites labelled ${scopeValue ?? ''}`;
    case 'node':
      return scopeValue === null ? 'Sites of this host' : `Sites of ${scopeName ?? 'a node'}`;
    case 'site':
      return scopeName ?? 'One site';
  }
}
