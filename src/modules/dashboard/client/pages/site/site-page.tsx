import { api, ask } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import type { SiteTabProps } from '../../parts/site-tab.ts';
import { lazyPart, type PageParams } from '../../shell/lazy-page.tsx';
import { LinkTabs } from '../../ui/link-tabs.tsx';
import { Page } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { tabs } from './tabs.ts';

const parts = tabs.map((tab) => ({ ...tab, Part: lazyPart<SiteTabProps>(tab.load) }));

/** One site: whether it is safe, what runs, and its tabs. */
export function SitePage({ params }: PageParams) {
  const id = params['id'] ?? '';
  const path = params['tab'] ?? '';
  const site = useQuery(`sites/${id}`, (signal) => ask(api.GET('/sites/{id}', { params: { path: { id } }, signal })));
  const current = parts.find((part) => part.path === path) ?? parts[0];
  return (
    <Page title={site.data?.name ?? 'Site'}>
      <QueryView query={site}>
        {(data) => (
          <>
            <LinkTabs
              label="Parts of this site"
              current={`/sites/${id}${current?.path === '' ? '' : `/${current?.path ?? ''}`}`}
              tabs={parts.map((part) => ({
                to: `/sites/${id}${part.path === '' ? '' : `/${part.path}`}`,
                title: part.title,
              }))}
            />
            {current !== undefined && <current.Part key={current.path} site={data} />}
          </>
        )}
      </QueryView>
    </Page>
  );
}
