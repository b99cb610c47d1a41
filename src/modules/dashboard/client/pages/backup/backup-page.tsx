import type { PageParams } from '../../shell/lazy-page.tsx';
import { Page } from '../../ui/page.tsx';

/** In the making. */
export function BackupPage({ params }: PageParams) {
  return <Page title="Backup">{params['id']}</Page>;
}
