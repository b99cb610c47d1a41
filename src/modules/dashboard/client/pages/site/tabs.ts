import type { SiteTab } from '../../parts/site-tab.ts';

/** The tabs of a site's page, in their order. */
export const tabs: readonly SiteTab[] = [
  { path: '', title: 'Backups', load: async () => (await import('./backups-tab.tsx')).BackupsTab },
  {
    path: 'schedule',
    title: 'Schedule',
    load: async () => (await import('../site-setup/schedule-tab.tsx')).ScheduleTab,
  },
  {
    path: 'retention',
    title: 'Retention',
    load: async () => (await import('../site-setup/retention-tab.tsx')).RetentionTab,
  },
  {
    path: 'settings',
    title: 'Settings',
    load: async () => (await import('../site-setup/settings-tab.tsx')).SettingsTab,
  },
  {
    path: 'excludes',
    title: 'Excludes',
    load: async () => (await import('../site-setup/excludes-tab.tsx')).ExcludesTab,
  },
];
