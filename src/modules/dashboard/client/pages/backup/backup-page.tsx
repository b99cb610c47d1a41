import { Link } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useQuery } from '../../api/use-query.ts';
import { dateTime } from '../../lib/time.ts';
import { BackupState, KeptState } from '../../parts/backup-state.tsx';
import { lazyPart, type PageParams } from '../../shell/lazy-page.tsx';
import { LinkTabs } from '../../ui/link-tabs.tsx';
import { Page } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { BackupActions } from './backup-actions.tsx';
import { BackupFacts } from './backup-facts.tsx';
import { CopiesCard } from './copies-card.tsx';
import { WarningsCard } from './warnings-card.tsx';
import './backup.css';

type Backup = Dto<'BackupDto'>;

const tabs = [
  { path: '', title: 'Files', Part: lazyPart(async () => (await import('./files-tab.tsx')).FilesTab) },
  { path: 'changes', title: 'Changes', Part: lazyPart(async () => (await import('./changes-tab.tsx')).ChangesTab) },
] as const;

/** One backup: how safe it is, what is in it, and what changed with it. */
export function BackupPage({ params }: PageParams) {
  const id = params['id'] ?? '';
  const backup = useQuery(
    `backups/${id}`,
    (signal) => ask(api.GET('/backups/{id}', { params: { path: { id } }, signal })),
    { refreshOn: ['job.completed', 'job.failed'] },
  );
  const { data } = backup;
  return (
    <Page
      title={data === undefined ? 'Backup' : `Backup of ${dateTime(new Date(data.createdAt))}`}
      {...(data === undefined
        ? {}
        : {
            above: <Where backup={data} />,
            about: (
              <span class="row">
                <BackupState backup={data} />
                <KeptState backup={data} />
              </span>
            ),
            actions: <BackupActions backup={data} />,
          })}
    >
      <QueryView query={backup} lines={8}>
        {(shown) => (
          <>
            <div class="columns">
              <BackupFacts backup={shown} />
              <CopiesCard backup={shown} />
            </div>
            {shown.warnings > 0 && <WarningsCard jobId={shown.jobId} count={shown.warnings} />}
            {may('operator') && <Content backup={shown} path={params['tab'] ?? ''} />}
          </>
        )}
      </QueryView>
    </Page>
  );
}

function Where({ backup: { siteId, siteName } }: { backup: Backup }) {
  return (
    <>
      <Link href="/sites">Sites</Link> <span class="muted">/</span> <Link href={`/sites/${siteId}`}>{siteName}</Link>
    </>
  );
}

function Content({ backup, path }: { backup: Backup; path: string }) {
  const current = tabs.find((tab) => tab.path === path) ?? tabs[0];
  const addressOf = (tab: string): string => `/backups/${backup.id}${tab === '' ? '' : `/${tab}`}`;
  return (
    <>
      <LinkTabs
        label="Content of this backup"
        current={addressOf(current.path)}
        tabs={tabs.map((tab) => ({ to: addressOf(tab.path), title: tab.title }))}
      />
      <current.Part key={current.path} backup={backup} />
    </>
  );
}
