import {
  Bell,
  CalendarClock,
  Globe,
  HardDrive,
  Info,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  ScrollText,
  Server,
  Settings,
  TriangleAlert,
  Users,
} from 'lucide-preact';
import { may, mayWholeServer, type Role } from './api/session.ts';
import { type LazyPage, lazyPage } from './shell/lazy-page.tsx';

export interface NavEntry {
  title: string;
  icon: LucideIcon;
  /** Entries are below the name of their group. */
  group: 'watch' | 'set up' | 'administer';
  /** Shown from this role on; `viewer` when absent. */
  role?: Role;
  /** Concerns the whole server: not shown to users of some sites alone. */
  wholeServer?: boolean;
  /** In the bar at the bottom of phones: four at most. */
  onPhone?: boolean;
}

export interface Route {
  path: string;
  page: LazyPage;
  /** Where it is in the navigation; pages without are reached from others. */
  nav?: NavEntry;
}

/** Whether this user may use what is behind an entry. */
export function mayOpen({ role = 'viewer', wholeServer = false }: NavEntry): boolean {
  return may(role) && (!wholeServer || mayWholeServer());
}

/** All pages, in the order of the navigation. */
export const routes: readonly Route[] = [
  {
    path: '/',
    page: lazyPage(async () => (await import('./pages/overview/overview-page.tsx')).OverviewPage),
    nav: { title: 'Overview', icon: LayoutDashboard, group: 'watch', onPhone: true },
  },
  {
    path: '/sites',
    page: lazyPage(async () => (await import('./pages/sites/sites-page.tsx')).SitesPage),
    nav: { title: 'Sites', icon: Globe, group: 'watch', onPhone: true },
  },
  {
    path: '/jobs',
    page: lazyPage(async () => (await import('./pages/jobs/jobs-page.tsx')).JobsPage),
    nav: { title: 'Jobs', icon: ListChecks, group: 'watch', onPhone: true },
  },
  { path: '/jobs/:id', page: lazyPage(async () => (await import('./pages/job/job-page.tsx')).JobPage) },
  {
    path: '/sites/:id/:tab?',
    page: lazyPage(async () => (await import('./pages/site/site-page.tsx')).SitePage),
  },
  {
    path: '/backups/:id/restore',
    page: lazyPage(async () => (await import('./pages/restore/restore-page.tsx')).RestorePage),
  },
  {
    path: '/backups/:id/:tab?',
    page: lazyPage(async () => (await import('./pages/backup/backup-page.tsx')).BackupPage),
  },
  {
    path: '/alarms',
    page: lazyPage(async () => (await import('./pages/alarms/alarms-page.tsx')).AlarmsPage),
    nav: { title: 'Alarms', icon: TriangleAlert, group: 'watch', onPhone: true },
  },
  {
    path: '/activity',
    page: lazyPage(async () => (await import('./pages/activity/activity-page.tsx')).ActivityPage),
    nav: { title: 'Activity', icon: ScrollText, group: 'watch', role: 'admin', wholeServer: true },
  },
  {
    path: '/storage',
    page: lazyPage(async () => (await import('./pages/storage/storage-page.tsx')).StoragePage),
    nav: { title: 'Storage', icon: HardDrive, group: 'set up', wholeServer: true },
  },
  {
    path: '/storage/:id',
    page: lazyPage(async () => (await import('./pages/storage/storage-detail-page.tsx')).StorageDetailPage),
  },
  {
    path: '/nodes',
    page: lazyPage(async () => (await import('./pages/nodes/nodes-page.tsx')).NodesPage),
    nav: { title: 'Nodes', icon: Server, group: 'set up', wholeServer: true },
  },
  { path: '/nodes/:id', page: lazyPage(async () => (await import('./pages/nodes/node-page.tsx')).NodePage) },
  {
    path: '/schedules',
    page: lazyPage(async () => (await import('./pages/schedules/schedules-page.tsx')).SchedulesPage),
    nav: { title: 'Schedules', icon: CalendarClock, group: 'set up', wholeServer: true },
  },
  {
    path: '/notifications',
    page: lazyPage(async () => (await import('./pages/notifications/notifications-page.tsx')).NotificationsPage),
    nav: { title: 'Notifications', icon: Bell, group: 'set up', role: 'operator', wholeServer: true },
  },
  {
    path: '/users',
    page: lazyPage(async () => (await import('./pages/users/users-page.tsx')).UsersPage),
    nav: { title: 'Users and tokens', icon: Users, group: 'administer', role: 'admin' },
  },
  {
    path: '/settings',
    page: lazyPage(async () => (await import('./pages/settings/settings-page.tsx')).SettingsPage),
    nav: { title: 'Settings', icon: Settings, group: 'administer', wholeServer: true },
  },
  {
    path: '/about',
    page: lazyPage(async () => (await import('./pages/about/about-page.tsx')).AboutPage),
    nav: { title: 'About', icon: Info, group: 'administer' },
  },
  { path: '/account', page: lazyPage(async () => (await import('./pages/account/account-page.tsx')).AccountPage) },
];

/** Pages for who is not signed in; they come before the question who is. */
export const entryRoutes: readonly Route[] = [
  { path: '/reset/:token', page: lazyPage(async () => (await import('./pages/reset/reset-page.tsx')).ResetPage) },
  {
    path: '/setup/:code',
    page: lazyPage(async () => (await import('./pages/first-run/account-page.tsx')).AccountPage),
  },
  {
    path: '/first-run/:step',
    page: lazyPage(async () => (await import('./pages/first-run/first-run-page.tsx')).FirstRunPage),
  },
];
