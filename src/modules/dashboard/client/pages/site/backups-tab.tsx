import { useMemo, useState } from 'preact/hooks';
import { Archive } from 'lucide-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { BackupTable } from '../../parts/backup-table.tsx';
import type { SiteTabProps } from '../../parts/site-tab.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Pager } from '../../ui/pager.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { StoredChart } from './stored-chart.tsx';

const PAGE = 25;
/** What the chart shows. */
const CHARTED = 60;
/** Some jobs made no backup, so there are more of them than of backups. */
const JOBS = 100;

/** All backups of the site, newest first. */
export function BackupsTab({ site: { id, paused } }: SiteTabProps) {
  const [offset, setOffset] = useState(0);
  const backups = useQuery(
    `backups?siteId=${id}&limit=${PAGE}&offset=${offset}`,
    (signal) => ask(api.GET('/backups', { params: { query: { siteId: id, limit: PAGE, offset } }, signal })),
    { refreshOn: ['job.completed'], keepPrevious: true },
  );
  const charted = useQuery(
    `backups?siteId=${id}&limit=${CHARTED}`,
    (signal) => ask(api.GET('/backups', { params: { query: { siteId: id, limit: CHARTED } }, signal })),
    { refreshOn: ['job.completed'] },
  );
  const jobs = useQuery(
    `jobs?kind=backup&siteId=${id}&limit=${JOBS}&offset=${offset}`,
    (signal) =>
      ask(api.GET('/jobs', { params: { query: { siteId: id, kind: 'backup', limit: JOBS, offset } }, signal })),
    { refreshOn: ['job.completed'], keepPrevious: true },
  );
  const durations = useMemo(() => durationsOf(jobs.data?.items ?? []), [jobs.data]);
  return (
    <div class="stack">
      {(charted.data?.items.length ?? 0) > 3 && (
        <Card title="New bytes stored">
          <StoredChart backups={charted.data?.items ?? []} />
        </Card>
      )}
      <Card flush>
        <QueryView query={backups} lines={6}>
          {({ items, total }) =>
            total === 0 ? (
              <NoBackup siteId={id} paused={paused} />
            ) : (
              <>
                <BackupTable rows={items} durations={durations} stale={backups.stale && offset > 0} />
                <Pager offset={offset} limit={PAGE} total={total} onChange={setOffset} />
              </>
            )
          }
        </QueryView>
      </Card>
    </div>
  );
}

function NoBackup({ siteId, paused }: { siteId: string; paused: boolean }) {
  const backUp = useAction(
    async () => ask(api.POST('/sites/{id}/backups', { params: { path: { id: siteId } }, body: {} })),
    { success: 'The backup has begun.', invalidates: ['jobs'], errorToast: true },
  );
  return (
    <EmptyState
      icon={<Archive class="icon" aria-hidden="true" />}
      title="There is no backup yet"
      action={
        !paused && may('operator') ? (
          <Button pending={backUp.pending} onClick={() => void backUp.run()}>
            Make the first one
          </Button>
        ) : undefined
      }
    >
      {paused ? 'The site is paused. Resume it to have it backed up.' : 'Its schedule makes one, or you do now.'}
    </EmptyState>
  );
}

function durationsOf(jobs: readonly Dto<'JobDto'>[]): Map<string, number> {
  return new Map(
    jobs.flatMap(({ id, startedAt, finishedAt }) =>
      startedAt === null || finishedAt === null
        ? []
        : [[id, (new Date(finishedAt).getTime() - new Date(startedAt).getTime()) / 1000] as const],
    ),
  );
}
