import { useState } from 'preact/hooks';
import { CalendarClock, Plus } from 'lucide-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { count } from '../../lib/format.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { InstallationCard } from '../../parts/installation-card.tsx';
import { ScheduleDialog } from './schedule-dialog.tsx';
import { kindTitle, scopeWords } from './schedule-words.ts';

const LIMIT = 50;
type Schedule = Dto<'ScheduleDto'>;

/** What is started by itself, and when. */
export function SchedulesPage() {
  const [offset, setOffset] = useState(0);
  const [editing, setEditing] = useState<Schedule | 'new' | null>(null);
  const [removing, setRemoving] = useState<Schedule | null>(null);
  const schedules = useQuery(
    `schedules?offset=${offset}`,
    (signal) => ask(api.GET('/schedules', { params: { query: { limit: LIMIT, offset } }, signal })),
    { keepPrevious: true, everyMs: 60_000 },
  );
  const remove = useAction(
    (id: string) => ask(api.DELETE('/schedules/{id}', { params: { path: { id } } })).then(() => true),
    {
      success: 'The schedule was removed.',
      invalidates: ['schedules', 'sites'],
    },
  );
  const add = may('operator') && (
    <Button kind="primary" icon={<Plus class="icon icon-small" aria-hidden="true" />} onClick={() => setEditing('new')}>
      New schedule
    </Button>
  );
  return (
    <Page
      title="Schedules"
      about="What backupd starts by itself. Without a schedule for a site, nothing backs it up."
      {...(add === false ? {} : { actions: add })}
    >
      <Card flush>
        <QueryView query={schedules}>
          {({ items, total }) =>
            items.length === 0 ? (
              <EmptyState
                icon={<CalendarClock class="icon" aria-hidden="true" />}
                title="Nothing is backed up by itself yet"
                {...(add === false ? {} : { action: add })}
              >
                One schedule is enough for all sites, also for those that are added later.
              </EmptyState>
            ) : (
              <>
                <Table
                  caption="Schedules"
                  rows={items}
                  rowKey={({ id }) => id}
                  stale={schedules.stale}
                  columns={[
                    ...COLUMNS,
                    ...(may('operator')
                      ? [
                          {
                            name: 'actions',
                            title: 'Actions',
                            kind: 'actions' as const,
                            cell: (schedule: Schedule) => (
                              <Actions
                                schedule={schedule}
                                onEdit={() => setEditing(schedule)}
                                onRemove={() => setRemoving(schedule)}
                              />
                            ),
                          },
                        ]
                      : []),
                  ]}
                />
                <Pager offset={offset} limit={LIMIT} total={total} onChange={setOffset} />
              </>
            )
          }
        </QueryView>
      </Card>
      <InstallationCard />
      {editing !== null && (
        <ScheduleDialog {...(editing === 'new' ? {} : { schedule: editing })} onClose={() => setEditing(null)} />
      )}
      {removing !== null && (
        <ConfirmDialog
          title={`Remove ${removing.name}`}
          action="Remove the schedule"
          danger
          pending={remove.pending}
          error={remove.error}
          onClose={() => setRemoving(null)}
          onConfirm={() => void remove.run(removing.id).then((done) => done !== undefined && setRemoving(null))}
        >
          <p>It starts nothing any more. For its sites a schedule of a wider scope counts again, where there is one.</p>
        </ConfirmDialog>
      )}
    </Page>
  );
}

const COLUMNS: Column<Schedule>[] = [
  {
    name: 'name',
    title: 'Schedule',
    kind: 'main',
    cell: ({ kind, text }) => (
      <>
        {kindTitle(kind)}
        <div class="muted small">{text}</div>
      </>
    ),
  },
  { name: 'scope', title: 'For', cell: scopeWords },
  { name: 'sites', title: 'Sites now', kind: 'number', cell: ({ sites }) => count(sites) },
  {
    name: 'next',
    title: 'Next run',
    cell: ({ paused, nextRun }) =>
      paused ? (
        <StatusBadge tone="neutral" paused>
          Paused
        </StatusBadge>
      ) : (
        <RelativeTime at={nextRun} none="never" />
      ),
  },
];

interface ActionsProps {
  schedule: Schedule;
  onEdit: () => void;
  onRemove: () => void;
}

function Actions({ schedule: { id, name, paused }, onEdit, onRemove }: ActionsProps) {
  const params = { path: { id } };
  const invalidates = ['schedules', 'sites', 'jobs'];
  const toggle = useAction(
    () =>
      paused ? ask(api.POST('/schedules/{id}/resume', { params })) : ask(api.POST('/schedules/{id}/pause', { params })),
    {
      success: paused ? 'It goes on with its next run.' : 'It starts nothing until it is resumed.',
      invalidates,
      errorToast: true,
    },
  );
  const run = useAction(() => ask(api.POST('/schedules/{id}/run', { params })), {
    success: ({ jobIds, refused }) =>
      `Started: ${count(jobIds.length)}.${refused.length === 0 ? '' : ` Not started: ${count(refused.length)}; ${refused[0]?.reason ?? ''}`}`,
    invalidates,
    errorToast: true,
  });
  return (
    <Menu
      label={`Actions for ${name}`}
      items={[
        { title: 'Run now', onChoose: () => void run.run() },
        { title: 'Change', onChoose: onEdit },
        { title: paused ? 'Resume' : 'Pause', onChoose: () => void toggle.run() },
        { title: 'Remove', danger: true, onChoose: onRemove },
      ]}
    />
  );
}
