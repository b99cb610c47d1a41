import { useEffect } from 'preact/hooks';
import { Redirect } from 'wouter-preact';
import { loadSession, session, user } from '../../api/session.ts';
import type { PageParams } from '../../shell/lazy-page.tsx';
import { ScanStep } from './scan-step.tsx';
import { ScheduleStep } from './schedule-step.tsx';
import { SitesStep } from './sites-step.tsx';
import { StorageStep } from './storage-step.tsx';

/** The screens after the account. They can be gone through again later, to find more sites. */
export function FirstRunPage({ params }: PageParams) {
  useEffect(() => {
    // What cannot be asked is asked again by the pages that come instead.
    if (session.value === null) loadSession().catch(() => undefined);
  }, []);
  if (session.value === null) return null;
  // The overview asks to sign in.
  if (user.value?.role !== 'admin') return <Redirect to="/" />;
  switch (params['step']) {
    case 'sites':
      return <SitesStep />;
    case 'storage':
      return <StorageStep />;
    case 'schedule':
      return <ScheduleStep />;
    case undefined:
    default:
      return <ScanStep />;
  }
}
