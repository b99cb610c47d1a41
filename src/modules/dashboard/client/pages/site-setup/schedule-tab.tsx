import { Link } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { dateTime, withLocalTimes } from '../../lib/time.ts';
import type { SiteTabProps } from '../../parts/site-tab.ts';
import { StatusBadge, type Tone } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { DefinitionList } from '../../ui/definition-list.tsx';
import { Notice } from '../../ui/notice.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { type Column, Table } from '../../ui/table.tsx';

type SiteSchedule = Dto<'SiteScheduleDto'>;
type Slot = SiteSchedule['lastSlots'][number];

const TITLES = { backup: 'Backups', verify: 'Verification' };
const SOURCES = { all: 'the one for all sites', node: 'that of its host', label: 'that of its label', site: 'its own' };
const OUTCOMES: Record<Slot['outcome'], readonly [Tone, string]> = {
  started: ['ok', 'Started'],
  skipped: ['neutral', 'Skipped'],
  missed: ['warning', 'Missed'],
  failed: ['critical', 'Failed'],
};

/** When the site is backed up and verified by itself, and what became of the last times. */
export function ScheduleTab({ site }: SiteTabProps) {
  const schedules = useQuery(
    `sites/${site.id}/schedule`,
    (signal) => ask(api.GET('/sites/{id}/schedule', { params: { path: { id: site.id } }, signal })),
    { everyMs: 60_000, refreshOn: ['job.created', 'schedule.missed'] },
  );
  return (
    <QueryView query={schedules}>
      {(items) => (
        <div class="stack">
          {items.map((schedule) => (
            <KindCard key={schedule.kind} schedule={schedule} />
          ))}
        </div>
      )}
    </QueryView>
  );
}

function KindCard({ schedule }: { schedule: SiteSchedule }) {
  const { kind, scheduleId, name, source, timeZone, waiting, text, active, next, lastSlots } = schedule;
  return (
    <Card title={TITLES[kind]}>
      <div class="stack">
        <p class="row">
          <StatusBadge tone={active ? 'ok' : 'neutral'} paused={!active && scheduleId !== null}>
            {active ? 'By itself' : 'Not by itself'}
          </StatusBadge>
          <span>{text}</span>
        </p>
        {waiting !== null && (
          <Notice>
            <p>{withLocalTimes(waiting)}</p>
          </Notice>
        )}
        {scheduleId === null ? (
          <p>
            <Link href="/schedules">Make a schedule</Link> for all sites, for a label, or for this site alone.
          </p>
        ) : (
          <DefinitionList
            items={[
              [
                'The schedule that counts',
                <span key="source">
                  <Link href="/schedules">{name ?? 'A schedule'}</Link>
                  {source !== null && `, ${SOURCES[source]}`}
                </span>,
              ],
              ['Time zone', timeZone],
              [
                'Next runs',
                next.length === 0 ? null : (
                  <ol key="next">
                    {next.map(({ slotAt, startsAt }) => (
                      <li key={slotAt}>
                        <time dateTime={startsAt} title={startsAt}>
                          {dateTime(new Date(startsAt))}
                        </time>
                      </li>
                    ))}
                  </ol>
                ),
              ],
            ]}
          />
        )}
        {lastSlots.length > 0 && (
          <Table caption={`${TITLES[kind]}: the last times`} rows={lastSlots} rowKey={slotKey} columns={SLOT_COLUMNS} />
        )}
      </div>
    </Card>
  );
}

const slotKey = ({ slotAt }: Slot): string => slotAt;
const SLOT_COLUMNS: Column<Slot>[] = [
  { name: 'slot', title: 'Due', kind: 'main', cell: ({ slotAt }) => <RelativeTime at={slotAt} /> },
  {
    name: 'outcome',
    title: 'What became of it',
    cell: ({ outcome, jobId }) => {
      const [tone, word] = OUTCOMES[outcome];
      return (
        <span class="row">
          <StatusBadge tone={tone}>{word}</StatusBadge>
          {jobId !== null && <Link href={`/jobs/${jobId}`}>Job</Link>}
        </span>
      );
    },
  },
  { name: 'note', title: 'Note', cell: ({ note }) => (note === null ? '' : withLocalTimes(note)) },
];
