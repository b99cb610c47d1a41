import type { SiteTab } from '../../parts/site-tab.ts';

/** The tabs of a site's page, in their order. */
export const tabs: readonly SiteTab[] = [
  { path: '', title: 'Backups', load: async () => (await import('./backups-tab.tsx')).BackupsTab },
];
