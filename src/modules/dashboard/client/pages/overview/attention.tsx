import { CircleAlert, TriangleAlert } from 'lucide-preact';
import { Link, useLocation } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { forBrowser } from '../../lib/hints.ts';
import { withLocalTimes } from '../../lib/time.ts';
import { count } from '../../lib/format.ts';
import { BackUpNow } from '../../parts/back-up-now.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { Menu } from '../../ui/menu.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { AlarmAction } from './alarm-action.tsx';

type Status = Dto<'StatusDto'>;

/** What is not as it should be: the reason, and one thing to do. Nothing when all is well. For sites in `busy` something is done already. */
export function Attention({ status, busy }: { status: Status; busy: ReadonlySet<string> }) {
  const { open, withoutBackup, alarms } = status;
  const total = alarms.critical + alarms.warning + withoutBackup.length;
  if (total === 0) return null;
  const hidden = alarms.critical + alarms.warning - open.length;
  return (
    <Card title="Needs attention" flush>
      <ul class="attention">
        {open.map((alarm) => (
          <AlarmLine key={alarm.id} alarm={alarm} busy={alarm.siteId !== null && busy.has(alarm.siteId)} />
        ))}
        {withoutBackup.map(({ id, name }) => (
          <li key={id}>
            <TriangleAlert class="icon icon-warning" aria-hidden="true" />
            <div class="grow">
              <p class="attention-text">
                <span class="visually-hidden">Warning: </span>
                <Link href={`/sites/${id}`}>{name}</Link> has no backup yet.
              </p>
            </div>
            {busy.has(id) ? (
              <StatusBadge tone="active">Under way</StatusBadge>
            ) : (
              may('operator') && <BackUpNow siteId={id} siteName={name} />
            )}
          </li>
        ))}
      </ul>
      {hidden > 0 && <p class="card-body muted small">And {count(hidden)} more.</p>}
    </Card>
  );
}

function AlarmLine({ alarm, busy }: { alarm: Dto<'AlarmDto'>; busy: boolean }) {
  const seen = useAction(() => ask(api.POST('/alarms/{id}/acknowledge', { params: { path: { id: alarm.id } } })), {
    success: 'Marked as seen. You are not reminded of it again.',
    invalidates: ['status', 'alarms'],
    errorToast: true,
  });
  const [, navigate] = useLocation();
  const jobId = alarm.context['jobId'];
  const isCritical = alarm.severity === 'critical';
  const Icon = isCritical ? CircleAlert : TriangleAlert;
  const siteName = typeof alarm.context['siteName'] === 'string' ? alarm.context['siteName'] : undefined;
  return (
    <li>
      <Icon class={`icon icon-${alarm.severity}`} aria-hidden="true" />
      <div class="grow">
        <p class="attention-text">
          <span class="visually-hidden">{isCritical ? 'Critical: ' : 'Warning: '}</span>
          {withLocalTimes(alarm.message)}
        </p>
        <p class="muted small">
          {alarm.hint !== null && `${forBrowser(alarm.hint)} `}Since <RelativeTime at={alarm.raisedAt} />.
        </p>
      </div>
      <div class="attention-actions">
        {busy ? <StatusBadge tone="active">Under way</StatusBadge> : <AlarmAction alarm={alarm} siteName={siteName} />}
        <Menu
          label={`More for: ${alarm.message}`}
          items={[
            typeof jobId === 'string' && { title: 'Open the job', onChoose: () => navigate(`/jobs/${jobId}`) },
            alarm.siteId !== null && { title: 'Open the site', onChoose: () => navigate(`/sites/${alarm.siteId}`) },
            may('operator') && { title: 'Mark as seen', disabled: seen.pending, onChoose: () => void seen.run() },
          ]}
        />
      </div>
    </li>
  );
}
