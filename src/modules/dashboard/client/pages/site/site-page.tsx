import { Link } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { words } from '../../lib/format.ts';
import type { SiteTabProps } from '../../parts/site-tab.ts';
import { lazyPart, type PageParams } from '../../shell/lazy-page.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { DefinitionList } from '../../ui/definition-list.tsx';
import { LinkTabs } from '../../ui/link-tabs.tsx';
import { Page } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { RunningJobs } from './running-jobs.tsx';
import { SiteActions } from './site-actions.tsx';
import { newestGood, SiteAlarms, type SiteFacts, SiteState, useSiteFacts } from './site-state.tsx';
import { tabs } from './tabs.ts';
import './site.css';

type Site = Dto<'SiteDto'>;

const parts = tabs.map((tab) => ({ path: tab.path, title: tab.title, Part: lazyPart<SiteTabProps>(tab.load) }));

/** One site: whether it is safe, what runs, and its tabs. */
export function SitePage({ params }: PageParams) {
  const id = params['id'] ?? '';
  const site = useQuery(`sites/${id}`, (signal) => ask(api.GET('/sites/{id}', { params: { path: { id } }, signal })), {
    refreshOn: ['job.completed', 'job.failed', 'site.moved', 'site.vanished'],
  });
  const facts = useSiteFacts(id);
  const { data } = site;
  return (
    <Page
      title={data?.name ?? 'Site'}
      above={<Link href="/sites">Sites</Link>}
      {...(data === undefined
        ? {}
        : {
            about: <About site={data} facts={facts} />,
            actions: <SiteActions site={data} newestGoodId={newestGood(facts)?.id} />,
          })}
    >
      <QueryView query={site} lines={6}>
        {(shown) => (
          <>
            <RunningJobs siteId={id} />
            {!shown.paused && <SiteAlarms alarms={facts.alarms} />}
            <Facts site={shown} />
            <SiteTabs site={shown} path={params['tab'] ?? ''} />
          </>
        )}
      </QueryView>
    </Page>
  );
}

function About({ site, facts }: { site: Site; facts: SiteFacts }) {
  return (
    <span class="row">
      <SiteState site={site} facts={facts} />
      {site.url !== null && (
        <a class="site-url" href={site.url} target="_blank" rel="noreferrer">
          {site.url}
        </a>
      )}
      {site.labels.map((label) => (
        <Badge key={label}>{label}</Badge>
      ))}
    </span>
  );
}

function Facts({ site: { path, nodeId, nodeName, module, description, lastBackup, nextRun, paused } }: { site: Site }) {
  const version = description?.facts['version'];
  return (
    <Card>
      <div class="facts-columns">
        <DefinitionList
          items={[
            ['Last backup', <RelativeTime key="last" at={lastBackup?.createdAt} none="none yet" />],
            [
              'Next backup',
              <RelativeTime key="next" at={nextRun} none={paused ? 'none while it is paused' : 'no schedule'} />,
            ],
          ]}
        />
        <DefinitionList
          items={[
            ['Host', nodeName ?? (nodeId === null ? 'this server' : 'a node that is gone')],
            ['Folder', <code key="path">{path}</code>],
            ['Kind', `${kindOf(module)}${typeof version === 'string' ? ` ${version}` : ''}`],
          ]}
        />
      </div>
    </Card>
  );
}

function kindOf(module: string): string {
  return module === 'wordpress' ? 'WordPress' : words(module);
}

function SiteTabs({ site, path }: { site: Site; path: string }) {
  const current = parts.find((part) => part.path === path) ?? parts[0];
  if (current === undefined) return null;
  const addressOf = (tab: string): string => `/sites/${site.id}${tab === '' ? '' : `/${tab}`}`;
  return (
    <>
      {parts.length > 1 && (
        <LinkTabs
          label="Parts of this site"
          current={addressOf(current.path)}
          tabs={parts.map((part) => ({ to: addressOf(part.path), title: part.title }))}
        />
      )}
      <current.Part key={current.path} site={site} />
    </>
  );
}
