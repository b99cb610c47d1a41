import type { PageParams } from '../../shell/lazy-page.tsx';
import { Page } from '../../ui/page.tsx';

/** In the making. */
export function RestorePage({ params }: PageParams) {
  return <Page title="Restore">{params['id']}</Page>;
}
