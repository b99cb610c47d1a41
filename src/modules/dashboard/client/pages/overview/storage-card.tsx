import { useMemo } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { bytes } from '../../lib/format.ts';
import { dateTime } from '../../lib/time.ts';
import { Bytes } from '../../ui/amounts.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { LineChart } from '../../ui/line-chart.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { growthOf } from './growth.ts';

const NEWEST = 300;
const NEARLY_FULL = 90;

/** How much is stored where, and how it grew. */
export function StorageCard() {
  const refreshOn = ['job.completed'] as const;
  const storages = useQuery('storage', (signal) => ask(api.GET('/storage', { signal })), { refreshOn });
  const usage = useQuery(
    'usage?scope=provider',
    (signal) => ask(api.GET('/usage', { params: { query: { scope: 'provider', limit: 100 } }, signal })),
    { refreshOn },
  );
  const total = usage.data?.items.reduce((sum, { bytes: stored }) => sum + stored, 0);
  return (
    <Card title="Storage" actions={<Link href="/storage">All storages</Link>}>
      <div class="stack">
        {total !== undefined && <GrowthChart total={total} />}
        <QueryView query={storages}>
          {({ items }) => (
            <ul class="stack">
              {items.map((storage) => (
                <StorageLine
                  key={storage.id}
                  storage={storage}
                  stored={usage.data?.items.find(({ subjectId }) => subjectId === storage.id)?.bytes}
                />
              ))}
            </ul>
          )}
        </QueryView>
      </div>
    </Card>
  );
}

function GrowthChart({ total }: { total: number }) {
  const newest = useQuery(
    `backups?limit=${NEWEST}`,
    (signal) => ask(api.GET('/backups', { params: { query: { limit: NEWEST } }, signal })),
    { refreshOn: ['job.completed'] },
  );
  const backups = newest.data?.items;
  const growth = useMemo(() => (backups === undefined ? null : growthOf(backups, total, new Date())), [backups, total]);
  const series = useMemo(() => [{ title: 'Stored', values: growth?.bytes ?? [] }], [growth]);
  if (growth === null || growth.times.length < 3) return null;
  const first = new Date((growth.times[0] ?? 0) * 1000);
  const begun = growth.bytes[0] ?? 0;
  return (
    <div>
      <p>
        <strong>{bytes(total)} stored</strong>
        <span class="muted">
          , {bytes(total - begun)} of it since {dateTime(first)}
        </span>
      </p>
      <LineChart
        summary={`Stored bytes over time: ${bytes(begun)} on ${dateTime(first)}, ${bytes(total)} now.`}
        times={growth.times}
        series={series}
        format={bytes}
        height={160}
      />
      <p class="muted small">What is kept now, by when it was stored.</p>
    </div>
  );
}

function StorageLine({ storage, stored }: { storage: Dto<'StorageDto'>; stored: number | undefined }) {
  const { space, name, enabled } = storage;
  const percent = space === null || space.totalBytes === 0 ? null : 100 - (space.freeBytes / space.totalBytes) * 100;
  return (
    <li class="stack-tight">
      <div class="row row-between">
        <span>
          <strong>{name}</strong>{' '}
          {!enabled && (
            <StatusBadge tone="neutral" paused>
              Off
            </StatusBadge>
          )}
        </span>
        <span class="muted small">
          <Bytes value={stored} /> of backups
          {space !== null && (
            <>
              , <Bytes value={space.freeBytes} /> free
            </>
          )}
        </span>
      </div>
      {percent !== null && (
        <ProgressBar
          label={`${name}: ${Math.round(percent)} % of the disk is used`}
          percent={percent}
          tone={percent > NEARLY_FULL ? 'warning' : 'active'}
        />
      )}
    </li>
  );
}
