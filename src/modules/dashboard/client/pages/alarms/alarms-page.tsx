import { useState } from 'preact/hooks';
import { BellOff, ShieldCheck } from 'lucide-preact';
import { api, ask } from '../../api/client.ts';
import { may, mayWholeServer } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { alarmKinds, ALARM_KINDS, type AlarmKind } from '../../lib/alarm-kinds.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Select } from '../../ui/select.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { AlarmItem } from './alarm-item.tsx';
import './alarms.css';

const LIMIT = 50;

/** What is wrong now, and what was. */
export function AlarmsPage() {
  const [tab, setTab] = useState<'open' | 'all'>('open');
  const [kind, setKind] = useState<AlarmKind | ''>('');
  const [severity, setSeverity] = useState<'' | 'warning' | 'critical'>('');
  const [offset, setOffset] = useState(0);
  const isOpen = tab === 'open';
  const alarms = useQuery(
    `alarms?open=${isOpen}&kind=${kind}&severity=${severity}&offset=${offset}`,
    (signal) =>
      ask(
        api.GET('/alarms', {
          params: {
            query: {
              offset,
              limit: LIMIT,
              ...(isOpen ? { open: true } : {}),
              ...(kind === '' ? {} : { kind }),
              ...(severity === '' ? {} : { severity }),
            },
          },
          signal,
        }),
      ),
    { keepPrevious: true, refreshOn: ['alarm.raised', 'alarm.cleared'] },
  );
  const acknowledge = useAction(
    (id: string) => ask(api.POST('/alarms/{id}/acknowledge', { params: { path: { id } } })),
    {
      success: 'Acknowledged. There are no more reminders of it.',
      invalidates: ['alarms', 'status'],
      errorToast: true,
    },
  );
  const filtered = kind !== '' || severity !== '';
  return (
    <Page
      title="Alarms"
      about="Each stays open until it is well again."
      actions={
        mayWholeServer() && (
          <ButtonLink to="/settings" size="small">
            Limits
          </ButtonLink>
        )
      }
    >
      <Tabs
        label="Which alarms"
        tabs={[
          { name: 'open', title: 'Open' },
          { name: 'all', title: 'All of the last year' },
        ]}
        current={tab}
        onChange={(name) => {
          setTab(name);
          setOffset(0);
        }}
      >
        <Card flush>
          <div class="list-filters">
            <Select
              label="Kind"
              bare
              value={kind}
              onChange={(value) => {
                setKind(value);
                setOffset(0);
              }}
              options={[
                { value: '', title: 'All kinds' },
                ...alarmKinds.map((value) => ({ value, title: ALARM_KINDS[value] })),
              ]}
            />
            <Select
              label="Severity"
              bare
              value={severity}
              onChange={(value) => {
                setSeverity(value);
                setOffset(0);
              }}
              options={[
                { value: '', title: 'All severities' },
                { value: 'critical', title: 'Critical' },
                { value: 'warning', title: 'Warnings' },
              ]}
            />
          </div>
          <QueryView query={alarms}>
            {({ items, total }) =>
              items.length === 0 ? (
                filtered ? (
                  <EmptyState icon={<BellOff class="icon" aria-hidden="true" />} title="None of these">
                    No alarm is of this kind and severity.
                  </EmptyState>
                ) : (
                  <EmptyState
                    icon={<ShieldCheck class="icon" aria-hidden="true" />}
                    title={isOpen ? 'Nothing is wrong' : 'There was no alarm'}
                  >
                    backupd looks every few minutes, and after every job.
                  </EmptyState>
                )
              ) : (
                <>
                  <ul class="alarm-list" aria-label="Alarms" aria-busy={alarms.stale}>
                    {items.map((alarm) => (
                      <AlarmItem
                        key={alarm.id}
                        alarm={alarm}
                        onAcknowledge={may('operator') ? () => void acknowledge.run(alarm.id) : null}
                        pending={acknowledge.pending}
                      />
                    ))}
                  </ul>
                  <Pager offset={offset} limit={LIMIT} total={total} onChange={setOffset} />
                </>
              )
            }
          </QueryView>
        </Card>
      </Tabs>
    </Page>
  );
}
